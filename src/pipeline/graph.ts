import { formatReference } from '../domain/reference.ts';
import { type MirrorError, toMirrorError } from '../errors.ts';
import { pull } from './acquire.ts';
import { checkImageCollisions } from './collisions.ts';
import { copyImage, isToCopy } from './copy.ts';
import { extract } from './extract.ts';
import { planDestinations } from './plan-images.ts';
import { preflightImage } from './preflight.ts';
import type { Step, StepItem, StepView } from './progress.ts';
import { prove } from './prove.ts';
import { preflightChart, push } from './push.ts';
import { isToRead, readManifests } from './read-manifests.ts';
import { relocate } from './relocate.ts';
import { gatherCharts, resolve } from './resolve.ts';
import {
  type ChartItem,
  chartName,
  type ImageItem,
  livingCharts,
  livingReleases,
  type ReleaseItem,
  type Run,
} from './run.ts';
import { isDone, writeOutputs } from './write-outputs.ts';

/** Requests at once for steps that mostly wait for registries and repositories. */
const WAITING = 8;

interface Failing {
  failure: MirrorError | undefined;
}

/** Work for an item: any throw is remembered as its failure and thrown on, so that it is drawn as one. */
function guarded(run: Run, label: string, item: Failing, work: (view: StepView) => Promise<void>): StepItem {
  return {
    label,
    work: async (view) => {
      try {
        run.signal.throwIfAborted();
        await work(view);
      } catch (error) {
        item.failure ??= toMirrorError(error);
        throw item.failure;
      }
    },
  };
}

function forReleases(run: Run, work: (release: ReleaseItem) => Promise<void>): readonly StepItem[] {
  return run.releases
    .filter((release) => release.failure === undefined)
    .map((release) => guarded(run, `${release.addon.chart} (${release.addon.release})`, release, () => work(release)));
}

function forCharts(
  run: Run,
  keep: (chart: ChartItem) => boolean,
  work: (chart: ChartItem, index: number) => Promise<void>,
): readonly StepItem[] {
  return livingCharts(run)
    .filter(keep)
    .map((chart) => guarded(run, chartName(chart), chart, () => work(chart, run.charts.indexOf(chart))));
}

function forImages(
  run: Run,
  keep: (image: ImageItem) => boolean,
  work: (image: ImageItem, view: StepView) => Promise<void>,
): readonly StepItem[] {
  return run.images
    .filter(keep)
    .map((image) => guarded(run, formatReference(image.source), image, (view) => work(image, view)));
}

/** Work that everything after it needs: when it fails, every chart fails with it. */
function once(run: Run, title: string, work: () => Promise<void>): Step {
  const all: Failing = {
    get failure() {
      return undefined;
    },
    set failure(error) {
      for (const release of run.releases) release.failure ??= error;
      for (const chart of run.charts) chart.failure ??= error;
    },
  };
  return { title, width: 1, items: () => [guarded(run, title, all, work)] };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

async function copyWithProgress(image: ImageItem, view: StepView, run: Run): Promise<void> {
  const total = image.state.kind === 'cleared' ? image.state.bytes : undefined;
  const of = total === undefined ? '' : ` of ${megabytes(total)}`;
  let moved = 0;
  const show = (): void => view.update(`→ ${formatReference(image.destination)} ${megabytes(moved)}${of}`);
  show();
  await copyImage(
    image,
    (count) => {
      moved += count;
      show();
    },
    run,
  );
  const { state } = image;
  view.update(
    `→ ${formatReference(image.destination)} ${state.kind === 'copied' ? state.digest : ''} ${megabytes(moved)} moved`,
  );
}

function needsLookup(image: ImageItem): boolean {
  return image.failure === undefined && image.users.some(({ chart }) => chart.failure === undefined);
}

/** Extraction works on releases, but a chart whose every release failed is done for. */
function extractSteps(run: Run): readonly StepItem[] {
  return livingCharts(run).flatMap((chart) =>
    livingReleases(chart).map((release) =>
      guarded(run, `${chartName(chart)} (${release.addon.release})`, release, () =>
        extract(chart, release, run.releases.indexOf(release), run),
      ),
    ),
  );
}

const always = (): boolean => true;

/**
 * The run as one sentence. Up to the preflight nothing outside the workspace is written; a step works only on what the
 * steps before have left alive.
 */
export function sentence(run: Run): readonly Step[] {
  const { renders, concurrency } = run.options;
  const resolved = once(run, 'Gather charts', async () => {
    run.charts = gatherCharts(run);
  });
  const planned = once(run, 'Plan destinations', () => planDestinations(run));
  const collisions = once(run, 'Compare destinations', async () => checkImageCollisions(run));
  return [
    { title: 'Resolve versions', width: WAITING, items: () => forReleases(run, (release) => resolve(release, run)) },
    resolved,
    {
      title: 'Pull charts',
      width: WAITING,
      items: () => forCharts(run, always, (chart, index) => pull(chart, index, run)),
    },
    { title: 'Render and extract images', width: renders, items: () => extractSteps(run) },
    planned,
    {
      title: 'Trace, rewrite and repack',
      width: renders,
      items: () => forCharts(run, always, (chart, index) => relocate(chart, index, run)),
    },
    {
      title: 'Prove by rendering again',
      width: renders,
      items: () => forCharts(run, always, (chart, index) => prove(chart, index, run)),
    },
    {
      title: 'Preflight charts',
      width: WAITING,
      items: () => forCharts(run, always, (chart) => preflightChart(chart, run)),
    },
    {
      title: 'Preflight images',
      width: WAITING,
      items: () => forImages(run, needsLookup, (image) => preflightImage(image, run)),
    },
    collisions,
    {
      title: 'Read manifests',
      width: WAITING,
      items: () =>
        forImages(
          run,
          (image) => isToRead(image, run),
          (image) => readManifests(image, run),
        ),
    },
    {
      title: 'Copy images',
      width: concurrency,
      items: () =>
        run.options.scanOnly ? [] : forImages(run, isToCopy, (image, view) => copyWithProgress(image, view, run)),
    },
    { title: 'Push charts', width: WAITING, items: () => forCharts(run, always, (chart) => push(chart, run)) },
    {
      title: 'Write archives and consumer values',
      width: 1,
      items: () => forCharts(run, isDone, (chart) => writeOutputs(chart, run)),
    },
  ];
}
