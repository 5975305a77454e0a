import { isRegistryHost, looksLikeRegistry, parseReference } from '../reference.ts';
import { type FoundReference, roleOf } from './reference-text.ts';
import type { Plain } from './rendered-documents.ts';

/** A reference that several fields of one map make together, and the fields it took. */
export interface SplitReference extends FoundReference {
  readonly fields: readonly string[];
}

const TAGS = ['tag', 'version', 'imageTag', 'image_tag', 'imageVersion', 'defaultImageVersion'];
const REGISTRIES = ['registry', 'hub', 'imageRegistry'];
const DIGESTS = ['digest', 'sha', 'sha256'];

type Fields = Readonly<Record<string, Plain>>;

function first(map: Fields, names: readonly string[]): readonly [string, string] | undefined {
  for (const name of names) {
    const value = map[name];
    if (typeof value === 'string' && value !== '') return [name, value];
  }
  return undefined;
}

function nameParts(map: Fields, hasRegistry: boolean): readonly (readonly [string, string])[] | undefined {
  const repository = first(map, ['repository', 'repo']);
  const image = first(map, ['image']);
  if (repository !== undefined) {
    const plainImage = image !== undefined && !/[/:@]/.test(image[1]);
    return plainImage ? [repository, image] : [repository];
  }
  if (image !== undefined && !/@|:[^/]*$/.test(image[1])) return [image];
  const name = first(map, ['name']);
  return name !== undefined && (hasRegistry || name[1].includes('/')) ? [name] : undefined;
}

function suffixOf(tag: string | undefined, digest: string | undefined): string {
  const byDigest = tag?.startsWith('sha256:') ?? false;
  const tagText = tag === undefined ? '' : `${byDigest ? '@' : ':'}${tag}`;
  if (digest === undefined || tagText.includes('@')) return tagText;
  return `${tagText}@${digest.includes(':') ? digest : `sha256:${digest}`}`;
}

/**
 * Reads maps such as `{repository, image, version}` or `{registry, repository, tag}` as one reference, in the order
 * in which their programs join them. Undefined when the fields do not make one: at least a tag, a digest or a
 * registry must stand beside the name, and the name must have a slash or a registry.
 */
export function splitReference(map: Fields): SplitReference | undefined {
  const registry = first(map, REGISTRIES);
  const names = nameParts(map, registry !== undefined);
  if (names === undefined || names.length === 0) return undefined;
  if (registry !== undefined && !isRegistryHost(registry[1].split('/')[0] ?? '')) return undefined;
  const tag = first(map, TAGS);
  const digest = first(map, DIGESTS);
  const lone = registry === undefined && names.length === 1;
  if (tag === undefined && digest === undefined && lone) return undefined;
  const joined = [...(registry === undefined ? [] : [registry]), ...names]
    .map(([, value]) => value.replace(/\/+$/, ''))
    .join('/');
  if (!joined.includes('/') || (registry !== undefined && !looksLikeRegistry(joined.split('/')[0] ?? '')))
    return undefined;
  const text = `${joined}${suffixOf(tag?.[1], digest?.[1])}`;
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const fields = [registry, ...names, tag, digest].flatMap((field) => (field === undefined ? [] : [field[0]]));
  return { text, offset: 0, reference, role: roleOf(reference), fields };
}
