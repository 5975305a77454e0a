import { inParallel } from '../../domain/in-parallel.ts';
import type { ChartNeeds } from '../../domain/prune/chart-needs.ts';
import { type PrunePlan, planPrune } from '../../domain/prune/plan.ts';
import { manifestKey, type StoredRepository } from '../../domain/prune/stored.ts';
import { type PruneRun, WIDTH } from './prune-run.ts';
import { readNeeds } from './read-needs.ts';

/**
 * Makes a plan in which the needs of every chart that stays are known: they are read, remembered in `needs`, and may keep
 * further charts, until none is left to ask.
 */
export async function settlePlan(
  repositories: readonly StoredRepository[],
  needs: Map<string, ChartNeeds>,
  stuck: ReadonlySet<string>,
  run: PruneRun,
): Promise<PrunePlan> {
  const byName = new Map(repositories.map((repository) => [repository.name, repository]));
  for (;;) {
    const plan = planPrune({ repositories, rules: run.rules, needs, stuck, now: run.now });
    if (plan.unasked.length === 0) return plan;
    await inParallel(plan.unasked, WIDTH, async (chart) => {
      run.signal.throwIfAborted();
      needs.set(manifestKey(chart), await readNeeds(chart, byName, run));
    });
  }
}
