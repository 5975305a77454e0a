import { inParallel } from '../../domain/in-parallel.ts';
import type { ChartNeeds } from '../../domain/prune/chart-needs.ts';
import type { PrunePlan } from '../../domain/prune/plan.ts';
import type { Removal } from '../../domain/prune/removal-order.ts';
import type { PruneEnd, RemovalState } from '../../domain/prune/result.ts';
import { manifestKey, type StoredRepository } from '../../domain/prune/stored.ts';
import { MirrorError, toMirrorError } from '../../errors.ts';
import type { PruneRun } from './prune-run.ts';
import { settlePlan } from './settle-plan.ts';

/** Manifests in one request: BatchDeleteImage takes a hundred (client-ecr). */
const BATCH = 100;
/** Repositories at once. */
const REPOSITORIES = 4;

/** Failures after which nothing more is asked: the registry cannot be reached, or will not be asked so often. */
const FINAL: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'REGISTRY_UNREACHABLE',
  'CREDENTIALS_UNREADABLE',
  'INTERNAL',
]);

/** A plan on its way. */
interface Work {
  readonly run: PruneRun;
  readonly repositories: readonly StoredRepository[];
  readonly needs: Map<string, ChartNeeds>;
  readonly states: Map<string, RemovalState>;
}

function isFinal(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || !(error instanceof MirrorError) || FINAL.has(error.code);
}

async function removeBatch(repository: string, batch: readonly Removal[], { run, states }: Work): Promise<void> {
  const digests = batch.map(({ manifest }) => manifest.digest);
  const failures = await run.ports.contents.remove(repository, digests, run.signal);
  const reasons = new Map(failures.map(({ digest, reason }) => [digest, reason]));
  for (const { manifest } of batch) {
    const reason = reasons.get(manifest.digest);
    states.set(manifestKey(manifest), reason === undefined ? { kind: 'removed' } : { kind: 'failed', reason });
  }
}

/** Removes from one repository. A refusal is that of this repository: the others go on. */
async function removeFrom(repository: string, removals: readonly Removal[], work: Work): Promise<void> {
  const { run, states } = work;
  for (let start = 0; start < removals.length; start += BATCH) {
    run.signal.throwIfAborted();
    const batch = removals.slice(start, start + BATCH);
    try {
      await removeBatch(repository, batch, work);
    } catch (error) {
      if (isFinal(error, run.signal)) throw error;
      const reason = toMirrorError(error).message;
      for (const { manifest } of removals.slice(start)) states.set(manifestKey(manifest), { kind: 'failed', reason });
      return;
    }
  }
}

async function removeWave(removals: readonly Removal[], work: Work): Promise<void> {
  const byRepository = Map.groupBy(removals, ({ manifest }) => manifest.repository);
  await inParallel([...byRepository], REPOSITORIES, ([repository, own]) => removeFrom(repository, own, work));
  const count = removals.filter(({ manifest }) => work.states.get(manifestKey(manifest))?.kind === 'removed').length;
  if (count > 0) work.run.say(`removed ${count} ${count === 1 ? 'manifest' : 'manifests'}`);
}

function keysOf(states: ReadonlyMap<string, RemovalState>, kind: RemovalState['kind']): ReadonlySet<string> {
  return new Set([...states].filter(([, state]) => state.kind === kind).map(([key]) => key));
}

/** What is left to do when something could not be removed: what that needs stays, too. */
async function planAgain({ run, repositories, needs, states }: Work): Promise<PrunePlan> {
  const removed = keysOf(states, 'removed');
  const left = repositories.map((repository) => ({
    ...repository,
    manifests: repository.manifests.filter((manifest) => !removed.has(manifestKey(manifest))),
  }));
  return settlePlan(left, needs, keysOf(states, 'failed'), run);
}

async function removeAll(plan: PrunePlan, work: Work): Promise<void> {
  const { states } = work;
  let open = plan.removals;
  while (open.length > 0) {
    const wave = open[0]?.wave;
    const failedBefore = keysOf(states, 'failed').size;
    await removeWave(
      open.filter((one) => one.wave === wave),
      work,
    );
    open = open.filter((one) => one.wave !== wave);
    if (keysOf(states, 'failed').size === failedBefore) continue;
    const again = await planAgain(work);
    const going = new Set(again.removals.map(({ manifest }) => manifestKey(manifest)));
    for (const { manifest } of open) {
      if (!going.has(manifestKey(manifest))) states.set(manifestKey(manifest), { kind: 'spared' });
    }
    open = open.filter(({ manifest }) => going.has(manifestKey(manifest)));
  }
}

/**
 * Removes what the plan lets go, wave by wave. After a failure it is planned again with what could not be removed, so that
 * nothing goes that a chart which is still there needs. `states` tells of every removal what became of it.
 */
export async function carryOut(
  plan: PrunePlan,
  repositories: readonly StoredRepository[],
  needs: Map<string, ChartNeeds>,
  run: PruneRun,
): Promise<{ readonly end: PruneEnd; readonly states: ReadonlyMap<string, RemovalState> }> {
  const states = new Map<string, RemovalState>(
    plan.removals.map(({ manifest }) => [manifestKey(manifest), { kind: 'left' }]),
  );
  try {
    await removeAll(plan, { run, repositories, needs, states });
    return { end: { kind: 'finished' }, states };
  } catch (thrown) {
    if (run.signal.aborted) return { end: { kind: 'interrupted' }, states };
    return { end: { kind: 'stopped', error: toMirrorError(thrown) }, states };
  }
}
