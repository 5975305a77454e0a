import type { ListedImage } from '../../domain/listed-image.ts';
import { artifactSteps } from '../artifacts/artifact-steps.ts';
import { planningSteps } from '../graph.ts';
import type { ImageItem } from '../image-item.ts';
import { readStep } from '../image-steps.ts';
import { listPlanningSteps } from '../list-steps.ts';
import type { Step } from '../progress.ts';
import { isToRead } from '../read-manifests.ts';
import type { Run } from '../run.ts';
import { pickForArtifacts } from './plan-artifacts.ts';

/** How many manifests a source registry still gives; undefined where it does not say. */
export type ManifestsLeft = (registry: string) => number | undefined;

/** Images of a registry are read only where each of them can be: half of them tell little, and the quota is gone. */
function affordable(run: Run, left: ManifestsLeft): (image: ImageItem) => boolean {
  const wanted = run.images.filter((image) => isToRead(image, run)).map(({ source }) => source.registry);
  return ({ source: { registry } }) =>
    (left(registry) ?? wanted.length) >= wanted.filter((one) => one === registry).length;
}

/** The steps of a plan: the run itself, up to the first write. `list` takes the place of charts. */
export function planSteps(run: Run, list: readonly ListedImage[] | undefined, left: ManifestsLeft): readonly Step[] {
  run.asksFirst = true;
  const planning = list === undefined ? planningSteps(run) : listPlanningSteps(list, run);
  const { look } = artifactSteps(run, () => pickForArtifacts(run, left));
  return [...planning, readStep(run, () => affordable(run, left)), ...look];
}
