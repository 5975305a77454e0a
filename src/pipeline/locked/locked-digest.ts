import { type Digest, formatReference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';

/**
 * The digest that a lock has for an image, whatever its tag is by now; undefined where the run keeps to none.
 *
 * @throws MirrorError LOCK_MOVED when the lock does not name the image.
 */
export function lockedDigest({ source }: ImageItem, { lock }: Run): Digest | undefined {
  if (lock === undefined) return undefined;
  const name = formatReference(source);
  const digest = lock.images.get(name);
  if (digest !== undefined && digest !== null) return digest;
  const what = digest === null ? 'was not at its source when the catalog was locked' : 'is not in the lock';
  throw new MirrorError(`${name} ${what}`, {
    code: 'LOCK_MOVED',
    origin: 'input',
    hint: 'write the lock anew, with the same choice of images and values: airgap-charts catalog lock',
  });
}
