import type { Digest } from '../domain/reference.ts';

/** Small blobs that were read whole, such as the configurations of images, for those who want them a second time. */
export interface KeptBlobs {
  keep(digest: Digest, bytes: Uint8Array): void;
  get(digest: Digest): Uint8Array | undefined;
}

/** The largest blob that is kept, and what is kept altogether, in bytes. */
const LARGEST = 256 * 1024;
const ALL = 16 * 1024 * 1024;

/** An empty memory for one run. What is full keeps no more. */
export function createKeptBlobs(): KeptBlobs {
  const kept = new Map<Digest, Uint8Array>();
  let size = 0;
  return {
    keep(digest, bytes) {
      if (kept.has(digest) || bytes.length > LARGEST || size + bytes.length > ALL) return;
      size += bytes.length;
      kept.set(digest, bytes);
    },
    get: (digest) => kept.get(digest),
  };
}
