import type { Digest } from '../domain/reference.ts';
import type { Quota } from '../domain/run-plan/requests.ts';

/** What sources still answer of manifests, as far as they tell. */
export interface SourceQuota {
  /** What the host of a registry said last; null where it told none. */
  leftOf(registry: string): Quota | null;
  /** Whether a manifest of a registry is at hand, so that it is not read again. */
  isRead(registry: string, digest: Digest): boolean;
  /** Tells a person, wherever the run is drawn. */
  warn(line: string): void;
}
