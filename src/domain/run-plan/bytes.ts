import type { Digest } from '../reference.ts';
import { isMoved, type PlannedImage } from './plan.ts';

/** What images come to. */
export interface Load {
  /** Each blob once. */
  readonly bytes: number;
  /** Images of which it is not known, since not every manifest was read. */
  readonly unknown: number;
}

/** The blobs of the images that are moved, each once, with their sizes. */
export function blobsOf(images: readonly PlannedImage[]): ReadonlyMap<Digest, number> {
  const blobs = images.filter(isMoved).flatMap(({ contents }) => contents?.blobs ?? []);
  return new Map(blobs.map(({ digest, size }) => [digest, size]));
}

/** How much a run of these images has to move. */
export function loadOf(images: readonly PlannedImage[]): Load {
  const bytes = [...blobsOf(images).values()].reduce((sum, size) => sum + size, 0);
  return { bytes, unknown: images.filter((image) => isMoved(image) && image.contents === null).length };
}
