import { areAlternatives } from '../domain/images/artifacts.ts';
import type { ImageItem } from './image-item.ts';
import type { Run } from './run.ts';

/** An artifact under a tag that its source does not have, while it has another that its programs ask for. */
function isOtherwiseThere({ source, state }: ImageItem, { images }: Run): boolean {
  if (state.kind !== 'unconfirmed') return false;
  return images.some((other) => areAlternatives(source, other.source) && other.state.kind !== 'unconfirmed');
}

/** The images that reports and plans tell of: of tags that stand for each other, those that there are. */
export function toldImages(run: Run): readonly ImageItem[] {
  return run.images.filter((image) => !isOtherwiseThere(image, run));
}
