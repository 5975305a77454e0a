import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { bundleRefusals, type FoundFiles } from './bundle-find.ts';
import type { IndexedEntry } from './bundle-headers.ts';
import { type PartPlace, placesWithin } from './bundle-parts.ts';
import type { Span } from './bundle-span.ts';
import { digestTile, parseSums, sumTiles } from './bundle-sums.ts';
import { sweep, type Tile, tileStream } from './bundle-sweep.ts';
import { isAbsent } from './disk-failure.ts';
import { type Refusals, shownName } from './refusals.ts';
import { padding } from './ustar.ts';

const SUMS_BYTES = 16 * 1024 * 1024;

/** The entry with the files that it is in, where they are parts: those are to be copied again when it is damaged. */
function whereIs({ name, at, size }: IndexedEntry, places: readonly PartPlace[]): string {
  const names = placesWithin(places, at, Math.max(1, size)).map(({ path }) => basename(path));
  const where =
    places.length === 1 ? '' : ` in ${names.length < 4 ? names.join(', ') : `${names[0]} to ${names.at(-1)}`}`;
  return `entry ${shownName(name)}${where}`;
}

/** Refusals of an entry. */
export function refusalAt({ places, label }: FoundFiles, entry: IndexedEntry): Refusals {
  const refusals = bundleRefusals(label);
  refusals.at(whereIs(entry, places));
  return refusals;
}

/** What an entry's bytes must have: its own digest, and that which the first entry says. */
export function* digestsOf(entry: IndexedEntry): Generator<string> {
  if (entry.digest !== undefined) yield entry.digest;
  if (entry.sum !== undefined && entry.digest !== `sha256:${entry.sum}`) yield `sha256:${entry.sum}`;
}

/** That an entry's bytes are not those that its name, or the first entry, says. */
export function wrongBytes(entry: IndexedEntry, files: FoundFiles): Error {
  const said = entry.digest === undefined ? 'the beginning of the bundle' : 'its name';
  return refusalAt(files, entry).refuse(`its bytes have another digest than ${said} says`);
}

function entryTile(entry: IndexedEntry, files: FoundFiles): Tile {
  const tiles = [...digestsOf(entry)].map((digest) =>
    digestTile(digest, entry.size, (isRight) => {
      if (!isRight) throw wrongBytes(entry, files);
    }),
  );
  return {
    bytes: entry.size,
    take(piece) {
      for (const tile of tiles) tile.take(piece);
    },
    end() {
      for (const tile of tiles) tile.end();
    },
  };
}

/** Up to where the next header begins. */
function zeros(bytes: number, entry: IndexedEntry, files: FoundFiles): Tile {
  const take = (piece: Buffer): void => {
    if (piece.every((byte) => byte === 0)) return;
    throw refusalAt(files, entry).refuse('what fills its last block is not zeros');
  };
  return { bytes, take, end: () => undefined };
}

function* tilesOf(entries: readonly IndexedEntry[], files: FoundFiles, bytes: number): Generator<Tile> {
  const unseen = { take: () => undefined, end: () => undefined };
  let at = 0;
  for (const entry of entries) {
    // headers were read when the bundle was opened
    yield { ...unseen, bytes: entry.at - at };
    yield entryTile(entry, files);
    at = entry.at + entry.size;
    yield zeros(padding(at).length, entry, files);
    at += padding(at).length;
  }
  yield { ...unseen, bytes: bytes - at };
}

async function textOfSums({ sums, label }: FoundFiles): Promise<string | undefined> {
  try {
    // a list of all parts is much smaller
    return (await stat(sums)).size > SUMS_BYTES ? '' : await readFile(sums, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw bundleRefusals(label).refuse(`${basename(sums)} cannot be read: ${why}`, { cause });
  }
}

function* partTiles({ places, sums: path, label }: FoundFiles, text: string): Generator<Tile> {
  const { refuse } = bundleRefusals(label);
  const sums = parseSums(text);
  if (sums === undefined) throw refuse(`${basename(path)} is no list as sha256sum makes it`);
  const absent = places.find((place) => !sums.has(basename(place.path)));
  if (absent !== undefined) throw refuse(`${basename(path)} does not name ${basename(absent.path)}`);
  yield* sumTiles(places, (place, sha256) => {
    const name = basename(place.path);
    if (sums.get(name) !== sha256) throw refuse(`${name} has another checksum than ${basename(path)} says`);
  });
}

/**
 * Reads all files of a bundle once, and compares every entry with its digest, what lies between them with zeros, and the files
 * with the list of checksums beside them, where there is one.
 *
 * @throws MirrorError FILE_REFUSED.
 */
export async function checkBundle(
  span: Span,
  entries: readonly IndexedEntry[],
  files: FoundFiles,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const sums = await textOfSums(files);
  const streams = [
    tileStream(tilesOf(entries, files, span.bytes)),
    ...(sums === undefined ? [] : [tileStream(partTiles(files, sums))]),
  ];
  for await (const chunk of sweep(span, signal)) {
    for (const stream of streams) stream.take(chunk);
    onBytes(chunk.length);
  }
  for (const stream of streams) stream.end();
}
