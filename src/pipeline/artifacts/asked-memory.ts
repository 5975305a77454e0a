import type { Lookup, ReferrerList, TagList } from '../../ports/registry.ts';

/** What was asked about artifacts and signatures in a run, so that nobody asks again. */
export interface AskedMemory {
  readonly tags: Map<string, Promise<TagList>>;
  readonly referrers: Map<string, Promise<ReferrerList>>;
  /** Whether registries list referrers, by side and host: the first answer tells. */
  readonly api: Map<string, Promise<boolean>>;
  /** What sources have under tags. */
  readonly tagged: Map<string, Extract<Lookup, { kind: 'found' }>>;
  /** Manifests that were read, by side and digest. */
  readonly read: Set<string>;
}

/** Nothing asked yet. */
export function startAskedMemory(): AskedMemory {
  return { tags: new Map(), referrers: new Map(), api: new Map(), tagged: new Map(), read: new Set() };
}
