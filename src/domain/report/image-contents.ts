import { type Digest, parseDigest } from '../reference.ts';

/** What the manifests of an image have told: it never changes for its digest. For reports alone, not for what is moved. */
export interface ImageContents {
  /** As a report gives it, a layer counted for each platform that has it. */
  readonly bytes: number;
  /** `os/architecture[/variant]`; `/` for an image that does not tell. */
  readonly platforms: readonly string[];
  /** Each once. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
}

/** Contents by the digests of images; those that were used last stand first. */
export type ImageContentsByDigest = ReadonlyMap<Digest, ImageContents>;

/** How many images and blobs are kept together, some 10 MB as a packed file. */
const MOST_PARTS = 200_000;

/** More than any image has: a petabyte. */
const MOST_BYTES = 2 ** 50;

const PLATFORM = /^[\w.+-]{0,64}(?:\/[\w.+-]{0,64}){1,2}$/;

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOST_BYTES;
}

function digestFrom(value: unknown): Digest | undefined {
  return typeof value === 'string' ? parseDigest(value) : undefined;
}

/** The blobs of an image; undefined where one cannot be, such as a blob that has two sizes. */
function blobsFrom(value: unknown, sizes: ReadonlyMap<Digest, number>): ImageContents['blobs'] | undefined {
  if (!Array.isArray(value)) return undefined;
  const blobs = new Map<Digest, number>();
  for (const entry of value) {
    const [name, size]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    const digest = digestFrom(name);
    if (digest === undefined || !isSize(size) || blobs.has(digest)) return undefined;
    if ((sizes.get(digest) ?? size) !== size) return undefined;
    blobs.set(digest, size);
  }
  return [...blobs].map(([digest, size]) => ({ digest, size }));
}

function contentsFrom(value: unknown, sizes: ReadonlyMap<Digest, number>): ImageContents | undefined {
  if (!isRecord(value) || !isSize(value.bytes) || !Array.isArray(value.platforms)) return undefined;
  const platforms: readonly unknown[] = value.platforms;
  const named = platforms.filter((one) => typeof one === 'string').filter((one) => PLATFORM.test(one));
  const blobs = blobsFrom(value.blobs, sizes);
  if (blobs === undefined || named.length < platforms.length) return undefined;
  const least = blobs.reduce((sum, { size }) => sum + size, 0);
  if (least > value.bytes || (blobs.length === 0 && value.bytes > 0)) return undefined;
  return { bytes: value.bytes, platforms: named, blobs };
}

/** Reads what was kept. What is damaged, of another version, or cannot be is not there. */
export function readImageContents(text: string): ImageContentsByDigest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.images)) return new Map();
  const found = new Map<Digest, ImageContents>();
  const sizes = new Map<Digest, number>();
  for (const [name, entry] of Object.entries(value.images)) {
    const digest = digestFrom(name);
    const contents = contentsFrom(entry, sizes);
    if (digest === undefined || contents === undefined) continue;
    for (const blob of contents.blobs) sizes.set(blob.digest, blob.size);
    found.set(digest, contents);
  }
  return found;
}

/** What is kept, as text: the contents of this run first, then those of earlier ones, as many as there is room for. */
export function imageContentsText(own: ImageContentsByDigest, earlier: ImageContentsByDigest): string {
  const images: Record<string, unknown> = {};
  let parts = 0;
  for (const [digest, { bytes, platforms, blobs }] of new Map([...own, ...[...earlier].filter(([d]) => !own.has(d))])) {
    parts += 1 + blobs.length;
    if (parts > MOST_PARTS) break;
    images[digest] = { bytes, platforms, blobs: blobs.map((blob) => [blob.digest, blob.size]) };
  }
  return `${JSON.stringify({ version: 1, images })}\n`;
}
