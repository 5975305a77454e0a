import type { MirrorError } from '../../errors.ts';
import type { ChartNeeds } from './chart-needs.ts';
import type { PrunePlan } from './plan.ts';
import { manifestKey, type StoredManifest, type StoredRepository } from './stored.ts';

/**
 * What became of a manifest that the plan lets go. `spared`: something that could not be removed turned out to need it;
 * `left`: its turn did not come, or the request for it broke off, so that it may be gone.
 */
export type RemovalState =
  | { readonly kind: 'planned' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'spared' }
  | { readonly kind: 'left' };

/**
 * How a run of prune ended. `shown`: removal was not asked for; `changed`: somebody else changed this repository after it
 * was read; `refused`: the rules keep no chart at all; `stopped`: the registry could not be asked any more.
 */
export type PruneEnd =
  | { readonly kind: 'shown' }
  | { readonly kind: 'finished' }
  | { readonly kind: 'changed'; readonly repository: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'stopped'; readonly error: MirrorError };

/** Everything that a run of prune has found and done. */
export interface PruneResult {
  /** As they were read, before anything was removed. */
  readonly repositories: readonly StoredRepository[];
  /** The first plan: what was to go. */
  readonly plan: PrunePlan;
  readonly needs: ReadonlyMap<string, ChartNeeds>;
  /** By `manifestKey`, for every removal of the plan. */
  readonly states: ReadonlyMap<string, RemovalState>;
  readonly end: PruneEnd;
}

/**
 * Whether charts are to go although a rule of the person keeps none of those within reach: then the rules are hardly meant
 * so. That a chart is young, say, is no rule of theirs.
 */
export function keepsNoChart(repositories: readonly StoredRepository[], plan: PrunePlan): boolean {
  const charts = repositories
    .filter(({ reach }) => reach === 'in-reach')
    .flatMap(({ manifests }) => manifests.filter(({ isChart }) => isChart));
  const isMeant = (chart: StoredManifest): boolean => {
    const reasons = plan.kept.get(manifestKey(chart));
    return reasons?.has('catalog') === true || reasons?.has('newest') === true;
  };
  return plan.removals.some(({ role }) => role === 'chart') && !charts.some(isMeant);
}
