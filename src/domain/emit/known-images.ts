import { destinationTag } from '../plan/destination.ts';
import { formatReference, parseReference, type Reference } from '../reference.ts';
import type { MirroredImage } from './mirrored.ts';

/** The text that names an image at the target, where a text names it at its source; undefined for all that is not known. */
export type Relocate = (text: string) => string | undefined;

/** Without tag and digest, `latest` is meant. */
function keyOf(reference: Reference): string {
  const tag = reference.tag ?? (reference.digest === undefined ? 'latest' : undefined);
  return formatReference({ ...reference, tag });
}

function contentKey({ registry, repository }: Reference, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}

/** The name at the target: tag and digest as they were written, the digest being that of the target. */
function movedText(written: Reference, { source, destination, digest }: MirroredImage): string {
  const { registry, repository } = destination;
  const differs = source.digest !== undefined && source.digest === written.digest && digest !== undefined;
  // a list may have given it another tag
  const isRenamed = written.digest === undefined && destination.tag !== destinationTag(source);
  const tag = isRenamed ? destination.tag : written.tag;
  return formatReference({ registry, repository, tag, digest: differs ? digest : written.digest });
}

/**
 * What is known of a run's images: a reference is found as it was mirrored, in any spelling, or by a digest that the target is
 * known to have in its repository.
 */
export function knownImages(images: readonly MirroredImage[]): Relocate {
  const exact = new Map(images.map((image) => [keyOf(image.source), image]));
  const byContent = new Map(
    images.flatMap((image) =>
      image.digest === undefined || !image.isSame ? [] : [[contentKey(image.source, image.digest), image] as const],
    ),
  );
  return (text) => {
    const written = parseReference(text);
    if (written === undefined) return undefined;
    const image =
      exact.get(keyOf(written)) ??
      (written.digest === undefined ? undefined : byContent.get(contentKey(written, written.digest)));
    return image === undefined ? undefined : movedText(written, image);
  };
}
