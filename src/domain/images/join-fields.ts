import { isRegistryHost, looksLikeRegistry, parseReference } from '../reference.ts';
import { hasHost } from './joined-names.ts';
import { judge } from './judge.ts';
import { isOfficialName } from './official-names.ts';
import type { Plain } from './plain.ts';
import type { FoundReference } from './reference-text.ts';
import { isNeverRegistry } from './registry-hosts.ts';
import { USE_RULES } from './use-rules.ts';

/** A reference that several fields of one map make together, and the fields it took. */
export interface SplitReference extends FoundReference {
  readonly fields: readonly string[];
}

/** The values of a map by their keys. */
export type Fields = Readonly<Record<string, Plain>>;
/** A field with its value. */
export type Field = readonly [name: string, value: string];

/** The fields of one reference, in the order in which programs join them. */
export interface Parts {
  readonly registry: Field | undefined;
  readonly names: readonly Field[];
  readonly tag: Field | undefined;
  readonly digest: Field | undefined;
}

/** The first of these fields that says something. */
export function firstField(map: Fields, names: readonly string[]): Field | undefined {
  for (const name of names) {
    const value = map[name];
    if (typeof value === 'string' && value !== '') return [name, value];
  }
  return undefined;
}

/** Whether a text is a registry, with or without a path, of those that may serve images. */
export function isRegistryPath(text: string): boolean {
  const host = text.split('/')[0] ?? '';
  return looksLikeRegistry(host) && isRegistryHost(host) && !isNeverRegistry(host);
}

/**
 * Whether a program puts a name behind the text beside it: a registry, with or without a path, before a name without one. One that
 * ends in the name says it twice.
 */
export function isBefore(lead: string, name: string): boolean {
  return isRegistryPath(lead) && !hasHost(name) && !`/${lead.replace(/\/+$/, '')}`.endsWith(`/${name}`);
}

/** Whether a name has a tag or digest of its own. */
export function isTagged(name: string): boolean {
  return /@|:[^/]*$/.test(name);
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

/** The reference that fields make together; undefined where they make none. */
export function joinParts(parts: Parts, map: Fields, inImage: boolean): SplitReference | undefined {
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
