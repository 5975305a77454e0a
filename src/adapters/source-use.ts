import type { NetworkSettings } from '../domain/network.ts';
import type { Digest } from '../domain/reference.ts';
import type { Quota } from '../domain/run-plan/requests.ts';
import { readLimit } from './rate-limit.ts';
import type { Fetched } from './registry.ts';
import type { Heard } from './requests.ts';
import { addressOf } from './source-mirrors.ts';

/** What a run has read at its sources, and what they say they would still answer. */
export interface SourceUse {
  readonly heard: Heard;
  readonly fetched: Fetched;
  /** What the host of a registry has said last of its quota, whichever of its answers came last; null where it said nothing. */
  quotaOf(registry: string): Quota | null;
  /** Whether a manifest was read at a registry. */
  hasRead(registry: string, digest: Digest): boolean;
  /** The manifests that were read at each registry. */
  reads(): ReadonlyMap<string, ReadonlySet<Digest>>;
}

/** So long a higher number is taken for an answer that was overtaken, in milliseconds: requests are answered in any order. */
const OVERTAKEN_MS = 60_000;

/** Nothing asked, nothing heard. */
export function createSourceUse(settings: NetworkSettings, now: () => number = Date.now): SourceUse {
  const quotas = new Map<string, Quota & { readonly at: number }>();
  const repositories = new Map<string, string>();
  const read = new Map<string, Set<Digest>>();

  return {
    heard(host, headers) {
      const remaining = readLimit(headers, 'ratelimit-remaining');
      if (remaining === undefined) return;
      const limit = readLimit(headers, 'ratelimit-limit');
      const known = quotas.get(host);
      const at = now();
      if (known !== undefined && remaining.count > known.remaining && at - known.at < OVERTAKEN_MS) return;
      quotas.set(host, {
        limit: limit?.count ?? null,
        remaining: remaining.count,
        seconds: remaining.seconds ?? limit?.seconds ?? null,
        at,
      });
    },
    fetched({ registry, repository }, side, digest) {
      if (side !== 'source') return;
      repositories.set(registry, repository);
      const own = read.get(registry) ?? new Set<Digest>();
      read.set(registry, own.add(digest));
    },
    quotaOf(registry) {
      // a mirror may stand for some repositories of a registry only: then the last that was read speaks for all
      const { base } = addressOf(settings, 'source', registry, repositories.get(registry) ?? 'library/any');
      const told = quotas.get(base.host);
      return told === undefined ? null : { limit: told.limit, remaining: told.remaining, seconds: told.seconds };
    },
    hasRead: (registry, digest) => read.get(registry)?.has(digest) === true,
    reads: () => read,
  };
}
