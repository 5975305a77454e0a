import { type Digest, parseDigest } from '../reference.ts';

const HEX_DIGITS = 64;
const MARK = /da7a([0-9a-f]{4})da7a/g;

/** The most marks that one render can tell apart. */
export const MOST_MARKS = 0x10000;

/** A digest that no image has, with a number that even its first twelve digits tell. */
export function markDigest(id: number): Digest {
  const digits = `da7a${id.toString(16).padStart(4, '0')}da7a`;
  const digest = parseDigest(`sha256:${digits.padEnd(HEX_DIGITS, '0f')}`);
  if (digest === undefined || id >= MOST_MARKS) throw new RangeError(`no mark for ${id}`);
  return digest;
}

/** The numbers of the marks in a text, each once. */
export function marksIn(text: string): readonly number[] {
  return [...new Set([...text.matchAll(MARK)].map((match) => Number.parseInt(match[1] ?? '', 16)))];
}
