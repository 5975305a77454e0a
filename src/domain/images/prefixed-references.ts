import { type Field, type Fields, joinParts, type SplitReference } from './join-fields.ts';

type PartName = 'registry' | 'name' | 'tag' | 'digest';

interface NamedPart {
  readonly owner: string;
  readonly part: PartName;
}

const PART_NAMES: Readonly<Record<string, PartName>> = {
  registry: 'registry',
  image: 'name',
  imagename: 'name',
  repository: 'name',
  repo: 'name',
  imagerepository: 'name',
  imagerepo: 'name',
  tag: 'tag',
  imagetag: 'tag',
  imageversion: 'tag',
  version: 'tag',
  digest: 'digest',
  imagedigest: 'digest',
  imageregistry: 'registry',
};
const PART =
  /^(.*?)(registry|image|imagename|repository|repo|imagerepository|imagerepo|tag|imagetag|imageversion|version|digest|imagedigest|imageregistry)$/;
// what has a repository and a tag or version without being an image
const NO_IMAGE_OWNER = /(?:git|chart|helm|source|maven|npm|apt|yum|rpm|module)$/;

/** What a key says of a part of a reference, and whose; undefined where it says nothing. */
export function partOf(key: string): NamedPart | undefined {
  const match = PART.exec(key.replace(/[._-]/g, '').toLowerCase());
  const part = PART_NAMES[match?.[2] ?? ''];
  const owner = match?.[1] ?? '';
  if (match?.[2] === 'version' && owner === '') return undefined;
  return part === undefined || NO_IMAGE_OWNER.test(owner) ? undefined : { owner, part };
}

function gather(map: Fields): ReadonlyMap<string, Map<PartName, Field>> {
  const owners = new Map<string, Map<PartName, Field>>();
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string' || value === '') continue;
    const named = partOf(key);
    if (named === undefined) continue;
    const parts = owners.get(named.owner) ?? new Map<PartName, Field>();
    if (!parts.has(named.part)) parts.set(named.part, [key, value]);
    owners.set(named.owner, parts);
  }
  return owners;
}

/**
 * The references that fields with a common beginning make: `trivy.repository` and `trivy.tag`, `IMAGE_NAME` and
 * `IMAGE_TAG`, `--sidecar-image-repository` and `--sidecar-image-tag`. A name and a tag or digest must be there, and
 * the name must be no whole reference by itself.
 */
export function prefixedReferences(map: Fields): readonly SplitReference[] {
  return [...gather(map).values()].flatMap((parts) => {
    const name = parts.get('name');
    const tag = parts.get('tag');
    const digest = parts.get('digest');
    if (name === undefined || (tag === undefined && digest === undefined)) return [];
    const found = joinParts({ registry: parts.get('registry'), names: [name], tag, digest }, map, false);
    return found === undefined ? [] : [found];
  });
}
