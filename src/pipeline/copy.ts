import { formatReference } from '../domain/reference.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import type { CopyJob } from '../ports/registry.ts';
import { destinationDenied } from './destination-denied.ts';
import { failUsers } from './fail-users.ts';
import { type ImageItem, isNeeded } from './image-item.ts';
import { noteImage } from './preflight.ts';
import type { Run } from './run.ts';
import { checkTargetReachable, noteReached, rememberUnreachable } from './unreachable.ts';

/** Whether an image is at the target, or will not be asked for (nothing was copied in a scan). */
export function isPresent(image: ImageItem): boolean {
  if (image.state.kind === 'copied') return true;
  return image.state.kind === 'cleared' && image.state.decision.kind !== 'copy';
}

/** Whether an image has to be copied: it was cleared for that, and somebody still wants it. */
export function isToCopy(image: ImageItem): boolean {
  return image.state.kind === 'cleared' && image.state.decision.kind === 'copy' && isNeeded(image);
}

/**
 * Copies to a destination once for all images that meet there, which have one digest: an immutable tag takes nothing twice.
 * Where a copy has failed, the next image is tried.
 */
async function copyOnce(job: CopyJob, onBytes: (bytes: number) => void, run: Run): Promise<void> {
  const at = formatReference(job.destination);
  const before = run.copies.get(at) ?? Promise.resolve(false);
  const own = before.then((isThere) => (isThere ? undefined : run.ports.copier.copy(job, onBytes, run.signal)));
  const written = own.then(
    () => true,
    () => false,
  );
  run.copies.set(at, written);
  await own;
}

async function copyAndCheck(image: ImageItem, onMoved: (bytes: number) => void, run: Run): Promise<void> {
  if (image.state.kind !== 'cleared') return;
  const { digest, bytes } = image.state;
  const { source, destination } = image;
  let moved = 0;
  const count = (more: number): void => {
    moved += more;
    onMoved(moved);
  };
  await copyOnce({ source: { ...source, digest }, destination }, count, run);
  const answer = await run.ports.registry.head(destination, 'destination', run.signal);
  if (answer.kind === 'denied') throw destinationDenied(image, `after it was copied: ${answer.detail}`);
  if (answer.kind !== 'found' || answer.digest !== digest) {
    const found = answer.kind === 'found' ? answer.digest : answer.kind;
    throw new MirrorError(`${formatReference(destination)} is ${found} after the copy, ${digest} was copied`, {
      code: 'IMAGE_DIGEST_DIFFERS',
      origin: 'destination',
      hint: 'somebody else pushed this tag at the same time, or the registry rewrites manifests: run again',
    });
  }
  image.state = { kind: 'copied', digest, bytes, moved };
  noteImage(image, digest, run);
}

/**
 * Copies one image and looks it up again: only an equal digest counts. `onMoved` hears how many bytes have left the
 * source. A failure fails the charts that use it.
 */
export async function copyImage(image: ImageItem, onMoved: (bytes: number) => void, run: Run): Promise<void> {
  try {
    checkTargetReachable(image, run);
    await copyAndCheck(image, onMoved, run);
    noteReached(run);
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    image.state = { kind: 'failed' };
    const error = toMirrorError(thrown);
    if (error.origin === 'destination') rememberUnreachable(image, error, run);
    failUsers(image, error);
    throw error;
  }
}
