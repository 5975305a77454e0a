import type { MirrorError } from '../../errors.ts';
import type { UnreadableImage } from '../images/unreadable-images.ts';
import type { Platform } from '../platform.ts';
import type { Digest } from '../reference.ts';
import type { AllowedRegistry } from './allowed.ts';
import type { Mention } from './mentions.ts';
import type { CheckedReference } from './references.ts';

/** What was checked: a chart as it was fetched, or manifests as they were named. */
export type CheckedSubject =
  | { readonly kind: 'chart'; readonly source: string; readonly version: string; readonly digest: Digest }
  | { readonly kind: 'manifests'; readonly source: string };

/** What the registry says of an image. `platforms` are those it has; none where it names none, or nobody asked. */
export type ReferenceVerdict =
  | { readonly kind: 'ok'; readonly digest: Digest | undefined; readonly platforms: readonly Platform[] }
  | { readonly kind: 'outside' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'denied'; readonly detail: string }
  | {
      readonly kind: 'platform-missing';
      readonly digest: Digest;
      readonly missing: readonly Platform[];
      readonly platforms: readonly Platform[];
    }
  | { readonly kind: 'unknown' };

/** A reference with its verdict. */
export interface JudgedReference extends CheckedReference {
  readonly verdict: ReferenceVerdict;
}

/** What a check came to. `failures` are what kept the registries from being asked. */
export interface CheckResult {
  readonly subject: CheckedSubject;
  readonly allowed: readonly AllowedRegistry[];
  readonly platforms: readonly Platform[];
  readonly references: readonly JudgedReference[];
  readonly unreadable: readonly UnreadableImage[];
  readonly mentioned: readonly Mention[];
  readonly failures: readonly MirrorError[];
  readonly notes: readonly string[];
}
