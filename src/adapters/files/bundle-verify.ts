import type { BundlePart } from '../../domain/bundle/bundle-entry.ts';
import type { Digest } from '../../domain/reference.ts';
import type { PartPlace } from './bundle-parts.ts';
import { type BundlePlan, piecesOf } from './bundle-plan.ts';
import type { Span } from './bundle-span.ts';
import { digestTile, sumTiles } from './bundle-sums.ts';
import { sweep, type Tile, tileStream } from './bundle-sweep.ts';
import { diskFailure } from './disk-failure.ts';

/** What a bundle is on the disk: its files, and the blobs that are not what they should be. */
export interface Verified {
  readonly parts: readonly BundlePart[];
  readonly wrong: readonly Digest[];
}

/** Bytes that are known, and must be there. */
function knownTile(data: Buffer, onWrong: (offset: number) => void): Tile {
  let seen = 0;
  const take = (piece: Buffer): void => {
    if (!data.subarray(seen, seen + piece.length).equals(piece)) onWrong(seen);
    seen += piece.length;
  };
  return { bytes: data.length, take, end: () => undefined };
}

function* planTiles(
  plan: BundlePlan,
  onWrongBlob: (digest: Digest) => void,
  onWrong: (at: number) => void,
): Generator<Tile> {
  for (const piece of piecesOf(plan)) {
    if (piece.kind === 'known') yield knownTile(piece.data, (offset) => onWrong(piece.at + offset));
    else {
      const { digest, size } = piece.blob;
      yield digestTile(digest, size, (isRight) => isRight || onWrongBlob(digest));
    }
  }
}

/** Writes everything of a bundle but its blobs. */
export async function writeKnown(plan: BundlePlan, span: Span, signal: AbortSignal): Promise<void> {
  for (const piece of piecesOf(plan)) {
    signal.throwIfAborted();
    if (piece.kind === 'known') await span.write(piece.data, piece.at);
  }
}

/**
 * Reads a bundle that was written, once, and compares all of it with its plan. `finals` are the files as they will be named.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk does not give back what was written into it just now.
 */
export async function verifyWritten(
  plan: BundlePlan,
  span: Span,
  finals: readonly PartPlace[],
  signal: AbortSignal,
): Promise<Verified> {
  const parts: BundlePart[] = [];
  const wrong: Digest[] = [];
  const onWrong = (at: number): never => {
    const path = finals.findLast(({ start }) => start <= at)?.path ?? '';
    throw diskFailure(path, 'read', new Error(`other bytes than were written, near byte ${at} of the bundle`));
  };
  const toTiles = tileStream(planTiles(plan, (digest) => wrong.push(digest), onWrong));
  const toSums = tileStream(sumTiles(finals, ({ path, bytes }, sha256) => parts.push({ file: path, bytes, sha256 })));
  for await (const chunk of sweep(span, signal)) {
    toTiles.take(chunk);
    toSums.take(chunk);
  }
  toTiles.end();
  toSums.end();
  return { parts, wrong };
}
