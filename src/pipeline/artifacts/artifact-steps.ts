import { formatReference } from '../../domain/reference.ts';
import type { Registry } from '../../ports/registry.ts';
import type { ImageItem } from '../image-item.ts';
import type { Step, StepItem, StepView } from '../progress.ts';
import type { Run } from '../run.ts';
import { countedReads } from './artifact-reads.ts';
import { type Copying, copyArtifacts, hasArtifactsToCopy } from './copy-artifacts.ts';
import { isToLookFor, type Looking, lookForArtifacts } from './look-for-artifacts.ts';
import { createArtifactSearch } from './search.ts';

/** The steps about what belongs to images: none where nobody wants it. */
export interface ArtifactSteps {
  /** Before the images are copied: what there is, and what is to be done with it. */
  readonly look: readonly Step[];
  /** When the images are there. A scan copies nothing. */
  readonly copy: readonly Step[];
}

/** Images that are asked about at once; how many requests a host feels is bounded elsewhere. */
const ASKING = 64;

/** An item whose failure is no failure of the image. */
function itemFor(image: ImageItem, run: Run, work: (view: StepView) => Promise<void>): StepItem {
  return {
    label: formatReference(image.source),
    work: async (view) => {
      run.signal.throwIfAborted();
      await work(view);
    },
  };
}

/**
 * The steps that bring what belongs to images; to all, or to those that are picked when the search begins. Registries are those of
 * the run, or others that stand before them.
 */
export function artifactSteps(
  run: Run,
  pick: () => (image: ImageItem) => boolean = () => () => true,
  registry: Registry = run.ports.registry,
): ArtifactSteps {
  const { artifacts, scanOnly, concurrency } = run.options;
  if (artifacts === 'none') return { look: [], copy: [] };
  const reads = countedReads(run, run.artifacts.requests, registry);
  const looking: Looking = { run, reads, search: createArtifactSearch(run, reads), planned: new Map() };
  const copying: Copying = { run, reads, api: new Map(), copies: new Map() };
  const look: Step = {
    title: 'Look for artifacts',
    width: ASKING,
    items: () => {
      const isPicked = pick();
      return run.images
        .filter((image) => isToLookFor(image, run) && isPicked(image))
        .map((image) => itemFor(image, run, (view) => lookForArtifacts(image, view, looking)));
    },
  };
  const copy: Step = {
    title: 'Copy artifacts',
    width: concurrency,
    items: () =>
      run.images
        .filter((image) => hasArtifactsToCopy(image, run))
        .map((image) => itemFor(image, run, (view) => copyArtifacts(image, view, copying))),
  };
  return { look: [look], copy: scanOnly ? [] : [copy] };
}
