import type { MirrorError } from '../errors.ts';
import type { ImageItem } from './run.ts';

/** Fails every chart that uses the image, since none of them can be complete. */
export function failUsers(image: ImageItem, error: MirrorError): void {
  image.failure ??= error;
  for (const { chart } of image.users) chart.failure ??= error;
}
