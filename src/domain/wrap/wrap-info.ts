import { IMAGES_LOCK, type ImagesLock } from '../lock/images-lock.ts';
import { readImagesLock } from '../lock/read-images-lock.ts';
import { type Digest, formatReference, parseReference } from '../reference.ts';
import { readLayoutIndex } from './layout-index.ts';
import type { WrapFiles } from './wrap-entry.ts';
import { OWN_DIRECTORY } from './wrap-plan.ts';

/** One platform of an image in a wrap. `bytes` are those of its layout, null where the wrap has none. */
export interface WrappedPlatform {
  readonly arch: string;
  readonly digest: Digest;
  readonly bytes: number | null;
}

/** One image of a wrap. `digest` is what its reference names, null where the wrap does not keep it. */
export interface ImageInfo {
  readonly chart: string;
  readonly name: string;
  readonly image: string;
  readonly digest: Digest | null;
  readonly platforms: readonly WrappedPlatform[];
}

/** What a wrap holds, as far as its stream tells. */
export interface WrapInfo {
  readonly kind: 'wrap';
  readonly chart: ImagesLock['chart'];
  readonly generatedAt: string;
  readonly generatedBy: string;
  /** The size of the file, and that of the different blobs in it. */
  readonly bytes: number;
  readonly blobBytes: number;
  readonly images: readonly ImageInfo[];
}

function layoutBytes({ blobs }: WrapFiles, digest: Digest): number | null {
  const prefix = `images/${digest.slice(digest.indexOf(':') + 1)}.layout/`;
  const own = [...blobs].filter(([name]) => name.startsWith(prefix));
  return own.length === 0 ? null : own.reduce((sum, [, { size }]) => sum + size, 0);
}

/** The digests that our own directory names, by reference; also by the reference without a digest, as lists for dt have it. */
export function keptDigests({ files }: WrapFiles): ReadonlyMap<string, Digest> {
  const index = files.get(`${OWN_DIRECTORY}/index.json`);
  const entries = index === undefined ? [] : (readLayoutIndex(Buffer.from(index).toString('utf8')) ?? []);
  return new Map(
    entries.flatMap(({ name, digest, madeFrom }) => {
      const reference = name === undefined ? undefined : parseReference(name);
      if (reference === undefined || madeFrom !== undefined) return [];
      const texts = [formatReference(reference), formatReference({ ...reference, digest: undefined })];
      return texts.map((text) => [text, digest] as const);
    }),
  );
}

/** The lock of a wrap; or why it has none. */
export function lockOfWrap({
  chart,
}: WrapFiles): { readonly kind: 'lock'; readonly lock: ImagesLock } | { readonly kind: 'none'; readonly why: string } {
  const file = chart.get(IMAGES_LOCK);
  if (file === undefined) return { kind: 'none', why: 'it is not there' };
  const reading = readImagesLock(file.data.toString('utf8'));
  return reading.kind === 'lock' ? reading : { kind: 'none', why: reading.reasons.join('; ') };
}

/** What is told of a wrap. `bytes` is the size of its file. */
export function wrapInfo(files: WrapFiles, lock: ImagesLock, bytes: number): WrapInfo {
  const kept = keptDigests(files);
  const blobs = new Map([...files.blobs.values()].map(({ digest, size }) => [digest, size] as const));
  return {
    kind: 'wrap',
    chart: lock.chart,
    generatedAt: lock.generatedAt,
    generatedBy: lock.generatedBy,
    bytes,
    blobBytes: [...blobs.values()].reduce((sum, size) => sum + size, 0),
    images: lock.images.map(({ chart, name, image, digests }) => {
      const reference = parseReference(image);
      return {
        ...{ chart, name, image },
        digest: (reference === undefined ? undefined : kept.get(formatReference(reference))) ?? null,
        platforms: digests.map(({ arch, digest }) => ({ arch, digest, bytes: layoutBytes(files, digest) })),
      };
    }),
  };
}
