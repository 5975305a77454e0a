import type { Addon } from '../../domain/addon.ts';
import type { LockedChart } from '../../domain/catalog-lock/catalog-lock.ts';
import type { Digest } from '../../domain/reference.ts';

/** The lock that a run keeps to. */
export interface HeldLock {
  /** By the addon of the run's catalog. */
  readonly charts: ReadonlyMap<Addon, LockedChart>;
  /** By the text of the source reference; null for what was not seen at its source. */
  readonly images: ReadonlyMap<string, Digest | null>;
}
