import { isExampleFile } from './examples.ts';
import type { UsePlace } from './image-use.ts';
import { parsePlain } from './parse-plain.ts';
import { isPlainMap, type Plain } from './plain.ts';
import {
  type FoundReference,
  isImageKey,
  referenceByForm,
  referencesInLooseText,
  referencesNamed,
  type SeenHosts,
} from './reference-text.ts';
import { prefixedReferences } from './split-reference.ts';
import { mayPull } from './text-scan.ts';
import { USE_RULES } from './use-rules.ts';
import { type Found, walkObject } from './walk-object.ts';

const HINT =
  /docker(?:-image)?:\/\/|image|repository|registry|hub:|@sha256:|[a-z0-9]\.[a-z]{2,}(?::\d+)?\/[a-z0-9]|["'`][a-z0-9._-]+\/[a-z0-9._/-]+:/i;
const PARSE_LIMIT = 2 * 1024 * 1024;

function mayHoldReference(text: string, seen: SeenHosts): boolean {
  return HINT.test(text) || mayPull(text) || [...seen].some((host) => text.includes(host));
}

/** Base64 as text, or undefined when it is none or holds no text. */
export function decodeBase64Text(value: string): string | undefined {
  const compact = value.replace(/\s+/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const text = Buffer.from(compact, 'base64').toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary data from text
  return /[\u0000-\u0008\ufffd]/.test(text) ? undefined : text;
}

/** The documents of a text that is YAML or JSON throughout; undefined for any other text. */
function structured(text: string): readonly Plain[] | undefined {
  if (text.length > PARSE_LIMIT || !/[:{[]/.test(text)) return undefined;
  const documents: Plain[] = [];
  for (const part of text.split(/^---(?: .*)?$/m)) {
    if (!/\S/.test(part.replace(/^\s*#.*$/gm, ''))) continue;
    const parsed = parsePlain(part);
    if ('reason' in parsed || typeof parsed.value === 'string') return undefined;
    documents.push(parsed.value);
  }
  return documents;
}

/** A single word under `name` beside a tag: in configuration it says too little, there much has a name and a version. */
function isBareName(found: FoundReference): boolean {
  return 'fields' in found && Array.isArray(found.fields) && found.fields[0] === 'name' && !found.text.includes('/');
}

/**
 * Reads one text: as YAML or JSON where it is such (so that keys say what is an image), else by the references
 * that are recognisable in it. `path` leads to the text; what is inside follows after `>`.
 */
function walkText(key: string, text: string, place: UsePlace, path: string, seen: SeenHosts, emit: Found): void {
  const byForm = referenceByForm(text);
  if (byForm !== undefined && !isImageKey(key)) {
    emit(byForm, place, path);
    return;
  }
  const named = referencesNamed(key, text, seen);
  if (named.length === 0 && !isImageKey(key) && !mayHoldReference(text, seen)) return;
  const documents = named.length === 0 || /[\n{]/.test(text) ? structured(text) : undefined;
  if (documents === undefined) {
    for (const found of named.length > 0 ? named : referencesInLooseText(text, seen, key)) emit(found, place, path);
    return;
  }
  for (const data of documents) {
    walkObject(data, '', true, seen, (found, _, inner) => {
      if (!isBareName(found)) emit(found, place, `${path} > ${inner}`);
    });
  }
}

/** The texts of one data map by key, decoded where the map holds base64. */
function textsOf(map: Readonly<Record<string, Plain>>, encoded: boolean): readonly (readonly [string, string])[] {
  return Object.entries(map).flatMap(([key, entry]): readonly (readonly [string, string])[] => {
    const text = typeof entry !== 'string' ? undefined : encoded ? decodeBase64Text(entry) : entry;
    return text === undefined ? [] : [[key, text]];
  });
}

/** Tells what is found as examples. */
function asExample(emit: Found): Found {
  return (found, place, path) => emit({ ...found, ...USE_RULES.exampleText }, place, path);
}

/** Walks the data of a ConfigMap or Secret; `data` of a Secret is base64. */
export function walkData(
  value: Readonly<Record<string, Plain>>,
  kind: 'config map' | 'secret',
  seen: SeenHosts,
  emit: Found,
): void {
  for (const field of ['data', 'stringData', 'binaryData']) {
    const map = value[field];
    if (!isPlainMap(map)) continue;
    const texts = textsOf(map, field === 'binaryData' || (field === 'data' && kind === 'secret'));
    const splits = prefixedReferences(Object.fromEntries(texts));
    for (const split of splits) emit(split, kind, `${field} (${split.fields.join(', ')})`);
    const taken = new Set(splits.flatMap(({ fields }) => fields));
    for (const [key, text] of texts) {
      if (!taken.has(key))
        walkText(key, text, kind, `${field}.${key}`, seen, isExampleFile(key) ? asExample(emit) : emit);
    }
  }
  const metadata = value.metadata;
  if (metadata !== undefined) walkObject({ metadata }, '', false, seen, emit);
}
