import { formatReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ImageItem } from './image-item.ts';

/** An image that may not be looked up at the target, in the registry's own words. */
export function destinationDenied(image: ImageItem, detail: string): MirrorError {
  return new MirrorError(`${formatReference(image.destination)} may not be looked up: ${detail}`, {
    code: 'IMAGE_DESTINATION_DENIED',
    origin: 'destination',
    hint: 'the credentials of the target need to read and write this repository',
  });
}
