import { movedAction } from '../domain/preflight/decide.ts';
import { type Digest, formatReference } from '../domain/reference.ts';
import type { ImageItem } from './image-item.ts';
import { decisionFor, settleFailure, sourceDigest, tellDoubt } from './preflight.ts';
import type { Step, StepView } from './progress.ts';
import type { Run } from './run.ts';
import { plannedDigest } from './run-plan/run-plan.ts';
import { forImages } from './step-items.ts';
import { checkReachable } from './unreachable.ts';

/** Whether an image is one that charts are to name by digest: rendered, with a tag and without a digest. */
function isToPin({ evidence, source, failure }: ImageItem): boolean {
  if (failure !== undefined || evidence !== 'rendered') return false;
  return source.tag !== undefined && source.digest === undefined;
}

/** Whether the tag at the target may stay as it is, although the source has another image under it. */
function mayStay({ source }: ImageItem, { options }: Run): boolean {
  const { skipExisting, verifyDigest, overwrite, moved } = options.existing;
  if (options.scanOnly) return false;
  return (skipExisting && !verifyDigest) || (!overwrite && movedAction(source, moved) === 'keep');
}

async function digestAtTarget(image: ImageItem, run: Run): Promise<Digest> {
  return mayStay(image, run) ? (await decisionFor(image, run)).digest : sourceDigest(image, run);
}

/**
 * Looks up the digest that an image will have at the target, for charts to name it; a plan has it. It fails as the preflight would, which then
 * goes on with the same digest.
 */
async function lookUpDigest(image: ImageItem, view: StepView, run: Run): Promise<void> {
  try {
    checkReachable(image, run);
    const digest = plannedDigest(image, run) ?? (await digestAtTarget(image, run));
    run.pinDigests.set(formatReference(image.source), digest);
    view.update(digest);
  } catch (thrown) {
    settleFailure(image, thrown, run);
    tellDoubt(image, view);
  }
}

/** Requests at once. */
const WIDTH = 8;

/** The step that looks up digests for charts to name; none where they are not to. */
export function digestSteps(run: Run): readonly Step[] {
  if (!run.options.pinDigests) return [];
  return [
    {
      title: 'Look up digests',
      width: WIDTH,
      items: () => forImages(run, isToPin, (image, view) => lookUpDigest(image, view, run)),
    },
  ];
}
