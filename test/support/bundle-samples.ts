import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openBundle } from '../../src/adapters/files/bundle-reader.ts';
import { openBundleWriter } from '../../src/adapters/files/bundle-writer.ts';
import type { BundleEntry, BundlePart } from '../../src/domain/bundle/bundle-entry.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import type { Digest } from '../../src/domain/reference.ts';
import { chunksOf, inDirectory, noise, RUNNING, SAMPLE_TIME } from './wrap-samples.ts';

/** One mebibyte, the least that a part can have. */
export const MIB = 1024 * 1024;

/** Entries with the bytes of their blobs. */
export interface BundleSample {
  readonly entries: readonly BundleEntry[];
  readonly pieces: ReadonlyMap<Digest, Buffer>;
}

/** How a sample is written, where it is not as usual: in one file, one blob after the other, to its end. */
export interface WriteOptions {
  readonly partBytes?: number;
  readonly order?: (digests: readonly Digest[]) => readonly Digest[];
  /** All blobs at once. */
  readonly parallel?: boolean;
  readonly chunkBytes?: number;
}

/** The entry of a blob. */
export function blobEntry(piece: Buffer): BundleEntry {
  const digest = digestOf(piece);
  return { kind: 'blob', name: `blobs/sha256/${digest.slice(7)}`, digest, size: piece.length };
}

/** The entry of a text. */
export function textEntry(name: string, text: string): BundleEntry {
  return { kind: 'text', name, data: Buffer.from(text) };
}

/** Texts, one of them with a long name that is not ASCII, before and after blobs of these sizes. */
export function sampleOf(sizes: readonly number[]): BundleSample {
  const pieces = sizes.map((size, index) => noise(`piece ${index}`, size));
  const entries = [
    textEntry('airgap-charts/bundle.json', '{"charts":[]}'),
    textEntry('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
    ...pieces.map(blobEntry),
    textEntry(`airgap-charts/${'long/'.repeat(25)}größe.txt`, 'long\n'.repeat(200)),
    textEntry('index.json', '{"schemaVersion":2,"manifests":[]}'),
  ];
  return { entries, pieces: new Map(pieces.map((piece) => [digestOf(piece), piece])) };
}

/** Some small blobs, with all cases of padding. */
export const SMALL: BundleSample = sampleOf([0, 1, 511, 512, 513, 5000]);

/** The same behind one of 1.2 MiB, so that a border of parts can be at any place after it. */
export const SPLIT: BundleSample = sampleOf([1_258_291, 1, 511, 512, 513, 700_000]);

/** The options of a sample in files of `partBytes`. */
export function bundleOptions(partBytes?: number): {
  readonly mtimeSeconds: number;
  readonly partBytes: number | undefined;
} {
  return { mtimeSeconds: SAMPLE_TIME, partBytes };
}

/** A buffer in chunks. */
export function chunked(data: Buffer, chunkBytes = 1000): AsyncGenerator<Uint8Array> {
  const count = Math.ceil(data.length / chunkBytes);
  return chunksOf(...Array.from({ length: count }, (_, i) => data.subarray(i * chunkBytes, (i + 1) * chunkBytes)));
}

/** The bytes of a blob of a sample. */
export function pieceOf({ pieces }: BundleSample, digest: Digest): Buffer {
  const piece = pieces.get(digest);
  if (piece === undefined) throw new RangeError(`${digest} is not in the sample`);
  return piece;
}

/** Writes what is missing of a sample, finishes it, and says which blobs were written. */
export async function writeSample(
  path: string,
  sample: BundleSample,
  options: WriteOptions = {},
): Promise<WrittenSample> {
  const { partBytes, order = (all) => all, parallel = false, chunkBytes } = options;
  const writer = await openBundleWriter(path, sample.entries, bundleOptions(partBytes));
  try {
    const written = order([...sample.pieces.keys()]).filter((digest) => !writer.done.has(digest));
    const write = (digest: Digest) => writer.write(digest, chunked(pieceOf(sample, digest), chunkBytes), RUNNING);
    if (parallel) await Promise.all(written.map(write));
    else for (const digest of written) await write(digest);
    return { parts: await writer.finish(RUNNING), written };
  } finally {
    await writer.close();
  }
}

/** What came of writing a sample. */
export interface WrittenSample {
  readonly parts: readonly BundlePart[];
  readonly written: readonly Digest[];
}

/** The names of all files of a bundle, finished or not, without their common beginning. */
export async function filesAt(path: string): Promise<readonly string[]> {
  const all = await readdir(dirname(path));
  return all
    .filter((name) => name.startsWith(basename(path)))
    .map((name) => name.slice(basename(path).length))
    .sort();
}

/** All bytes of a finished bundle. */
export async function streamOf(parts: readonly { readonly file: string }[]): Promise<Buffer> {
  return Buffer.concat(await Promise.all(parts.map(({ file }) => readFile(file))));
}

/** The digests of all that a bundle gives, after it was checked: of texts by name, and of blobs as they stream. */
export async function contentsOfBundle(
  files: readonly string[],
  sample: BundleSample,
): Promise<ReadonlyMap<string, string>> {
  const bundle = await openBundle(files, RUNNING);
  try {
    const all = new Map<string, string>();
    for (const { kind, name } of sample.entries) {
      const text = kind === 'text' ? await bundle.text(name, MIB) : undefined;
      if (text !== undefined) all.set(name, digestOf(text));
    }
    await bundle.check(() => undefined, RUNNING);
    for (const digest of bundle.blobs.keys()) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bundle.contents.open(digest)) chunks.push(chunk);
      all.set(digest, digestOf(Buffer.concat(chunks)));
    }
    return all;
  } finally {
    await bundle.close();
  }
}

/** What `contentsOfBundle` must give. */
export function contentsOfSample({ entries, pieces }: BundleSample): ReadonlyMap<string, string> {
  const texts = entries.flatMap((entry) =>
    entry.kind === 'text' ? [[entry.name, digestOf(entry.data)] as const] : [],
  );
  return new Map<string, string>([...texts, ...[...pieces.keys()].map((digest) => [digest, digest] as const)]);
}

/** The file of a bundle below a directory. */
export function bundlePath(directory: string): string {
  return join(directory, 'charts.bundle.tar');
}

/** Runs with the path of a bundle in a directory of its own. */
export function atPath(use: (path: string) => Promise<void>): () => Promise<void> {
  return () => inDirectory((directory) => use(bundlePath(directory)));
}
