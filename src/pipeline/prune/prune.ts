import type { ChartNeeds } from '../../domain/prune/chart-needs.ts';
import { changedRepository } from '../../domain/prune/listing.ts';
import type { PrunePlan } from '../../domain/prune/plan.ts';
import { keepsNoChart, type PruneEnd, type PruneResult, type RemovalState } from '../../domain/prune/result.ts';
import { manifestKey, type StoredRepository } from '../../domain/prune/stored.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import { carryOut } from './carry-out.ts';
import { type ListedRepository, listingOf, listRegistry } from './list-registry.ts';
import type { PruneRun } from './prune-run.ts';
import { readRegistry } from './read-registry.ts';
import { settlePlan } from './settle-plan.ts';

interface Reading {
  readonly listed: readonly ListedRepository[];
  readonly repositories: readonly StoredRepository[];
  readonly needs: Map<string, ChartNeeds>;
  readonly plan: PrunePlan;
}

async function read(run: PruneRun): Promise<Reading> {
  const listed = await listRegistry(run);
  const within = listed.filter(({ reach }) => reach === 'in-reach').length;
  run.say(`repositories in the registry: ${listed.length}, within reach: ${within}`);
  const repositories = await readRegistry(listed, run);
  const needs = new Map<string, ChartNeeds>();
  const plan = await settlePlan(repositories, needs, new Set(), run);
  run.say(`charts that stay, and were asked what they need: ${needs.size}`);
  return { listed, repositories, needs, plan };
}

/** What somebody else has changed since the registry was read. */
async function changedSince(listed: readonly ListedRepository[], run: PruneRun): Promise<string | undefined> {
  const reach = new Map(listed.map((one) => [one.name, one.reach]));
  return changedRepository(listingOf(listed), listingOf(await listRegistry(run, reach)));
}

/** Why nothing is removed; undefined when something is. Rules that would be refused are refused before anything is asked for. */
async function obstacle({ listed, repositories, plan }: Reading, run: PruneRun): Promise<PruneEnd | undefined> {
  if (keepsNoChart(repositories, plan)) return { kind: 'refused' };
  if (!run.remove) return { kind: 'shown' };
  if (plan.removals.length === 0) return { kind: 'finished' };
  try {
    const repository = await changedSince(listed, run);
    return repository === undefined ? undefined : { kind: 'changed', repository };
  } catch (thrown) {
    if (run.signal.aborted) return { kind: 'interrupted' };
    return { kind: 'stopped', error: toMirrorError(thrown) };
  }
}

/** Says that nothing was done when the reading is broken off. */
function unread(thrown: unknown, signal: AbortSignal): MirrorError {
  if (!signal.aborted) return toMirrorError(thrown);
  return new MirrorError('interrupted while the registry was read: nothing was removed', {
    code: 'INTERRUPTED',
    origin: 'local',
    cause: thrown,
  });
}

/**
 * Reads the whole registry, decides what goes, and removes it if that was asked for. Immediately before, the registry is
 * listed again: if anything that the plan depends on has changed, nothing is removed.
 *
 * @throws MirrorError when the registry cannot be read; nothing has been removed then.
 */
export async function prune(run: PruneRun): Promise<PruneResult> {
  const reading = await read(run).catch((thrown: unknown) => {
    throw unread(thrown, run.signal);
  });
  const { repositories, needs, plan } = reading;
  const end = await obstacle(reading, run);
  if (end === undefined) return { repositories, plan, needs, ...(await carryOut(plan, repositories, needs, run)) };
  const kind = end.kind === 'shown' ? 'planned' : 'left';
  const states = plan.removals.map(({ manifest }): [string, RemovalState] => [manifestKey(manifest), { kind }]);
  return { repositories, plan, needs, states: new Map(states), end };
}
