import { basename, dirname, join } from 'node:path';

/** The smallest size that parts can be given, in bytes. */
export const LEAST_PART_BYTES = 1024 * 1024;

/** A file that holds a piece of the stream: `bytes` of them, from byte `start` of the stream on. */
export interface PartPlace {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
}

/** A file's name taken apart: `base.001` has number 1 and width 3. */
export interface NumberedName {
  readonly base: string;
  readonly number: number;
  readonly width: number;
}

const LEAST_WIDTH = 3;
const NUMBERED = /^(.+)\.([0-9]{3,9})$/s;

/** How many digits the numbers of as many parts have. */
export function widthOf(count: number): number {
  return Math.max(LEAST_WIDTH, String(count).length);
}

/** The path of a part, `base.001`. Numbers begin with 1. */
export function numberedPath(base: string, number: number, width: number): string {
  return `${base}.${String(number).padStart(width, '0')}`;
}

/** Takes the path of a part apart; undefined when it does not end in a dot and at least three digits. */
export function parseNumbered(path: string): NumberedName | undefined {
  const [, name, digits] = NUMBERED.exec(basename(path)) ?? [];
  if (name === undefined || digits === undefined) return undefined;
  return { base: join(dirname(path), name), number: Number(digits), width: digits.length };
}

/** The files of a stream of `bytes`: `base` itself, or parts of `partBytes` and one of what is left. */
export function placesOf(base: string, bytes: number, partBytes: number | undefined): readonly PartPlace[] {
  if (partBytes === undefined) return [{ path: base, start: 0, bytes }];
  const count = Math.ceil(bytes / partBytes);
  const width = widthOf(count);
  return Array.from({ length: count }, (_, index) => {
    const start = index * partBytes;
    return { path: numberedPath(base, index + 1, width), start, bytes: Math.min(partBytes, bytes - start) };
  });
}

/** The places that hold some of `length` bytes from `at` on. They are in the order of the stream, without gaps. */
export function placesWithin(places: readonly PartPlace[], at: number, length: number): readonly PartPlace[] {
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && place.start + place.bytes <= at) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < places.length && (places[end]?.start ?? 0) < at + length) end += 1;
  return places.slice(low, end);
}
