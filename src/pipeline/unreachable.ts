import { formatReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ImageItem } from './image-item.ts';
import type { Run } from './run.ts';

/** So many images must find a registry unreachable before the others are not tried. */
const TRIES = 3;

function check(reference: ImageItem['source'], failures: readonly MirrorError[]): void {
  const [first] = failures;
  if (first === undefined || failures.length < TRIES) return;
  const { message, hint, origin } = first;
  throw new MirrorError(`${formatReference(reference)} was not asked for: ${message}`, {
    code: 'REGISTRY_UNREACHABLE',
    origin,
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * Throws where others have found the target unreachable, again and again and nobody reached it since: each image would take minutes
 * to find the same.
 *
 * @throws MirrorError REGISTRY_UNREACHABLE
 */
export function checkTargetReachable({ destination }: ImageItem, { targetFailures }: Run): void {
  check(destination, targetFailures);
}

/**
 * A registry that gives no answer at all is not tried for every image, be it the source or the target; those that were not asked
 * for say so.
 *
 * @throws MirrorError REGISTRY_UNREACHABLE
 */
export function checkReachable(image: ImageItem, run: Run): void {
  check(image.source, run.unreachable.get(image.source.registry) ?? []);
  checkTargetReachable(image, run);
}

/** An answer of status 5xx is an answer: it says nothing of other images. */
export function rememberUnreachable({ source }: ImageItem, error: MirrorError, run: Run): void {
  if (error.code !== 'REGISTRY_UNREACHABLE' || error.cause === undefined) return;
  if (error.origin === 'destination') {
    run.targetFailures.push(error);
    return;
  }
  if (error.origin !== 'source') return;
  const known = run.unreachable.get(source.registry) ?? [];
  if (!known.includes(error)) run.unreachable.set(source.registry, [...known, error]);
}

/** The target answered: what failed before was of passing. */
export function noteReached({ targetFailures }: Run): void {
  targetFailures.splice(0);
}
