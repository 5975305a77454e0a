import { formatPlatform } from '../domain/platform.ts';
import type { Digest } from '../domain/reference.ts';
import type { ImageContents, ImageContentsByDigest } from '../domain/report/image-contents.ts';
import type { ImageItem } from './image-item.ts';
import type { Run } from './run.ts';

/** The digest that an image has at the target, or would have; undefined where the run does not know it. */
export function knownDigest({ state }: Pick<ImageItem, 'state'>): Digest | undefined {
  return state.kind === 'cleared' || state.kind === 'copied' ? state.digest : undefined;
}

/** What the manifests of an image told this run; or, where it has read none, an earlier one, by its digest. */
export function contentsOf(
  image: Pick<ImageItem, 'state' | 'manifests' | 'platforms' | 'blobs'>,
  earlier: ImageContentsByDigest,
): ImageContents | undefined {
  const { state, manifests, platforms, blobs } = image;
  const digest = knownDigest(image);
  const bytes = 'bytes' in state ? state.bytes : undefined;
  if (manifests.length > 0 && bytes !== undefined) return { bytes, platforms: platforms.map(formatPlatform), blobs };
  return digest === undefined ? undefined : earlier.get(digest);
}

/** What is known of the images of a run, by digest: what the next run may tell without reading it again. */
export function contentsByDigest(
  { images }: Pick<Run, 'images'>,
  earlier: ImageContentsByDigest,
): ImageContentsByDigest {
  const found = new Map<Digest, ImageContents>();
  for (const image of images) {
    const digest = knownDigest(image);
    const contents = contentsOf(image, earlier);
    if (digest !== undefined && contents !== undefined) found.set(digest, contents);
  }
  return found;
}
