import { crdExamples } from './crd-examples.ts';
import { crdName, readCrdText } from './crd-text.ts';
import { decodeBase64Text, encodedText, structured } from './embedded-text.ts';
import { isExampleFile } from './examples.ts';
import type { UsePlace } from './image-use.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { prefixedReferences } from './prefixed-references.ts';
import { quotedData, withoutQuoted } from './quoted-data.ts';
import {
  isImageKey,
  referenceByForm,
  referencesInLooseText,
  referencesNamed,
  type SeenHosts,
} from './reference-text.ts';
import { namesRegistry } from './registry-hosts.ts';
import { mayPull } from './text-scan.ts';
import { USE_RULES } from './use-rules.ts';
import { type Found, walkEmbedded, walkObject } from './walk-object.ts';

const HINT =
  /docker(?:-image)?:\/\/|dockerPull|image|repository|registry|hub:|prefix["']?:|@sha256:|[a-z0-9]\.[a-z]{2,}(?::\d+)?\/[a-z0-9]|["'`][a-z0-9._-]+\/[a-z0-9._/-]+:/i;

function mayHoldReference(text: string, seen: SeenHosts): boolean {
  return HINT.test(text) || mayPull(text) || namesRegistry(text) || [...seen].some((host) => text.includes(host));
}

const DEFINITION = /^kind: *["']?CustomResourceDefinition["']? *$/m;

/** Whether a text holds custom resource definitions and nothing else, as some charts install them by a job. */
function isDefinitions(text: string): boolean {
  return DEFINITION.test(text) && documentsOf(text).every((one) => DEFINITION.test(one));
}

function documentsOf(text: string): readonly string[] {
  return text.split(/^---(?: .*)?$/m).filter((one) => /^[^\S\n]*[^\s#]/m.test(one));
}

/** What definitions name in a text: their defaults, which operators pull, and what they document. */
function walkDefinitions(text: string, place: UsePlace, path: string, seen: SeenHosts, emit: Found): void {
  for (const one of documentsOf(text))
    for (const { found, path: inner } of [...readCrdText(one, seen), ...crdExamples(one)])
      emit(found, place, `${path} > ${crdName(one)} ${inner}`);
}

/**
 * Reads one text: as YAML or JSON where it is such (so that keys say what is an image), else by the references
 * that are recognisable in it. `path` leads to the text; what is inside follows after `>`.
 */
function walkText(key: string, value: string, place: UsePlace, path: string, seen: SeenHosts, emit: Found): void {
  const text = encodedText(value) ?? value;
  const byForm = referenceByForm(text);
  if (byForm !== undefined && !isImageKey(key)) {
    emit(byForm, place, path);
    return;
  }
  const named = referencesNamed(key, text, seen);
  if (named.length === 0 && !isImageKey(key) && !mayHoldReference(text, seen)) return;
  if (named.length === 0 && isDefinitions(text)) {
    walkDefinitions(text, place, path, seen, emit);
    return;
  }
  const documents = named.length === 0 || /[\n{]/.test(text) ? structured(text) : undefined;
  const inside: Found = (found, _, inner) => emit(found, place, `${path} > ${inner}`);
  if (documents === undefined) {
    const quoted = named.length > 0 ? [] : quotedData(text);
    for (const data of quoted.flatMap((one) => one.documents)) walkEmbedded(data, '', seen, inside);
    const rest = withoutQuoted(text, quoted);
    for (const found of named.length > 0 ? named : referencesInLooseText(rest, seen, key)) emit(found, place, path);
    return;
  }
  for (const data of documents) walkEmbedded(data, isImageKey(key) ? key : '', seen, inside);
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
