import type { UsePlace } from './image-use.ts';
import { isImageKey, referencesInLooseText, registryBase, type SeenHosts, wholeReference } from './reference-text.ts';
import { isPlainList, isPlainMap, type Plain, parsePlain } from './rendered-documents.ts';
import { type Found, walkObject } from './walk-object.ts';

const HINT = /image|repository|registry|hub:|@sha256:|[a-z0-9-]+\.[a-z]{2,}(?::\d+)?\/[a-z0-9]/i;
const PARSE_LIMIT = 2 * 1024 * 1024;

function mayHoldReference(text: string, seen: SeenHosts): boolean {
  return HINT.test(text) || [...seen].some((host) => text.includes(host));
}

/** Base64 as text, or undefined when it is none or holds no text. */
export function decodeBase64Text(value: string): string | undefined {
  const compact = value.replace(/\s+/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const text = Buffer.from(compact, 'base64').toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary data from text
  return /[\u0000-\u0008\ufffd]/.test(text) ? undefined : text;
}

function structured(text: string): Plain | undefined {
  if (text.length > PARSE_LIMIT || !/[:{[]/.test(text) || /\{\{/.test(text)) return undefined;
  const parsed = parsePlain(text);
  if ('reason' in parsed) return undefined;
  return isPlainMap(parsed.value) || isPlainList(parsed.value) ? parsed.value : undefined;
}

/**
 * Reads one text: as YAML or JSON where it is such (so that keys say what is an image), else by the references
 * that are recognisable in it. `path` leads to the text; what is inside follows after `>`.
 */
function walkText(key: string, text: string, place: UsePlace, path: string, seen: SeenHosts, emit: Found): void {
  const bare = registryBase(key, text, seen);
  if (bare === undefined && !isImageKey(key) && !mayHoldReference(text, seen)) return;
  const whole = bare ?? (isImageKey(key) || key === '' ? wholeReference(text) : undefined);
  if (whole !== undefined) {
    emit(whole, place, path);
    return;
  }
  const data = structured(text);
  if (data === undefined) {
    for (const found of referencesInLooseText(text, seen)) emit(found, place, path);
    return;
  }
  walkObject(data, '', true, seen, (found, _, inner) => emit(found, place, `${path} > ${inner}`));
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
    const encoded = field === 'binaryData' || (field === 'data' && kind === 'secret');
    for (const [key, entry] of Object.entries(map)) {
      if (typeof entry !== 'string') continue;
      const text = encoded ? decodeBase64Text(entry) : entry;
      if (text !== undefined) walkText(key, text, kind, `${field}.${key}`, seen, emit);
    }
  }
  const metadata = value.metadata;
  if (metadata !== undefined) walkObject({ metadata }, '', false, seen, emit);
}
