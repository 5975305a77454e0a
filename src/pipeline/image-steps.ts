import { formatReference } from '../domain/reference.ts';
import { formatSize } from '../domain/report/size.ts';
import { artifactSteps } from './artifacts/artifact-steps.ts';
import { checkImageCollisions } from './collisions.ts';
import { copyImage, isToCopy } from './copy.ts';
import { type ImageItem, isNeeded } from './image-item.ts';
import { preflightImage, tellDoubt } from './preflight.ts';
import type { Step, StepView } from './progress.ts';
import { isToRead, readManifests } from './read-manifests.ts';
import { releasing } from './release-manifests.ts';
import {
  changeRepository,
  createRepository,
  isToChange,
  isToCreate,
  isToLookUp,
  lookAtRepositories,
  lookUpTags,
} from './repositories.ts';
import type { Run } from './run.ts';
import { quotaSteps } from './source-quota.ts';
import { forImages, forRepositories, once } from './step-items.ts';

/** Images that are asked about at once; how many requests a host feels is bounded elsewhere. */
const ASKING = 64;

// most targets create repositories by themselves
function inRepositories(run: Run, ...steps: readonly Step[]): readonly Step[] {
  return run.ports.repositories === undefined ? [] : steps;
}

/** A step that a scan leaves out: it neither asks the target nor writes to it. */
export function atTarget({ options }: Run, step: Step): readonly Step[] {
  return options.scanOnly ? [] : [step];
}

async function preflightAndTell(image: ImageItem, view: StepView, run: Run): Promise<void> {
  await preflightImage(image, run);
  tellDoubt(image, view);
}

/** How much more must have moved before it is told. */
const TOLD_BYTES = 1024 * 1024;

async function copyWithProgress(image: ImageItem, view: StepView, run: Run): Promise<void> {
  const total = image.state.kind === 'cleared' ? image.state.bytes : undefined;
  const of = total === undefined ? '' : ` of ${formatSize(total)}`;
  const to = `→ ${formatReference(image.destination)}`;
  view.update(to);
  let told = 0;
  let last = 0;
  const tell = (moved: number): void => {
    last = moved;
    if (moved - told < TOLD_BYTES) return;
    view.moved(moved - told);
    told = moved;
    view.update(`${to} ${formatSize(moved)}${of}`);
  };
  await copyImage(image, tell, run);
  view.moved(last - told);
  const { state } = image;
  if (state.kind === 'copied') view.update(`${to} ${state.digest} ${formatSize(state.moved)} moved`);
}

/** Which repositories the target has, and what stands under the tags there. */
export function repositorySteps(run: Run): readonly Step[] {
  return inRepositories(
    run,
    once(run, 'Look at repositories', () => lookAtRepositories(run)),
    ...atTarget(run, {
      title: 'Read tags at the target',
      width: ASKING,
      items: () => forRepositories(run, isToLookUp, lookUpTags),
    }),
  );
}

/** What is to be done with every image. */
export function preflightStep(run: Run): Step {
  return {
    title: 'Preflight images',
    width: ASKING,
    items: () => forImages(run, isNeeded, (image, view) => preflightAndTell(image, view, run)),
  };
}

/** Images that meet at one destination. */
export function compareStep(run: Run): Step {
  return once(run, 'Compare destinations', async () => checkImageCollisions(run));
}

/** What takes longest begins first, so that nobody waits for it alone in the end. */
function largestFirst(a: ImageItem, b: ImageItem): number {
  return sizeOf(b) - sizeOf(a);
}

function sizeOf({ state }: ImageItem): number {
  return state.kind === 'cleared' ? (state.bytes ?? 0) : 0;
}

/** Sizes, platforms and contents of what is to be copied, by the usual way of reading them or another one. */
export function readStep(
  run: Run,
  read: (image: ImageItem) => Promise<void> = (image) => readManifests(image, run),
): Step {
  return {
    title: 'Read manifests',
    width: ASKING,
    items: () => forImages(run, (image) => isToRead(image, run), read),
  };
}

/** The blobs of all images to copy, each once; undefined where a manifest was not read. */
function bytesToMove(images: readonly ImageItem[]): number | undefined {
  if (images.some(({ manifests }) => manifests.length === 0)) return undefined;
  const sizes = new Map(images.flatMap(({ blobs }) => blobs.map(({ digest, size }) => [digest, size])));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function copyStep(run: Run): Step {
  let total: number | undefined;
  return {
    title: 'Copy images',
    width: run.options.concurrency,
    items: () => {
      total = bytesToMove(run.images.filter(isToCopy));
      const done = releasing(run);
      const copy = (image: ImageItem, view: StepView): Promise<void> =>
        copyWithProgress(image, view, run).finally(() => done(image));
      return forImages(run, isToCopy, copy, largestFirst);
    },
    bytes: () => total,
  };
}

/** From what is decided to images that are there: manifests, repositories, copies, and what belongs to the images. */
export function copySteps(run: Run): readonly Step[] {
  const artifacts = artifactSteps(run);
  return [
    ...quotaSteps(run),
    readStep(run),
    ...artifacts.look,
    ...inRepositories(
      run,
      ...atTarget(run, {
        title: 'Create repositories',
        width: ASKING,
        items: () => forRepositories(run, isToCreate, createRepository),
      }),
      ...atTarget(run, {
        title: 'Change repositories',
        width: ASKING,
        items: () => forRepositories(run, isToChange, changeRepository),
      }),
    ),
    ...atTarget(run, copyStep(run)),
    ...artifacts.copy,
  ];
}
