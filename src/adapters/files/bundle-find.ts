import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MirrorError } from '../../errors.ts';
import { numberedPath, type PartPlace, parseNumbered } from './bundle-parts.ts';
import type { BundleSize } from './bundle-size.ts';
import { type FileWords, openRefusals, type Refusals } from './refusals.ts';

/** Files that may be a bundle: all of one, as far as their names say it, in the order of the stream. */
export interface FoundFiles {
  readonly places: readonly PartPlace[];
  /** Where the list of their checksums may be. */
  readonly sums: string;
  /** What messages call all of them. */
  readonly label: string;
}

const WORDS: FileWords = { file: 'bundle', tar: 'the tar file', stream: 'it' };
const COMPLETE = 'copy all of its parts to one place, each once, and name them all, or the first one';

/** Refusals of a bundle; those who read at the same time have their own, since they are at different places. */
export function bundleRefusals(label: string): Refusals {
  return openRefusals(label, WORDS);
}

function unreadable(refusals: Refusals, path: string, cause: unknown): MirrorError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = 'name files that are there and may be read';
  return refusals.refuse(`${basename(path)} cannot be read: ${why}`, { hint, cause });
}

async function sizeOf(path: string, refusals: Refusals): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(refusals, path, cause);
  });
  // a named pipe would be waited for
  if (!found.isFile()) throw unreadable(refusals, path, new Error('it is no regular file'));
  return found.size;
}

async function placed(paths: readonly string[], refusals: Refusals): Promise<readonly PartPlace[]> {
  const places: PartPlace[] = [];
  let start = 0;
  for (const path of paths) {
    const bytes = await sizeOf(path, refusals);
    places.push({ path, start, bytes });
    start += bytes;
  }
  return places;
}

/** A single file that is taken for all of a bundle. */
export async function findWhole(path: string): Promise<FoundFiles> {
  return { places: await placed([path], bundleRefusals(path)), sums: `${path}.sha256`, label: path };
}

/** The parts that lie beside one of them, which is named `base.001` or with another number. */
export async function partsBeside(path: string): Promise<readonly string[]> {
  const own = parseNumbered(path);
  if (own === undefined) return [path];
  const names = await readdir(dirname(path)).catch((cause: unknown) => {
    throw unreadable(bundleRefusals(path), path, cause);
  });
  const beside = names.filter((name) => {
    const one = parseNumbered(join(dirname(path), name));
    return one !== undefined && one.base === own.base && one.width === own.width;
  });
  return beside.map((name) => join(dirname(path), name));
}

/**
 * Parts in any order, which may be in several directories.
 *
 * @throws MirrorError FILE_REFUSED when they are not those of one bundle, numbered from 1 without a gap.
 */
export async function findParts(paths: readonly string[]): Promise<FoundFiles> {
  const [first = ''] = paths;
  const own = parseNumbered(first);
  const label = own?.base ?? first;
  const refusals = bundleRefusals(label);
  const numbered = new Map<number, string>();
  for (const path of paths) {
    const one = parseNumbered(path);
    if (
      one === undefined ||
      own === undefined ||
      basename(one.base) !== basename(own.base) ||
      one.width !== own.width
    ) {
      throw refusals.refuse(`${basename(path)} is no part of the same bundle as ${basename(first)}`, {
        hint: COMPLETE,
      });
    }
    if (numbered.has(one.number))
      throw refusals.refuse(`the part ${basename(path)} is there twice`, { hint: COMPLETE });
    numbered.set(one.number, path);
  }
  const inOrder = [...numbered].sort(([a], [b]) => a - b);
  for (const [index, [number, path]] of inOrder.entries()) {
    if (number === index + 1) continue;
    const why = number === 0 ? `${basename(path)} is no part, they begin with 1` : missing(path, index + 1);
    throw refusals.refuse(why, { hint: COMPLETE });
  }
  const ordered = inOrder.map(([, path]) => path);
  const start = parseNumbered(ordered[0] ?? '')?.base ?? first;
  return { places: await placed(ordered, refusals), sums: `${start}.sha256`, label };
}

function missing(known: string, number: number): string {
  const { base, width } = parseNumbered(known) ?? { base: known, width: 0 };
  return `the part ${basename(numberedPath(base, number, width))} is missing`;
}

/**
 * Compares the files with what the bundle says of its size.
 *
 * @throws MirrorError FILE_REFUSED, naming the first one that is missing, too much, or of another size.
 */
export function checkFiles({ places, label }: FoundFiles, { bytes, partBytes = bytes }: BundleSize): void {
  const { refuse } = bundleRefusals(label);
  const path = places[0]?.path ?? '';
  const count = Math.ceil(bytes / partBytes);
  if (count > 1 && parseNumbered(path) === undefined) {
    throw refuse(`it is one of ${count} parts, under another name`, { hint: COMPLETE });
  }
  const extra = places[count];
  if (extra !== undefined) {
    const files = count === 1 ? 'file' : 'files';
    throw refuse(`${basename(extra.path)} is no part of it: it has ${count} ${files}`, { hint: COMPLETE });
  }
  if (places.length < count) throw refuse(missing(path, places.length + 1), { hint: COMPLETE });
  for (const [index, place] of places.entries()) {
    const right = Math.min(partBytes, bytes - index * partBytes);
    if (place.bytes !== right) throw refuse(`${basename(place.path)} has ${place.bytes} bytes instead of ${right}`);
  }
}
