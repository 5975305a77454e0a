import { structured } from './embedded-text.ts';
import type { Plain } from './plain.ts';

/** Data in a text, and where its literal stands. */
export interface QuotedData {
  readonly documents: readonly Plain[];
  readonly start: number;
  readonly end: number;
}

// a literal with quotes of its own inside
const LITERAL = /"[{[](?=[^"\n]*\\")(?:[^"\\\n]|\\.)*[\]}]"/g;

function unquoted(literal: string): string | undefined {
  try {
    const text: unknown = JSON.parse(literal);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The data that a program in a text has as a literal, such as `json.loads("{\\"image\\": …}")`, which `toJson | toJson` writes there. */
export function quotedData(text: string): readonly QuotedData[] {
  return [...text.matchAll(LITERAL)].flatMap(({ 0: literal, index }) => {
    const inner = unquoted(literal);
    const documents = inner === undefined ? undefined : structured(inner);
    return documents === undefined ? [] : [{ documents, start: index, end: index + literal.length }];
  });
}

/** The text with spaces in place of such literals. */
export function withoutQuoted(text: string, quoted: readonly QuotedData[]): string {
  return quoted.reduce(
    (rest, { start, end }) => `${rest.slice(0, start)}${' '.repeat(end - start)}${rest.slice(end)}`,
    text,
  );
}
