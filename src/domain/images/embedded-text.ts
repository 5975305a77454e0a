import { parsePlain } from './parse-plain.ts';
import type { Plain } from './plain.ts';

const PARSE_LIMIT = 2 * 1024 * 1024;

/** The documents of a text that is YAML or JSON throughout; undefined for any other text. */
export function structured(text: string): readonly Plain[] | undefined {
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

/** Base64 as text, or undefined when it is none or holds no text. */
export function decodeBase64Text(value: string): string | undefined {
  const compact = value.replace(/\s+/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const text = Buffer.from(compact, 'base64').toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary data from text
  return /[\u0000-\u0008\ufffd]/.test(text) ? undefined : text;
}

/**
 * The text of a value that is base64 as a whole, where nothing says so: it must be as long as a reference in base64 is, and all
 * of what it holds must be text that may name one.
 */
export function encodedText(value: string): string | undefined {
  // most values end this at once
  if (value.length < 16 || /[^A-Za-z0-9+/=\s]/.test(value)) return undefined;
  const compact = value.replace(/\s+/g, '');
  const text = compact.length < 16 || compact.length % 4 !== 0 ? undefined : decodeBase64Text(compact);
  return text !== undefined && /[/:]/.test(text) && /^[\t\n\r\x20-\x7e]*$/.test(text) ? text : undefined;
}
