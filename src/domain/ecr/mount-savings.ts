import type { Digest } from '../reference.ts';

/** An image that is pushed to a repository. Repositories of equal `encryption` are encrypted alike, with one key. */
export interface PushedImage {
  readonly repository: string;
  readonly encryption: string;
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
}

/**
 * The bytes that need not be uploaded where the registry mounts blobs: a blob that goes to several repositories is
 * uploaded to one of them. It can be mounted only between repositories that are encrypted alike
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/blob-mounting.html). What the registry holds before is not counted.
 */
export function mountSavings(images: readonly PushedImage[]): number {
  const places = new Set<string>();
  const uploaded = new Set<string>();
  let saved = 0;
  for (const { repository, encryption, blobs } of images) {
    for (const { digest, size } of blobs) {
      const place = JSON.stringify([repository, digest]);
      // a repository is given a blob once, however many of its images have it
      if (places.has(place)) continue;
      places.add(place);
      const upload = JSON.stringify([encryption, digest]);
      if (uploaded.has(upload)) saved += size;
      uploaded.add(upload);
    }
  }
  return saved;
}
