import { parseDocument } from 'yaml';
import { oneLine } from '../../errors.ts';
import { pushContinuations } from '../chart/continuation-lines.ts';

/** Plain data with every scalar as its own text; a null is an empty string. */
export type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

/** One document of the rendered output. `line` is where it begins in that output, from 1. */
export interface RenderedDocument {
  readonly template: string;
  readonly text: string;
  readonly line: number;
  readonly content: DocumentContent;
}

/** A readable object; a CRD (read as text, since its schema is long and names no image but in defaults); or neither. */
export type DocumentContent =
  | { readonly kind: 'object'; readonly value: Readonly<Record<string, Plain>> }
  | { readonly kind: 'crd' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Whether a value is a map of plain data. */
export function isPlainMap(value: Plain | undefined): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Whether a value is a list of plain data. */
export function isPlainList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

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

type Parsed = { readonly value: Plain } | { readonly reason: string };

function parseOnce(text: string): Parsed {
  const document = parseDocument(text, READING);
  const error = document.errors[0];
  if (error !== undefined) return { reason: oneLine(error.message.split('\n')[0] ?? '') };
  try {
    return { value: toPlain(document.toJS({ maxAliasCount: 10_000 })) };
  } catch (thrown) {
    // how the library reports aliases without anchors, and too many of them
    if (!(thrown instanceof ReferenceError)) throw thrown;
    return { reason: oneLine(thrown.message) };
  }
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

function readContent(text: string): DocumentContent {
  if (!/\S/.test(text.replace(/^\s*#.*$/gm, ''))) return { kind: 'empty' };
  if (/^kind: *["']?CustomResourceDefinition["']? *$/m.test(text)) return { kind: 'crd' };
  const parsed = parsePlain(text);
  if ('reason' in parsed) return { kind: 'unreadable', reason: parsed.reason };
  return isPlainMap(parsed.value) ? { kind: 'object', value: parsed.value } : { kind: 'empty' };
}

/** Splits helm's output into its documents, each with the template it came from (`# Source:` lines), and reads them. */
export function readRendered(output: string): readonly RenderedDocument[] {
  const documents: RenderedDocument[] = [];
  let line = 1;
  let template = '';
  for (const text of output.split(/^---(?: .*)?$/m)) {
    const source = /^# Source: (.+)$/m.exec(text)?.[1]?.trim();
    template = source ?? template;
    documents.push({ template, text, line, content: readContent(text) });
    line += text.split('\n').length - 1;
  }
  return documents.filter((document) => document.content.kind !== 'empty');
}
