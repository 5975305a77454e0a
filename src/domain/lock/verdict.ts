import type { Digest } from '../reference.ts';
import type { LockedImage } from './images-lock.ts';

/** A platform of a lock whose digest is another one now. `found` is undefined where the platform is not there. */
export interface MovedPlatform {
  readonly arch: string;
  readonly locked: Digest;
  readonly found: Digest | undefined;
}

/**
 * How an image of a lock stands. `unknown`: the registry could not be asked. `not-named`: the registry has it, and the chart does
 * not name it any more.
 */
export type LockVerdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'differs'; readonly platforms: readonly MovedPlatform[] }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'not-locked' }
  | { readonly kind: 'not-named' };

/** What a registry has under a reference, platform by platform. */
export interface FoundPlatform {
  readonly arch: string;
  readonly digest: Digest;
}

/**
 * Compares what a lock says of an image with what a registry has. Two platforms of one architecture that differ by variant
 * only have one name in a lock, so each digest is looked for among all of that name. Further platforms are no difference; of an
 * image without digests a lock says nothing.
 */
export function judgeLocked({ digests }: Pick<LockedImage, 'digests'>, found: readonly FoundPlatform[]): LockVerdict {
  if (digests.length === 0) return { kind: 'not-locked' };
  const platforms = digests
    .filter(({ arch, digest }) => !found.some((one) => one.digest === digest && one.arch === arch))
    .map(({ arch, digest }) => ({ arch, locked: digest, found: found.find((one) => one.arch === arch)?.digest }));
  return platforms.length === 0 ? { kind: 'same' } : { kind: 'differs', platforms };
}

/** One image of a lock with its verdict. `at` is the reference that was asked for. */
export interface VerifiedImage {
  readonly chart: string;
  readonly name: string;
  readonly image: string;
  readonly at: string;
  readonly verdict: LockVerdict;
}

/** What came of comparing a lock with a registry. */
export interface VerifyReport {
  readonly chart: { readonly name: string; readonly version: string };
  readonly exitCode: 0 | 1 | 130;
  readonly images: readonly VerifiedImage[];
  readonly notes: readonly string[];
}

/** Exit code 0 when every image is as it is locked. */
export function verifyExitCode(images: readonly VerifiedImage[]): 0 | 1 {
  return images.every(({ verdict }) => verdict.kind === 'same') ? 0 : 1;
}
