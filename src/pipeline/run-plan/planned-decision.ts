import type { AtTarget, Decision, ExistingRules } from '../../domain/preflight/decide.ts';
import type { PlannedImage } from '../../domain/run-plan/plan.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';
import { keyOf } from './run-plan.ts';

function rowOf(image: ImageItem, run: Run): PlannedImage | undefined {
  return run.plan?.images.get(keyOf(image));
}

/** Whether the plan has the digest from the source: a tag that was trusted was compared with nothing. */
function isCompared({ decision }: PlannedImage, { source, platform }: ImageItem, { options }: Run): boolean {
  return (
    decision !== 'present' || options.existing.verifyDigest || source.digest !== undefined || platform !== undefined
  );
}

/**
 * What a plan has decided for what the target has: nothing is to be moved, and the source need not be asked. Undefined where the
 * target has something else than the plan promised, or there is no plan. What is kept stays kept: it is not what the source has.
 */
export function heldByPlan(image: ImageItem, target: AtTarget, run: Run): Decision | undefined {
  const row = rowOf(image, run);
  if (row === undefined || target.kind !== 'found' || row.digest !== target.digest) return undefined;
  if (row.decision === 'kept') return { kind: 'kept', digest: target.digest };
  if (!run.options.existing.skipExisting) return undefined;
  return { kind: 'present', verified: isCompared(row, image, run) };
}

/**
 * The rules for existing tags. What a plan has decided to replace may be replaced, whatever rule has allowed it: shards run
 * without catalog and configuration. That the target still holds what the plan replaces is compared before anything is written.
 */
export function rulesFor(image: ImageItem, run: Run): ExistingRules {
  const { existing } = run.options;
  return rowOf(image, run)?.decision === 'replace' ? { ...existing, overwrite: true } : existing;
}
