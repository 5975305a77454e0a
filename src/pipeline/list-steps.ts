import { type ListedImage, plannedCopies } from '../domain/listed-image.ts';
import { checkNames } from './check-names.ts';
import type { ImageItem } from './image-item.ts';
import { compareStep, copySteps, preflightStep, repositorySteps } from './image-steps.ts';
import type { Step } from './progress.ts';
import type { Run } from './run.ts';
import { signatureSteps } from './signatures/signature-steps.ts';
import { once } from './step-items.ts';

function listedItems(list: readonly ListedImage[], run: Run): readonly ImageItem[] {
  return plannedCopies(list, run.options.naming).map(({ source, destination, places }): ImageItem => {
    return {
      source,
      destination,
      platform: run.options.platform,
      required: [],
      evidence: 'listed',
      isCertain: true,
      users: [],
      listed: places,
      platforms: [],
      manifests: [],
      blobs: [],
      state: { kind: 'planned' },
      failure: undefined,
    };
  });
}

/**
 * The steps up to where it is known what has to be copied of a list. Its images are those of the run from now on: a run that gets
 * nowhere still has what it did not do.
 */
export function listPlanningSteps(list: readonly ListedImage[], run: Run): readonly Step[] {
  run.images = listedItems(list, run);
  return imagePlanningSteps(run);
}

/** The same for the images that a run has already. Nothing is written. */
export function imagePlanningSteps(run: Run): readonly Step[] {
  return [
    once(run, 'Plan destinations', async () => checkNames(run)),
    ...repositorySteps(run),
    preflightStep(run),
    compareStep(run),
    ...signatureSteps(run),
  ];
}

/** The run of a list of images: the sentence of a mirror run without its charts. Up to `copySteps` nothing is written. */
export function listSteps(list: readonly ListedImage[], run: Run): readonly Step[] {
  return [...listPlanningSteps(list, run), ...copySteps(run)];
}
