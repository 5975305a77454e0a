import { createHash } from 'node:crypto';
import type { BundleEntry } from '../../domain/bundle/bundle-entry.ts';
import type { Digest } from '../../domain/reference.ts';
import { blobDigest, openBundleNames, SIZE_NAME } from './bundle-names.ts';
import { LEAST_PART_BYTES } from './bundle-parts.ts';
import { type BundleSize, formatBundleSize } from './bundle-size.ts';
import { BLOCK, END, padding, tarHeader } from './ustar.ts';

/** What a bundle has beside its entries: one time for all of them, in whole seconds, and the bytes of its parts. */
export interface BundleOptions {
  readonly mtimeSeconds: number;
  readonly partBytes: number | undefined;
}

/** A blob with its place in the stream: `size` bytes from byte `at` on. */
export interface PlannedBlob {
  readonly name: string;
  readonly digest: Digest;
  readonly at: number;
  readonly size: number;
}

/** A bundle of which everything but the bytes of the blobs is known. `id` is the same for the same bundle only. */
export interface BundlePlan {
  readonly id: string;
  readonly bytes: number;
  readonly options: BundleOptions;
  /** The entry that says the size, and those that were given. */
  readonly entries: readonly BundleEntry[];
  readonly blobs: ReadonlyMap<Digest, PlannedBlob>;
}

/** A piece of the stream: bytes that are known, or a blob. */
export type PlannedPiece =
  | { readonly kind: 'known'; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'blob'; readonly blob: PlannedBlob };

// what of the stream or the journal changes without the entries changing gets another number
const FORMAT = 1;
const MODE = 0o644;

function hexOf(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function sizeOf(entry: BundleEntry): number {
  return entry.kind === 'text' ? entry.data.length : entry.size;
}

function headerOf(entry: BundleEntry, mtime: number): Buffer {
  return tarHeader({ name: entry.name, kind: 'file', size: sizeOf(entry), mode: MODE, mtime });
}

function checkEntry(entry: BundleEntry): void {
  const digest = blobDigest(entry.name);
  if (entry.kind === 'blob' && entry.digest !== digest) {
    throw new RangeError(`${entry.name} is no place for the blob ${entry.digest}`);
  }
  if (entry.kind !== 'text' || digest === undefined) return;
  const [algorithm = ''] = digest.split(':');
  const found = `${algorithm}:${createHash(algorithm).update(entry.data).digest('hex')}`;
  if (found !== digest) throw new RangeError(`the text ${entry.name} has the digest ${found}`);
}

function checkAll(entries: readonly BundleEntry[], { partBytes }: BundleOptions): void {
  if (partBytes !== undefined && (!Number.isSafeInteger(partBytes) || partBytes < LEAST_PART_BYTES)) {
    throw new RangeError(`parts of ${partBytes} bytes: they have at least ${LEAST_PART_BYTES}`);
  }
  const names = openBundleNames();
  for (const name of [SIZE_NAME, ...entries.map((entry) => entry.name)]) {
    const why = names.admit(name);
    if (why !== undefined) throw new RangeError(`no entry of a bundle: ${name}: ${why}`);
  }
  for (const entry of entries) checkEntry(entry);
}

function idOf(entries: readonly BundleEntry[], { mtimeSeconds, partBytes }: BundleOptions): string {
  const all = entries.map((entry) => {
    const content = entry.kind === 'text' ? hexOf(entry.data) : entry.digest;
    return [entry.kind, entry.name, sizeOf(entry), content];
  });
  return hexOf(JSON.stringify([FORMAT, mtimeSeconds, partBytes ?? null, all]));
}

/**
 * Plans where everything of a bundle will be. A text may stand in the place of a blob, when it has that digest.
 *
 * @throws RangeError for a name that leads outside or is there twice, a blob whose name is not `blobs/<algorithm>/<hex>` of
 *   its digest, and parts of less than 1 MiB.
 */
export function planBundle(given: readonly BundleEntry[], options: BundleOptions): BundlePlan {
  checkAll(given, options);
  const texts = new Map(
    given.flatMap((entry) => (entry.kind === 'text' ? [[entry.name, hexOf(entry.data)] as const] : [])),
  );
  const sized = (bytes: number): BundleEntry => {
    const size: BundleSize = { bytes, partBytes: options.partBytes, texts };
    return { kind: 'text', name: SIZE_NAME, data: formatBundleSize(size) };
  };
  const blobs = new Map<Digest, PlannedBlob>();
  let at = 0;
  for (const entry of [sized(0), ...given]) {
    at += headerOf(entry, options.mtimeSeconds).length;
    const size = sizeOf(entry);
    if (entry.kind === 'blob') blobs.set(entry.digest, { name: entry.name, digest: entry.digest, at, size });
    at += size + padding(size).length;
  }
  const bytes = at + END.length;
  if (!Number.isSafeInteger(bytes) || bytes % BLOCK !== 0) throw new RangeError(`a bundle of ${bytes} bytes`);
  return { id: idOf(given, options), bytes, options, entries: [sized(bytes), ...given], blobs };
}

/** The pieces of a planned bundle in the order of the stream, without gaps. Made as they are asked for. */
export function* piecesOf(plan: BundlePlan): Generator<PlannedPiece> {
  let at = 0;
  let known: Uint8Array[] = [];
  const flush = (): PlannedPiece => {
    const data = Buffer.concat(known);
    const piece: PlannedPiece = { kind: 'known', at, data };
    at += data.length;
    known = [];
    return piece;
  };
  for (const entry of plan.entries) {
    known.push(headerOf(entry, plan.options.mtimeSeconds));
    const blob = entry.kind === 'blob' ? plan.blobs.get(entry.digest) : undefined;
    if (blob !== undefined) {
      yield flush();
      yield { kind: 'blob', blob };
      at += blob.size;
    } else if (entry.kind === 'text') known.push(entry.data);
    known.push(padding(sizeOf(entry)));
  }
  known.push(END);
  yield flush();
}
