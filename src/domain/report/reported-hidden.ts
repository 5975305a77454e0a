import type { ProfileKind } from './reported-proof.ts';

/** How a hidden image is moved in the relocated chart: proven by a render, by the form of its value only, or not. */
export type HiddenMove = 'proven' | 'by-form' | 'no';

/** An image that the values of a release do not render, and other values may. */
export interface ReportedHiddenImage {
  readonly image: string;
  readonly destination: string;
  /** `conditional`: another profile renders it. `declared`: only values or annotations name it. */
  readonly evidence: 'conditional' | 'declared';
  /** The profiles that render it, or the keys and annotations that name it; behind a key, whether the tag is a guess. */
  readonly when: readonly string[];
  readonly moved: HiddenMove;
  /** Whether it is at the target; in a scan, whether it would be. */
  readonly mirrored: boolean;
  /** Whether its source was seen to have it, by a look at its manifest or by its copy. */
  readonly confirmation: 'confirmed' | 'unconfirmed';
  /** Why it is not confirmed; null where it is. */
  readonly reason: string | null;
}

/** A profile under which the chart does not render, so that nobody knows what it brings. */
export interface RefusedProfile {
  readonly profile: string;
  readonly kind: ProfileKind;
  /** What helm said. */
  readonly reason: string;
}
