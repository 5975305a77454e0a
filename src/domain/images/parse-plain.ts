import { type Document, parseDocument } from 'yaml';
import { oneLine } from '../../errors.ts';
import { pushContinuations } from '../chart/continuation-lines.ts';
import { dropLastDoubled } from './doubled-keys.ts';
import type { Plain } from './plain.ts';

/**
 * A document's data, or why it cannot be read, in one line. Where maps give a key several times, the last counts, as helm takes it;
 * `shadowed` is the same with those before.
 */
export type Parsed = { readonly value: Plain; readonly shadowed: readonly Plain[] } | { readonly reason: string };

function toPlain(value: unknown): Plain {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toPlain(entry)]));
  }
  return value === null || value === undefined ? '' : String(value);
}

// `silent` would also hide that a text has several documents, of which only the first is read.
const READING = {
  schema: 'failsafe',
  customTags: ['null'],
  merge: true,
  uniqueKeys: false,
  logLevel: 'error',
} satisfies Parameters<typeof parseDocument>[1];

// `'6379'#port` is a value and a comment for helm's parser
const READ_BY_HELM = /^Comments must be separated from other tokens by white space/;

/** How much is read of what a key says before the last: what is left is for the sweep, which refuses it. */
const MAX_SHADOWED = 10;

function dataOf(document: Document): { readonly value: Plain } | { readonly reason: string } {
  try {
    return { value: toPlain(document.toJS({ maxAliasCount: 10_000 })) };
  } catch (thrown) {
    // how the library reports aliases without anchors, too many of them, and merges of what is no map
    const isAboutText = thrown instanceof ReferenceError || (thrown instanceof Error && /^Merge /.test(thrown.message));
    if (!isAboutText) throw thrown;
    return { reason: oneLine(thrown.message) };
  }
}

function parseOnce(text: string): Parsed {
  const document = parseDocument(text, READING);
  const error = document.errors.find(({ message }) => !READ_BY_HELM.test(message));
  if (error !== undefined) return { reason: oneLine(error.message.split('\n')[0] ?? '') };
  const data = dataOf(document);
  if ('reason' in data) return data;
  const shadowed: Plain[] = [];
  while (shadowed.length < MAX_SHADOWED && dropLastDoubled(document.contents)) {
    const before = dataOf(document);
    if ('value' in before) shadowed.push(before.value);
  }
  return { ...data, shadowed };
}

/**
 * Parses one document of YAML or JSON with all scalars but null as text, or says why it cannot be read. What helm reads
 * is read: lines inside brackets and quotes may stand anywhere.
 */
export function parsePlain(text: string): Parsed {
  const parsed = parseOnce(text);
  if ('value' in parsed) return parsed;
  const pushed = pushContinuations(text);
  if (pushed === text) return parsed;
  const again = parseOnce(pushed);
  return 'value' in again ? again : parsed;
}
