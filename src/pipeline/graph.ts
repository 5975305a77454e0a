import { formatReference } from '../domain/reference.ts';
import { formatSize } from '../domain/report/size.ts';
import { type MirrorError, toMirrorError } from '../errors.ts';
import { pull } from './acquire.ts';
import { checkImageCollisions } from './collisions.ts';
import { copyImage, isToCopy } from './copy.ts';
import { extract } from './extract.ts';
import { planDestinations } from './plan-images.ts';
import { preflightImage } from './preflight.ts';
import type { Step, StepItem, StepView } from './progress.ts';
import { prove } from './prove.ts';
import { chartReference, preflightChart, push } from './push.ts';
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
        const failure = toMirrorError(error);
        item.failure ??= failure;
        throw item.failure ?? failure;
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
  work: (chart: ChartItem, index: number, view: StepView) => Promise<void>,
): readonly StepItem[] {
  return livingCharts(run)
    .filter(keep)
    .map((chart) => guarded(run, chartName(chart), chart, (view) => work(chart, run.charts.indexOf(chart), view)));
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

async function copyWithProgress(image: ImageItem, view: StepView, run: Run): Promise<void> {
  const total = image.state.kind === 'cleared' ? image.state.bytes : undefined;
  const of = total === undefined ? '' : ` of ${formatSize(total)}`;
  const to = `→ ${formatReference(image.destination)}`;
  view.update(to);
  await copyImage(image, (moved) => view.update(`${to} ${formatSize(moved)}${of}`), run);
  const { state } = image;
  if (state.kind === 'copied') view.update(`${to} ${state.digest} ${formatSize(state.moved)} moved`);
}

async function pushAndTell(chart: ChartItem, view: StepView, run: Run): Promise<void> {
  await push(chart, run);
  if (chart.push.kind === 'pushed') view.update(`→ oci://${formatReference(chartReference(chart, run))}`);
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

/** Files of what is done are written in an interrupted run, too; when that fails, the chart is no less done. */
function outputSteps(run: Run): readonly StepItem[] {
  return livingCharts(run)
    .filter(isDone)
    .map((chart) => ({
      label: chartName(chart),
      work: async () => {
        try {
          await writeOutputs(chart, run);
        } catch (error) {
          chart.outputFailure = toMirrorError(error);
          throw chart.outputFailure;
        }
      },
    }));
}

const always = (): boolean => true;

/**
 * The run as one sentence. Up to the preflight nothing outside the workspace is written; a step works only on what the
 * steps before have left alive.
 */
export function sentence(run: Run): readonly Step[] {
  const { renders, concurrency, scanOnly } = run.options;
  // a scan neither asks the target nor writes to it
  const atTarget = (step: Step): readonly Step[] => (scanOnly ? [] : [step]);
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
    ...atTarget({
      title: 'Preflight charts',
      width: WAITING,
      items: () => forCharts(run, always, (chart) => preflightChart(chart, run)),
    }),
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
    ...atTarget({
      title: 'Copy images',
      width: concurrency,
      items: () => forImages(run, isToCopy, (image, view) => copyWithProgress(image, view, run)),
    }),
    {
      title: scanOnly ? 'Conclude (scan only: nothing is pushed)' : 'Push or confirm charts',
      width: WAITING,
      items: () => forCharts(run, always, (chart, _, view) => pushAndTell(chart, view, run)),
    },
    {
      title: 'Write archives and consumer values',
      width: 1,
      items: () => outputSteps(run),
    },
  ];
}
