import { isRegistryHost, looksLikeRegistry, parseReference } from '../reference.ts';
import { judge } from './judge.ts';
import { isOfficialName } from './official-names.ts';
import type { Plain } from './plain.ts';
import type { FoundReference } from './reference-text.ts';
import { USE_RULES } from './use-rules.ts';

/** A reference that several fields of one map make together, and the fields it took. */
export interface SplitReference extends FoundReference {
  readonly fields: readonly string[];
}

const TAGS = ['tag', 'newTag', 'version', 'imageTag', 'image_tag', 'imageVersion', 'defaultImageVersion'];
const REGISTRIES = ['registry', 'hub', 'imageRegistry'];
const DIGESTS = ['digest', 'sha', 'sha256'];

type Fields = Readonly<Record<string, Plain>>;
type Field = readonly [name: string, value: string];

/** The fields of one reference, in the order in which programs join them. */
interface Parts {
  readonly registry: Field | undefined;
  readonly names: readonly Field[];
  readonly tag: Field | undefined;
  readonly digest: Field | undefined;
}

function first(map: Fields, names: readonly string[]): Field | undefined {
  for (const name of names) {
    const value = map[name];
    if (typeof value === 'string' && value !== '') return [name, value];
  }
  return undefined;
}

function nameParts(map: Fields, hasRegistry: boolean, inImage: boolean): readonly Field[] {
  const repository = first(map, ['repository', 'repo']);
  const image = first(map, ['image']);
  if (repository !== undefined) {
    const plainImage = image !== undefined && !/[/:@]/.test(image[1]);
    return plainImage ? [repository, image] : [repository];
  }
  if (image !== undefined && !/@|:[^/]*$/.test(image[1])) return [image];
  // kustomize: `name` is what the manifests say, `newName` what is pulled
  const name = first(map, ['newName', 'name']);
  return name !== undefined && (hasRegistry || inImage || name[1].includes('/')) ? [name] : [];
}

function suffixOf(tag: string | undefined, digest: string | undefined): string {
  const byDigest = tag !== undefined && /^sha(?:256|512):/.test(tag);
  const tagText = tag === undefined ? '' : `${byDigest ? '@' : ':'}${tag}`;
  if (digest === undefined || tagText.includes('@')) return tagText;
  return `${tagText}@${digest.includes(':') ? digest : `sha256:${digest}`}`;
}

// what stands beside the name of a repository that holds sources or backups
const NO_IMAGE_BESIDE = /^(?:owner|org|organization|branch|revision|ref|commit|url|uri|path|git|password|bucket)$/i;

/** Whether a text may lead others: a host, with or without a path. */
function leads(value: Plain): boolean {
  return (
    typeof value === 'string' &&
    looksLikeRegistry(value.replace(/^[a-z+]+:\/\//, '').split('/')[0] ?? '') &&
    !/\s/.test(value)
  );
}

/**
 * Whether the fields are those of an image though the name is a single word: their names say so, or the name is known to be an
 * official one (`repository: busybox` beside `tag`). With a registry beside them, whatever it is called, they are parts of another
 * reference.
 */
function isOfficial({ names, tag }: Parts, map: Fields): boolean {
  const [[key, name] = ['', ''], ...more] = names;
  if (more.length > 0 || !/(?:^|image_?)(?:repository|repo)$/i.test(key) || !/tag$/i.test(tag?.[0] ?? '')) return false;
  const own = [key, tag?.[0]];
  const beside = Object.entries(map).filter(([field]) => !own.includes(field));
  if (beside.some(([, value]) => leads(value))) return false;
  if (/image_?repo/i.test(key) && /image_?tag$/i.test(tag?.[0] ?? '')) return true;
  return isOfficialName(name) && !beside.some(([field]) => NO_IMAGE_BESIDE.test(field));
}

function joinParts(parts: Parts, map: Fields, inImage: boolean): SplitReference | undefined {
  const { registry, names, tag, digest } = parts;
  if (names.length === 0) return undefined;
  if (registry !== undefined && !isRegistryHost(registry[1].split('/')[0] ?? '')) return undefined;
  const joined = [...(registry === undefined ? [] : [registry]), ...names]
    .map(([, value]) => value.replace(/\/+$/, ''))
    .join('/');
  if (!joined.includes('/') && !inImage && !isOfficial(parts, map)) return undefined;
  if (registry !== undefined && !looksLikeRegistry(joined.split('/')[0] ?? '')) return undefined;
  const text = `${joined}${suffixOf(tag?.[1], digest?.[1])}`;
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const fields = [registry, ...names, tag, digest].flatMap((field) => (field === undefined ? [] : [field[0]]));
  const key = names.at(-1)?.[0] ?? '';
  const isShort = !joined.includes('/') && !inImage;
  const judgement = isShort
    ? USE_RULES.byFields
    : judge(text, reference, { key, named: true, scheme: '', within: 'value' });
  return { text, offset: 0, reference, ...judgement, fields };
}

/**
 * Reads maps such as `{repository, image, version}` or `{registry, repository, tag}` as one reference, in the order
 * in which their programs join them. Undefined when the fields do not make one: at least a tag, a digest or a
 * registry must stand beside the name, and the name must have a slash or a registry, or the map be the value of an
 * image field (`inImage`).
 */
export function splitReference(map: Fields, inImage = false): SplitReference | undefined {
  const registry = first(map, REGISTRIES);
  const names = nameParts(map, registry !== undefined, inImage);
  const tag = first(map, TAGS);
  const digest = first(map, DIGESTS);
  if (tag === undefined && digest === undefined && registry === undefined && names.length === 1) return undefined;
  return joinParts({ registry, names, tag, digest }, map, inImage);
}

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

function partOf(key: string): NamedPart | undefined {
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

/** The repository of a map without tag and digest, as a base: a program completes it. */
function repositoryOf(map: Fields): SplitReference | undefined {
  const repository = first(map, ['repository']);
  if (repository === undefined || !repository[1].includes('/')) return undefined;
  const reference = parseReference(repository[1]);
  const whole = (reference?.tag ?? reference?.digest) !== undefined;
  if (reference === undefined || whole || first(map, [...TAGS, ...DIGESTS]) !== undefined) return undefined;
  return { text: repository[1], offset: 0, reference, ...USE_RULES.completed, fields: ['repository'] };
}

/**
 * `{repository, suffix}`: a program puts a version between the two (`org/server` and `-ubi` become `org/server:4.0-ubi`), so
 * the repository is a base.
 */
export function openReference(map: Fields): SplitReference | undefined {
  return typeof map.suffix === 'string' ? repositoryOf(map) : undefined;
}

/**
 * A repository that says all there is of an image in its map, in a map that is about one (`imageSpec`): its version stands
 * elsewhere, so it is a base. A registry or a second name beside it would make it a part of something else.
 */
export function loneRepository(map: Fields): SplitReference | undefined {
  // `useDigest` and `proxyRegistry` are about something else
  const isAlone = Object.entries(map).every(
    ([key, value]) => key === 'repository' || value === '' || partOf(key)?.owner !== '',
  );
  return isAlone && first(map, REGISTRIES) === undefined ? repositoryOf(map) : undefined;
}
