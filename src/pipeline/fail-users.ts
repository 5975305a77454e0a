import type { MirrorError } from '../errors.ts';
import type { ImageItem } from './image-item.ts';

/** Whether nothing that was asked for needs an image: other values bring it, or only values name it. */
export function isHidden({ evidence }: ImageItem): boolean {
  return evidence === 'conditional' || evidence === 'declared';
}

/**
 * Fails every chart that uses the image, since none of them can be complete. A hidden image fails by itself: no chart waits
 * for it.
 */
export function failUsers(image: ImageItem, error: MirrorError): void {
  image.failure ??= error;
  if (isHidden(image)) return;
  for (const { chart } of image.users) chart.failure ??= error;
}
