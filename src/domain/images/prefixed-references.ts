import { type Field, type Fields, isBefore, isTagged, joinParts, type SplitReference } from './join-fields.ts';

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

/** The parts of one reference: its names in the order of their keys. */
interface Gathered {
  readonly names: Field[];
  readonly others: Map<PartName, Field>;
}

function gather(map: Fields): ReadonlyMap<string, Gathered> {
  const owners = new Map<string, Gathered>();
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string' || value === '') continue;
    const named = partOf(key);
    if (named === undefined) continue;
    const { owner, part } = named;
    const parts = owners.get(owner) ?? { names: [], others: new Map<PartName, Field>() };
    if (part === 'name') parts.names.push([key, value]);
    else if (!parts.others.has(part)) parts.others.set(part, [key, value]);
    owners.set(owner, parts);
  }
  return owners;
}

/** The first name; or the repository and the image behind it, where it is a registry. */
function namesOf(names: readonly Field[]): readonly Field[] {
  const repository = names.find(([key]) => /repo(?:sitory)?$/i.test(key));
  const image = names.find(([key]) => !/repo(?:sitory)?$/i.test(key));
  const isJoined = repository !== undefined && image !== undefined && isBefore(repository[1], image[1]);
  return isJoined ? [repository, image] : names.slice(0, 1);
}

/**
 * The references that fields with a common beginning make: `trivy.repository` and `trivy.tag`, `IMAGE_NAME` and
 * `IMAGE_TAG`, `--sidecar-image-repository` and `--sidecar-image-tag`. A name and a tag or digest must be there, which the name
 * has itself only behind a registry (`AGENT_REGISTRY` and `AGENT_IMAGE`).
 */
export function prefixedReferences(map: Fields): readonly SplitReference[] {
  return [...gather(map).values()].flatMap(({ names: all, others }) => {
    const names = namesOf(all);
    const [registry, tag, digest] = [others.get('registry'), others.get('tag'), others.get('digest')];
    const [lead, last] = [registry ?? (names.length > 1 ? names[0] : undefined), names.at(-1)];
    const isWhole = lead !== undefined && last !== undefined && isTagged(last[1]) && isBefore(lead[1], last[1]);
    if (tag === undefined && digest === undefined && !isWhole) return [];
    const found = joinParts({ registry, names, tag, digest }, map, false);
    return found === undefined ? [] : [found];
  });
}
