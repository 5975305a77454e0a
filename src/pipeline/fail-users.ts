import { formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ChartItem } from './chart-item.ts';
import type { ImageItem } from './image-item.ts';

/** Whether nothing that was asked for needs an image: other values bring it, or only values name it. */
export function isHidden({ evidence }: ImageItem): boolean {
  return evidence === 'conditional' || evidence === 'declared';
}

/** The error of the first image in the order of their names, with how many others there are: the same in every run. */
function joined(failures: ReadonlyMap<string, MirrorError>): MirrorError | undefined {
  const inOrder = [...failures].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, error]) => error);
  const [first] = inOrder;
  // images that failed of one thing are told in one message
  const others = new Set(inOrder.map(({ message }) => message)).size - 1;
  if (first === undefined || others === 0) return first;
  const { code, origin, hint } = first;
  return new MirrorError(`${first.message}, and ${others} more`, {
    ...{ code, origin, cause: first.cause },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Ends a chart that lacks an image. Of several images it names one and counts the others; what it failed of before stays. */
export function failForImage(chart: ChartItem, image: Reference, error: MirrorError): void {
  if (chart.failure !== undefined && chart.failedImages.size === 0) return;
  const name = formatReference(image);
  if (chart.failedImages.has(name)) return;
  chart.failedImages.set(name, error);
  chart.failure = joined(chart.failedImages);
}

/**
 * Fails every chart that uses the image, since none of them can be complete. A hidden image fails by itself: no chart waits
 * for it.
 */
export function failUsers(image: ImageItem, error: MirrorError): void {
  image.failure ??= error;
  if (isHidden(image)) return;
  for (const { chart } of image.users) failForImage(chart, image.source, error);
}
