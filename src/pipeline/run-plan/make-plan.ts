import type { Digest } from '../../domain/reference.ts';
import type { PlanContent, PlanInputs, PlannedArtifacts, PlannedImage } from '../../domain/run-plan/plan.ts';
import { manifestsOf, requestsFor, type SourceFacts } from '../../domain/run-plan/requests.ts';
import type { Run } from '../run.ts';
import { plannedArtifacts } from './plan-artifacts.ts';
import { planOptions } from './plan-options.ts';
import { planRows } from './plan-rows.ts';

/** What a plan tells beside the state of its run. */
export interface PlanFacts {
  readonly inputs: PlanInputs | null;
  readonly quotaOf: SourceFacts['quotaOf'];
  /** Manifests read at each source registry. */
  readonly reads: ReadonlyMap<string, ReadonlySet<Digest>>;
}

function notesOf(run: Run): readonly string[] {
  const skipped = run.catalog.unmirrorable.map(({ key, reason }) => `not mirrored: ${key}: ${reason}`);
  const releases = run.releases.flatMap(({ addon, notes }) =>
    notes.map((note) => `${addon.chart} (${addon.release}): ${note}`),
  );
  const repositories = run.repositories.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`repository ${name}: ${failure.message}`],
  );
  return [...run.catalog.notes, ...skipped, ...releases, ...repositories];
}

/** What is read for an image is counted with it. */
function otherReads(images: readonly PlannedImage[], { reads }: PlanFacts): ReadonlyMap<string, number> {
  const own = manifestsOf(images);
  const others = [...reads].map(([registry, digests]) => {
    const more = [...digests].filter((digest) => own.get(registry)?.has(digest) !== true);
    return [registry, more.length] as const;
  });
  return new Map(others.filter(([, count]) => count > 0));
}

/** Registries at which artifacts may be read that the plan does not know. */
function unsureOf(run: Run, artifacts: PlannedArtifacts | null): ReadonlySet<string> {
  const failed = [...run.artifacts.items.values()].filter(({ state }) => state.kind === 'failed');
  const unknown = artifacts?.notLookedFor ?? [];
  return new Set([...failed.map(({ source }) => source.registry), ...unknown.map(({ registry }) => registry)]);
}

/** Folds the state of a run that has decided everything, and written nothing, into a plan. */
export function makePlan(run: Run, facts: PlanFacts): PlanContent {
  const rows = planRows(run);
  const artifacts = plannedArtifacts(run);
  const sources: SourceFacts = {
    quotaOf: facts.quotaOf,
    otherReads: otherReads(rows.images, facts),
    unsure: unsureOf(run, artifacts),
  };
  const charted = rows.charts.every(({ decision }) => decision === 'push' || decision === 'present');
  const imaged = rows.images.every(({ decision }) => decision !== 'refused' && decision !== 'failed');
  const doubtful = run.catalog.unmirrorable.length > 0 || rows.images.some((row) => row.decision === 'unconfirmed');
  const setUp = run.repositories.every(({ failure }) => failure === undefined);
  return {
    version: 1,
    mode: run.catalog.mode,
    complete: charted && imaged && setUp && !(run.options.strict && doubtful),
    shard: null,
    inputs: facts.inputs,
    options: planOptions(run.options),
    ...rows,
    artifacts,
    requests: requestsFor(rows.images, sources),
    notes: notesOf(run),
  };
}
