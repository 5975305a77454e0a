import { LEAST_PART_BYTES } from './bundle-parts.ts';

/**
 * What the first entry of a bundle says: the bytes of the whole stream, those of each part but the last (undefined where it
 * is in one file), and the sha256, in hex, of each text by its name.
 */
export interface BundleSize {
  readonly bytes: number;
  readonly partBytes: number | undefined;
  readonly texts: ReadonlyMap<string, string>;
}

const VERSION = 1;

function jsonOf({ bytes, partBytes, texts }: BundleSize): string {
  return JSON.stringify({ version: VERSION, bytes, partBytes: partBytes ?? null, texts: Object.fromEntries(texts) });
}

/** The entry as bytes. It has blanks at its end, so that its length does not depend on `bytes`. */
export function formatBundleSize(size: BundleSize): Buffer {
  const length = Buffer.byteLength(jsonOf({ ...size, bytes: Number.MAX_SAFE_INTEGER }));
  const json = jsonOf(size);
  return Buffer.from(`${json}${' '.repeat(length - Buffer.byteLength(json))}\n`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonIn(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sizeIn({ bytes, partBytes, texts }: Readonly<Record<string, unknown>>): BundleSize | undefined {
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0 || !isRecord(texts)) return undefined;
  const sums = new Map<string, string>();
  for (const [name, sum] of Object.entries(texts)) {
    if (typeof sum !== 'string' || !/^[0-9a-f]{64}$/.test(sum)) return undefined;
    sums.set(name, sum);
  }
  if (partBytes === null) return { bytes, partBytes: undefined, texts: sums };
  if (typeof partBytes !== 'number' || !Number.isSafeInteger(partBytes)) return undefined;
  return partBytes < LEAST_PART_BYTES ? undefined : { bytes, partBytes, texts: sums };
}

/** Reads the entry. Anything that is not as it would be written is damaged; `newer` is from a later version of this tool. */
export function parseBundleSize(data: Buffer): BundleSize | 'newer' | 'damaged' {
  const value = jsonIn(data);
  if (!isRecord(value) || typeof value.version !== 'number') return 'damaged';
  if (value.version > VERSION) return 'newer';
  const size = value.version === VERSION ? sizeIn(value) : undefined;
  return size === undefined || !formatBundleSize(size).equals(data) ? 'damaged' : size;
}
