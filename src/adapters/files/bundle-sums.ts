import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { BundlePart } from '../../domain/bundle/bundle-entry.ts';
import type { PartPlace } from './bundle-parts.ts';
import type { Tile } from './bundle-sweep.ts';

const LINE = /^(\\?)([0-9a-f]{64}) [ *](.+)$/s;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const ESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r' };

/**
 * The parts as `sha256sum` of GNU coreutils 9 lists them, by their names without directories; `sha256sum --check` reads it.
 * A name with a line break or backslash is written as there, with a backslash before the line.
 */
export function formatSums(parts: readonly BundlePart[]): string {
  const lines = parts.map(({ file, sha256 }) => {
    const name = basename(file);
    const escaped = name.replace(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character);
    return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}\n`;
  });
  return lines.join('');
}

/** What such a list says, by name; undefined when a line is none of its lines, or two are for one name. */
export function parseSums(text: string): ReadonlyMap<string, string> | undefined {
  const lines = text.replace(/\n$/, '').split('\n');
  const sums = new Map<string, string>();
  for (const line of lines) {
    const [, escaped, sum, shown] = LINE.exec(line) ?? [];
    if (sum === undefined || shown === undefined) return undefined;
    const name = escaped === '' ? shown : shown.replace(/\\[\\nr]/g, (pair) => ESCAPED[pair] ?? pair);
    if (sums.has(name)) return undefined;
    sums.set(name, sum);
  }
  return sums;
}

/** Tiles that give each file's sha256 when its last byte has passed. */
export function* sumTiles(
  places: readonly PartPlace[],
  onSum: (place: PartPlace, sha256: string) => void,
): Generator<Tile> {
  for (const place of places) {
    const hash = createHash('sha256');
    yield { bytes: place.bytes, take: (piece) => hash.update(piece), end: () => onSum(place, hash.digest('hex')) };
  }
}

/** A tile that tells whether the bytes that passed have the digest. */
export function digestTile(digest: string, bytes: number, onEnd: (isRight: boolean) => void): Tile {
  const [algorithm = ''] = digest.split(':');
  const hash = createHash(algorithm);
  const end = (): void => onEnd(`${algorithm}:${hash.digest('hex')}` === digest);
  return { bytes, take: (piece) => hash.update(piece), end };
}
