import { parsePlatform } from '../../domain/platform.ts';
import { formatReference, parseReference } from '../../domain/reference.ts';
import { type Difference, differences, releaseKey } from '../../domain/run-plan/compare.ts';
import { isCarried, type Plan, type PlannedImage } from '../../domain/run-plan/plan.ts';
import { MirrorError } from '../../errors.ts';
import { isPresent } from '../copy.ts';
import { planningSteps, writingSteps } from '../graph.ts';
import type { ImageItem } from '../image-item.ts';
import { copySteps } from '../image-steps.ts';
import { imagePlanningSteps } from '../list-steps.ts';
import type { Step } from '../progress.ts';
import type { ReleaseItem } from '../release-item.ts';
import type { Run } from '../run.ts';
import type { RunPlan } from './held-plan.ts';
import { planRows } from './plan-rows.ts';
import { isRefused, keyOf } from './run-plan.ts';

const HINT = 'look at what moved, and plan again';

function moved(message: string): MirrorError {
  return new MirrorError(message, { code: 'PLAN_MOVED', origin: 'input', hint: HINT });
}

function hasFailed(release: ReleaseItem, run: Run): boolean {
  return run.charts.some((chart) => chart.failure !== undefined && chart.releases.includes(release));
}

/** Ends the run for what is not as planned, so that the report tells it with the row, too. */
function refuse(found: readonly Difference[], held: RunPlan, run: Run): void {
  held.moved = [...new Set(found.map(({ what }) => what))];
  for (const { kind, key, what } of found) {
    const items =
      kind === 'release'
        ? run.releases.filter((release) => releaseKey(release.addon) === key && !hasFailed(release, run))
        : kind === 'image'
          ? run.images.filter((image) => keyOf(image) === key)
          : run.repositories.filter(({ name }) => name === key);
    for (const item of items) item.failure ??= moved(what);
  }
}

/** One step for all: there is nothing to draw of it but its failure. */
function stopper(title: string, work: () => string | undefined): Step {
  return {
    title,
    width: 1,
    items: () => [
      {
        label: title,
        work: async () => {
          const message = work();
          if (message !== undefined) throw moved(message);
        },
      },
    ],
  };
}

/** Compares what the run has decided with its plan. */
function compareWithPlan(held: RunPlan, run: Run): Step {
  return stopper('Compare with the plan', () => {
    run.signal.throwIfAborted();
    const found = differences(held.plan, planRows(run));
    const [first] = found;
    if (first === undefined) return undefined;
    refuse(found, held, run);
    return held.moved.length === 1 ? first.what : `${first.what}, and ${held.moved.length - 1} more`;
  });
}

/** Where images of a whole plan are looked for that were given to shards. `shardOf` names the shard of an image. */
export type ShardOf = (key: string) => string | undefined;

/** What no shard has brought yet: asked of the target, whatever reports say. */
function checkShards(held: RunPlan, run: Run, shardOf: ShardOf): Step {
  return stopper('Look for what shards have brought', () => {
    const missing = run.images.filter((image) => image.state.kind === 'cleared' && !isPresent(image));
    held.missing = missing.map((image) => {
      const from = shardOf(keyOf(image));
      return `${formatReference(image.destination)}${from === undefined ? '' : ` of ${from}`}`;
    });
    const [first] = held.missing;
    return first === undefined ? undefined : `${held.missing.length} images are not at the target yet, first ${first}`;
  });
}

/** Steps that have no work once the run is refused. */
function unlessRefused(run: Run, steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => ({ ...step, items: () => (isRefused(run) ? [] : step.items()) }));
}

/** The images of a plan that ends with them being at the target, as those of a run without charts. `lineOf` tells where the plan names them. */
export function plannedItems(
  { images }: Plan,
  lineOf: (index: number) => { readonly file: string; readonly line: number },
): readonly ImageItem[] {
  return images.flatMap((row: PlannedImage, index): readonly ImageItem[] => {
    const source = parseReference(row.source);
    const destination = parseReference(row.destination);
    if (!isCarried(row) || source === undefined || destination?.tag === undefined) return [];
    const item: ImageItem = {
      source,
      destination: { ...destination, tag: destination.tag },
      platform: row.platform === null ? undefined : parsePlatform(row.platform),
      ...{ required: [], evidence: 'listed', isCertain: true, users: [], platforms: [], manifests: [], blobs: [] },
      listed: [{ ...lineOf(index), column: 1, key: `images[${index}]` }],
      state: { kind: 'planned' },
      failure: undefined,
    };
    return [item];
  });
}

/** The run of a plan without charts: a list of images, or a shard. The run has the plan's images already. */
export function imagePlanSteps(held: RunPlan, run: Run, shardOf?: ShardOf): readonly Step[] {
  const finishing = shardOf === undefined ? [] : [checkShards(held, run, shardOf)];
  return [
    ...imagePlanningSteps(run),
    ...unlessRefused(run, [compareWithPlan(held, run), ...finishing, ...copySteps(run)]),
  ];
}

/** The run of a whole plan: the sentence of a mirror run, held to the plan before it writes. With `shardOf` it copies no image. */
export function chartPlanSteps(held: RunPlan, run: Run, shardOf?: ShardOf): readonly Step[] {
  const finishing = shardOf === undefined ? [] : [checkShards(held, run, shardOf)];
  return [
    ...planningSteps(run),
    ...unlessRefused(run, [compareWithPlan(held, run), ...finishing, ...writingSteps(run)]),
  ];
}

/** The run of a plan whose inputs are not what they were: it ends at once. */
export function refusedSteps(found: readonly Difference[], held: RunPlan, run: Run): readonly Step[] {
  return [
    stopper('Compare the inputs with the plan', () => {
      refuse(found, held, run);
      return found[0]?.what;
    }),
  ];
}
