import { parseReference } from '../reference.ts';
import type { UsePlace } from './image-use.ts';
import {
  type FoundReference,
  isImageKey,
  referencesInLooseText,
  referencesInText,
  registryBase,
  type SeenHosts,
  wholeReference,
} from './reference-text.ts';
import { isPlainList, isPlainMap, type Plain } from './rendered-documents.ts';
import { splitReference } from './split-reference.ts';

/** Told of each reference: what, in which kind of place, at which path. */
export type Found = (found: FoundReference, place: UsePlace, path: string) => void;

const CONTAINER_LISTS = new Map<string, UsePlace>([
  ['containers', 'container'],
  ['initContainers', 'initContainer'],
  ['ephemeralContainers', 'ephemeralContainer'],
]);

interface Walk {
  readonly custom: boolean;
  readonly seen: SeenHosts;
  readonly emit: Found;
}

function join(path: string, key: string): string {
  const safe = /^[A-Za-z0-9_-]+$/.test(key) ? key : `"${key}"`;
  return path === '' ? safe : `${path}.${safe}`;
}

function emitAll(found: readonly FoundReference[], place: UsePlace, path: string, walk: Walk): void {
  for (const reference of found) walk.emit(reference, place, path);
}

/** A container's `image`: always an image, also as a single word. */
function emitImageField(text: string, place: UsePlace, path: string, walk: Walk): void {
  const reference = parseReference(text.trim());
  if (reference !== undefined) walk.emit({ text: text.trim(), offset: 0, reference, role: 'image' }, place, path);
}

/** A whole value as a reference, where its key, flag or variable says what it is. */
function namedReference(name: string, value: string, seen: SeenHosts): FoundReference | undefined {
  return isImageKey(name) ? wholeReference(value) : registryBase(name, value, seen);
}

function walkEnv(entries: Plain, path: string, walk: Walk): void {
  if (!isPlainList(entries)) return;
  entries.forEach((entry, index) => {
    if (!isPlainMap(entry)) return;
    const { name, value } = entry;
    if (typeof value !== 'string' || value === '') return;
    const at = `${path}[${index}].value (${typeof name === 'string' ? name : ''})`;
    const whole = typeof name === 'string' ? namedReference(name, value, walk.seen) : undefined;
    emitAll(whole === undefined ? referencesInLooseText(value, walk.seen) : [whole], 'env', at, walk);
  });
}

function walkArguments(items: Plain, path: string, walk: Walk): void {
  if (!isPlainList(items)) return;
  items.forEach((item, index) => {
    if (typeof item !== 'string') return;
    const flag = /^(-{1,2}[A-Za-z0-9._-]+)=(.+)$/s.exec(item);
    const before = items[index - 1];
    const named = flag?.[1] ?? (typeof before === 'string' && before.startsWith('-') ? before : '');
    const value = flag?.[2] ?? item;
    const whole = namedReference(named, value, walk.seen);
    const found =
      whole === undefined
        ? referencesInLooseText(item, walk.seen)
        : [{ ...whole, offset: item.length - value.length + whole.offset }];
    emitAll(found, 'arg', `${path}[${index}]`, walk);
  });
}

function walkContainer(container: Readonly<Record<string, Plain>>, place: UsePlace, path: string, walk: Walk): void {
  for (const [key, value] of Object.entries(container)) {
    const at = join(path, key);
    if (key === 'image' && typeof value === 'string') emitImageField(value, place, at, walk);
    else if (key === 'env') walkEnv(value, at, walk);
    else if (key === 'args' || key === 'command') walkArguments(value, at, walk);
    else walkValue(value, key, at, walk);
  }
}

function walkContainers(items: readonly Plain[], place: UsePlace, path: string, walk: Walk): void {
  items.forEach((item, index) => {
    if (isPlainMap(item)) walkContainer(item, place, `${path}[${index}]`, walk);
    else walkValue(item, '', `${path}[${index}]`, walk);
  });
}

function walkAnnotations(map: Readonly<Record<string, Plain>>, path: string, walk: Walk): void {
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string') continue;
    const whole = isImageKey(key.split('/').at(-1) ?? '') ? wholeReference(value) : undefined;
    emitAll(whole === undefined ? referencesInText(value, walk.seen) : [whole], 'annotation', join(path, key), walk);
  }
}

function walkString(value: string, key: string, path: string, walk: Walk): void {
  const place: UsePlace = 'custom resource';
  if (!walk.custom) return;
  const whole = namedReference(key, value, walk.seen);
  if (whole !== undefined) walk.emit(whole, place, path);
  else
    emitAll(
      value.includes('\n') ? referencesInLooseText(value, walk.seen) : referencesInText(value, walk.seen),
      place,
      path,
      walk,
    );
}

function isImageVolume(key: string, value: Readonly<Record<string, Plain>>): boolean {
  return (
    key === 'image' &&
    typeof value.reference === 'string' &&
    Object.keys(value).every((name) => name === 'reference' || name === 'pullPolicy')
  );
}

function walkMap(map: Readonly<Record<string, Plain>>, key: string, path: string, walk: Walk): void {
  if (isImageVolume(key, map)) {
    emitImageField(String(map.reference), 'image volume', join(path, 'reference'), walk);
    return;
  }
  const split = walk.custom ? splitReference(map) : undefined;
  if (split !== undefined) walk.emit(split, 'custom resource', `${path} (${split.fields.join(', ')})`);
  const taken = new Set(split?.fields ?? []);
  for (const [name, value] of Object.entries(map)) {
    if (taken.has(name)) continue;
    const at = join(path, name);
    const place = CONTAINER_LISTS.get(name);
    if (place !== undefined && isPlainList(value)) walkContainers(value, place, at, walk);
    else if (name === 'annotations' && isPlainMap(value)) walkAnnotations(value, at, walk);
    else walkValue(value, name, at, walk);
  }
}

function walkValue(value: Plain, key: string, path: string, walk: Walk): void {
  if (typeof value === 'string') walkString(value, key, path, walk);
  else if (isPlainList(value)) {
    for (const [index, item] of value.entries()) walkValue(item, key, `${path}[${index}]`, walk);
  } else if (isPlainMap(value)) walkMap(value, key, path, walk);
}

/**
 * Walks one object. Pod specs are recognised wherever they stand, by their container lists; in a custom resource
 * (`custom`) every string is also read: fields whose key says "image", references split over several fields, and
 * whatever is a reference by itself.
 */
export function walkObject(value: Plain, path: string, custom: boolean, seen: SeenHosts, emit: Found): void {
  walkValue(value, '', path, { custom, seen, emit });
}
