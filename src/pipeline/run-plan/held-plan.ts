import type { Addon } from '../../domain/addon.ts';
import type { Digest } from '../../domain/reference.ts';
import type { Plan, PlannedImage } from '../../domain/run-plan/plan.ts';

/** The plan that a run is held to, and what spoke against it. */
export interface RunPlan {
  readonly plan: Plan;
  /** Its images by their keys. */
  readonly images: ReadonlyMap<string, PlannedImage>;
  /** The digests of what the inputs say of releases, whose versions are those of the plan now. */
  readonly inputs: ReadonlyMap<Addon, Digest>;
  moved: readonly string[];
  missing: readonly string[];
}
