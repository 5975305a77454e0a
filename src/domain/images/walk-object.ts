import { parseReference } from '../reference.ts';
import { chartReference } from './chart-reference.ts';
import { encodedText, structured } from './embedded-text.ts';
import { isInjected } from './examples.ts';
import { dockerImage, inheritedReference, innerReference, isContainer, isImageVolume } from './image-maps.ts';
import type { Judgement, UsePlace } from './image-use.ts';
import { keyReference } from './key-reference.ts';
import { holdsArguments, isNamedList, namedValues, readArguments } from './named-values.ts';
import { joinKey as join, keyPath } from './object-paths.ts';
import { isInstalled } from './package-arguments.ts';
import { isPlainList, isPlainMap, type Plain } from './plain.ts';
import { prefixedReferences } from './prefixed-references.ts';
import {
  type FoundReference,
  isImageKey,
  referenceByForm,
  referencesInLooseText,
  referencesNamed,
  type SeenHosts,
} from './reference-text.ts';
import { registriesApart } from './registry-lists.ts';
import { loneRepository, openReference, splitReference } from './split-reference.ts';
import { isPackageField, NOWHERE, type Surroundings, within } from './surroundings.ts';
import { PLAIN_IMAGE, USE_RULES } from './use-rules.ts';

/** Told of each reference: what, in which kind of place, at which path. */
export type Found = (found: FoundReference, place: UsePlace, path: string) => void;

const CONTAINER_LISTS = new Map<string, UsePlace>([
  ['containers', 'container'],
  ['initContainers', 'initContainer'],
  ['ephemeralContainers', 'ephemeralContainer'],
]);

type Fields = Readonly<Record<string, Plain>>;

interface Walk {
  readonly custom: boolean;
  readonly seen: SeenHosts;
  readonly emit: Found;
  readonly around: Surroundings;
}

/** What a value in base64 holds: data whose keys say what is an image, or text. */
function emitEncoded(name: string, text: string, place: UsePlace, path: string, walk: Walk): void {
  for (const data of structured(text) ?? [text]) {
    if (typeof data === 'string') emitText(name, data, place, path, walk);
    else walkEmbedded(data, name, walk.seen, (found, _, inner) => walk.emit(found, place, `${path} > ${inner}`));
  }
}

/** What the name of a value says it is, or else what is recognisable in it. */
function emitText(name: string, value: string, place: UsePlace, path: string, walk: Walk): void {
  const encoded = encodedText(value);
  if (encoded !== undefined) {
    emitEncoded(name, encoded, place, path, walk);
    return;
  }
  const named = referencesNamed(name, value, walk.seen);
  const found = named.length > 0 ? named : referencesInLooseText(value, walk.seen, name);
  const joined = emitJoined(name, value, place, path, walk);
  const byForm = found.length + joined.length === 0 && place !== 'annotation' ? referenceByForm(value) : undefined;
  const rule = isPackageField(name, walk.around) ? USE_RULES.packageField : undefined;
  // a part of what several fields make is none by itself
  const alone = found.filter(({ text }) => joined.every((one) => !one.includes(text)));
  for (const one of byForm === undefined ? alone : [byForm]) walk.emit({ ...one, ...rule }, place, path);
}

const MAY_JOIN = /^\s*[[{][\s\S]*["'](?:\w*tag|\w*version|digest|sha256)["']\s*:/i;

/** References that fields make in a value that is JSON, such as that of a variable; their texts. */
function emitJoined(name: string, value: string, place: UsePlace, path: string, walk: Walk): readonly string[] {
  const texts: string[] = [];
  for (const data of (MAY_JOIN.test(value) ? structured(value) : undefined) ?? []) {
    if (typeof data === 'string') continue;
    walkEmbedded(data, name, walk.seen, (found, _, inner) => {
      if (!('fields' in found)) return;
      texts.push(found.text);
      walk.emit(found, place, `${path} > ${inner}`);
    });
  }
  return texts;
}

/** A container's `image`: always an image, also as a single word. */
function emitImageField(text: string, place: UsePlace, path: string, walk: Walk): void {
  const reference = parseReference(text.trim());
  const judgement: Judgement = isInjected(text.trim()) ? USE_RULES.injected : PLAIN_IMAGE;
  if (reference !== undefined) walk.emit({ text: text.trim(), offset: 0, reference, ...judgement }, place, path);
}

/** References whose parts are named values, emitted with their names; returns the names that were used up. */
function emitPrefixed(
  values: readonly (readonly [name: string, value: Plain])[],
  place: UsePlace,
  path: string,
  walk: Walk,
): ReadonlySet<string> {
  const once = values.filter(([name]) => values.filter(([other]) => other === name).length === 1);
  const found = prefixedReferences(Object.fromEntries(once));
  for (const split of found) walk.emit(split, place, `${path} (${split.fields.join(', ')})`);
  return new Set(found.flatMap((split) => split.fields));
}

/** A list of names and values, such as variables. Entries of another form are read as what they are. */
function walkNamed(entries: readonly Plain[], place: UsePlace, path: string, walk: Walk): void {
  const values = namedValues(entries);
  const taken = emitPrefixed(
    values.map(({ name, value }) => [name, value] as const),
    place,
    path,
    walk,
  );
  const named = new Map(values.map((one) => [one.index, one]));
  for (const [index, entry] of entries.entries()) {
    const one = named.get(index);
    if (one === undefined) walkValue(entry, '', `${path}[${index}]`, walk);
    else if (!taken.has(one.name)) emitText(one.name, one.value, place, `${path}[${index}].value (${one.name})`, walk);
  }
}

function walkArguments(items: readonly Plain[], path: string, walk: Walk): void {
  const given = readArguments(items);
  const flags = given.filter(({ flag }) => flag !== '').map(({ flag, value }) => [flag, value] as const);
  const taken = emitPrefixed(flags, 'arg', path, walk);
  for (const { index, flag, value } of given) {
    if (!taken.has(flag) && !isInstalled(items, index)) emitText(flag, value, 'arg', `${path}[${index}]`, walk);
  }
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'string') walkValue(item, '', `${path}[${index}]`, walk);
  }
}

function walkContainers(items: readonly Plain[], place: UsePlace, path: string, walk: Walk): void {
  for (const [index, item] of items.entries()) {
    const at = `${path}[${index}]`;
    if (!isPlainMap(item)) walkValue(item, '', at, walk);
    for (const [key, value] of isPlainMap(item) ? Object.entries(item) : []) {
      if (key === 'image' && typeof value === 'string') emitImageField(value, place, join(at, key), walk);
      else walkField(key, value, join(at, key), walk);
    }
  }
}

function walkAnnotations(map: Fields, path: string, walk: Walk): void {
  for (const [key, value] of Object.entries(map)) {
    if (typeof value === 'string') emitText(key.split('/').at(-1) ?? '', value, 'annotation', join(path, key), walk);
  }
}

/** References that a custom resource makes of several fields, or of fields whose meaning the map gives; names used up. */
function walkTogether(map: Fields, key: string, path: string, walk: Walk): ReadonlySet<string> {
  const inImage = isImageKey(key);
  const split =
    chartReference(map, walk.around.kind) ??
    openReference(map) ??
    splitReference(map, inImage) ??
    inheritedReference(map, walk.around);
  const taken = new Set(split?.fields ?? []);
  if (split !== undefined) walk.emit(split, 'custom resource', `${path} (${split.fields.join(', ')})`);
  const rest = Object.entries(map).filter(([name]) => !taken.has(name));
  for (const name of emitPrefixed(rest, 'custom resource', path, walk)) taken.add(name);
  // what a program completes is none as it stands: it is read as text
  if (!taken.has('image') && typeof map.image === 'string' && isContainer(map) && parseReference(map.image.trim())) {
    emitImageField(map.image, 'custom resource', join(path, 'image'), walk);
    taken.add('image');
  }
  const imported = dockerImage(map);
  if (imported !== undefined && !taken.has('name')) {
    emitImageField(imported, 'custom resource', join(path, 'name'), walk);
    taken.add('name');
  }
  for (const [name, value] of inImage ? Object.entries(map) : []) {
    const inner = typeof value === 'string' && !taken.has(name) ? innerReference(name, value) : undefined;
    if (inner === undefined) continue;
    walk.emit(inner, 'custom resource', join(path, name));
    taken.add(name);
  }
  const lone = !inImage && /image/i.test(key) && taken.size === 0 ? loneRepository(map) : undefined;
  if (lone === undefined) return taken;
  walk.emit(lone, 'custom resource', `${path} (${lone.fields.join(', ')})`);
  return new Set(lone.fields);
}

function walkMap(map: Fields, key: string, path: string, outer: Walk): void {
  const walk = { ...outer, around: within(map, outer.around) };
  if (isImageVolume(key, map)) {
    emitImageField(String(map.reference), 'image volume', join(path, 'reference'), walk);
    return;
  }
  const taken = walk.custom ? walkTogether(map, key, path, walk) : new Set<string>();
  for (const [name, value] of Object.entries(map)) {
    if (!taken.has(name)) walkField(name, value, walk.custom ? emitKey(name, key, path, walk) : join(path, name), walk);
  }
}

/** A key that may be a reference itself; the path to its value. */
function emitKey(name: string, owner: string, path: string, walk: Walk): string {
  const found = keyReference(name, owner, walk.seen);
  if (found === undefined) return join(path, name);
  const at = keyPath(path);
  walk.emit(found, 'custom resource', at);
  return at;
}

function walkField(name: string, value: Plain, path: string, walk: Walk): void {
  const place = CONTAINER_LISTS.get(name);
  if (isPlainList(value)) {
    if (place !== undefined) walkContainers(value, place, path, walk);
    else if (name === 'env') walkNamed(value, 'env', path, walk);
    else if (holdsArguments(name, walk.custom)) walkArguments(value, path, walk);
    else if (walk.custom && isNamedList(value)) walkNamed(value, 'custom resource', path, walk);
    else walkValue(value, name, path, walk);
  } else if (name === 'annotations' && isPlainMap(value)) walkAnnotations(value, path, walk);
  else walkValue(value, name, path, walk);
}

function walkValue(value: Plain, key: string, path: string, walk: Walk): void {
  if (typeof value === 'string') {
    if (walk.custom) emitText(key, value, 'custom resource', path, walk);
  } else if (isPlainList(value)) {
    const { registries, rest } = walk.custom ? registriesApart(value, walk.seen) : { registries: [], rest: value };
    for (const { index, key: name, found } of registries)
      walk.emit(found, 'custom resource', join(`${path}[${index}]`, name));
    for (const [index, item] of rest.entries()) walkValue(item, key, `${path}[${index}]`, walk);
  } else if (isPlainMap(value)) walkMap(value, key, path, walk);
}

/**
 * Walks one object. Pod specs are recognised wherever they stand, by their container lists, and so are lists of
 * variables and arguments; in a custom resource (`custom`) every string is also read: fields whose key says "image",
 * references split over several fields, and whatever is a reference by itself.
 */
export function walkObject(value: Plain, path: string, custom: boolean, seen: SeenHosts, emit: Found): void {
  walkValue(value, '', path, { custom, seen, emit, around: NOWHERE });
}

/** A single word under `name` beside a tag: in configuration it says too little, there much has a name and a version. */
function isBareName(found: FoundReference): boolean {
  return 'fields' in found && Array.isArray(found.fields) && found.fields[0] === 'name' && !found.text.includes('/');
}

/** Walks data that stands in a text under a key: all of its strings are read. */
export function walkEmbedded(value: Plain, key: string, seen: SeenHosts, emit: Found): void {
  const told: Found = (found, place, path) => {
    if (!isBareName(found)) emit(found, place, path);
  };
  walkValue(value, key, '', { custom: true, seen, emit: told, around: NOWHERE });
}
