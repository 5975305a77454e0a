import { type Digest, formatReference } from '../../domain/reference.ts';
import type { ReportedPlan } from '../../domain/report/reported-plan.ts';
import { imageKey, type Plan } from '../../domain/run-plan/plan.ts';
import { wholeDigest } from '../../domain/run-plan/seal.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';
import type { RunPlan } from './held-plan.ts';

/** Holds a run to a plan from now on. */
export function holdTo(plan: Plan, inputs: RunPlan['inputs'], run: Run): RunPlan {
  const images = new Map(plan.images.map((row) => [imageKey(row), row]));
  const held: RunPlan = { plan, images, inputs, moved: [], missing: [] };
  run.plan = held;
  run.asksFirst = true;
  return held;
}

/** The key by which an image is found in a plan. */
export function keyOf({ source, destination }: ImageItem): string {
  return imageKey({ source: formatReference(source), destination: formatReference(destination) });
}

/** The digest that a plan promises for an image; undefined without a plan. */
export function plannedDigest(image: ImageItem, run: Run): Digest | undefined {
  return run.plan?.images.get(keyOf(image))?.digest ?? undefined;
}

/** Whether the run ends before anything is written, since it is not what was planned. */
export function isRefused({ plan }: Pick<Run, 'plan'>): boolean {
  return plan !== undefined && plan.moved.length + plan.missing.length > 0;
}

/** What the report says of the plan of a run. */
export function reportPlan({ plan: held }: Pick<Run, 'plan'>): ReportedPlan | null {
  if (held === undefined) return null;
  const { plan, moved, missing } = held;
  const shard = plan.shard === null ? null : { index: plan.shard.index, of: plan.shard.of };
  return { digest: wholeDigest(plan), shard, moved, missing };
}
