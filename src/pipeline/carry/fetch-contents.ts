import type { Descriptor } from '../../domain/manifest.ts';
import type { Digest, Reference } from '../../domain/reference.ts';
import type { Contents } from '../../ports/contents.ts';
import type { CarriedItem } from './carry-run.ts';
import { blobsToCarry } from './read-image.ts';

/** A blob that is to be fetched, with the repository that has it. */
export interface WantedBlob {
  readonly repository: Reference;
  readonly blob: Descriptor;
}

/** Every blob of an image and of what belongs to it. */
export function blobsOfItem({ contents, artifacts }: CarriedItem): ReadonlyMap<Digest, Descriptor> {
  const all = [...(contents === undefined ? [] : [contents]), ...artifacts.map((one) => one.contents)];
  return new Map(all.flatMap((one) => [...blobsToCarry(one)]));
}

/** Every blob of these images, each once, with the first repository that has it. */
export function wantedBlobs(images: Iterable<CarriedItem>): ReadonlyMap<Digest, WantedBlob> {
  const wanted = new Map<Digest, WantedBlob>();
  for (const image of images)
    for (const [digest, blob] of blobsOfItem(image))
      if (!wanted.has(digest)) wanted.set(digest, { repository: image.source, blob });
  return wanted;
}

/** Those of the blobs that are not there yet: a run that was interrupted goes on where it stopped. */
export async function missingBlobs(
  wanted: ReadonlyMap<Digest, WantedBlob>,
  contents: Contents,
): Promise<readonly WantedBlob[]> {
  const sizes = await Promise.all([...wanted.keys()].map((digest) => contents.size(digest)));
  return [...wanted.values()].filter((_, index) => sizes[index] === undefined);
}
