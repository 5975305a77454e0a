import type { Digest } from '../domain/reference.ts';
import { isToCopy } from './copy.ts';
import type { ImageItem } from './image-item.ts';
import type { Run } from './run.ts';

/** Tells that an image is done with. */
export type Done = (image: ImageItem) => void;

/**
 * Lets go of manifests as soon as the last image that is to be copied and has them is done: with thousands of images they would
 * be most of the memory. To be called when the copies begin, since manifests are read before.
 */
export function releasing(run: Run): Done {
  const users = new Map<Digest, number>();
  const images = new Set(run.images.filter(isToCopy));
  for (const { manifests } of images)
    for (const { digest } of manifests) users.set(digest, (users.get(digest) ?? 0) + 1);
  return (image) => {
    if (!images.delete(image)) return;
    const done = image.manifests.filter(({ digest }) => {
      const left = (users.get(digest) ?? 0) - 1;
      if (left > 0) users.set(digest, left);
      else users.delete(digest);
      return left <= 0;
    });
    run.ports.releaseManifests?.(done.map(({ digest }) => digest));
  };
}
