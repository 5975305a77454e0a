import type { ListedImage } from '../../domain/listed-image.ts';
import { artifactSteps } from '../artifacts/artifact-steps.ts';
import { planningSteps } from '../graph.ts';
import { readStep } from '../image-steps.ts';
import { listPlanningSteps } from '../list-steps.ts';
import type { Step } from '../progress.ts';
import type { Run } from '../run.ts';
import { pickForArtifacts } from './plan-artifacts.ts';
import { createReadBudget, type ManifestsLeft, registryWithin } from './read-budget.ts';
import { createQuotaReading } from './read-within-quota.ts';

/** The steps of a plan: the run itself, up to the first write. `list` takes the place of charts. */
export function planSteps(run: Run, list: readonly ListedImage[] | undefined, said: ManifestsLeft): readonly Step[] {
  run.asksFirst = true;
  const planning = list === undefined ? planningSteps(run) : listPlanningSteps(list, run);
  const budget = createReadBudget(said);
  const { ahead, read } = createQuotaReading(run, budget);
  const registry = registryWithin(budget, run);
  const { look } = artifactSteps(run, () => pickForArtifacts(run, budget), registry);
  return [...planning, ahead, readStep(run, read), ...look];
}
