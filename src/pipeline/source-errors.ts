import { formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';

/** An image that its source does not have. */
export function sourceAbsent(source: Reference): MirrorError {
  return new MirrorError(`${formatReference(source)} is not at its source`, {
    code: 'IMAGE_SOURCE_ABSENT',
    origin: 'source',
    hint: 'check the tag in the chart or its values; it may have been removed upstream',
  });
}

/** An image that its source does not show. `detail` is what the registry said. */
export function sourceDenied(source: Reference, detail: string): MirrorError {
  return new MirrorError(`${formatReference(source)} may not be read: ${detail}`, {
    code: 'IMAGE_SOURCE_DENIED',
    origin: 'source',
    hint: 'log in to this registry with docker login; some registries answer so for images that do not exist',
  });
}
