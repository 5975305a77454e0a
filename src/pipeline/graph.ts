import { createDocumentMemo } from '../domain/images/document-memo.ts';
import { formatReference } from '../domain/reference.ts';
import { toMirrorError } from '../errors.ts';
import { chartReference } from './chart-destination.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { confirmSteps } from './confirm-hidden.ts';
import { atTarget, compareStep, copySteps, preflightStep, repositorySteps } from './image-steps.ts';
import { keepToLock } from './locked/keep-to-lock.ts';
import { lookSteps, type Pulled } from './look-steps.ts';
import { digestSteps } from './look-up-digests.ts';
import { planDestinations } from './plan-images.ts';
import { type Step, type StepItem, type StepView, WAITING } from './progress.ts';
import { proveBoth } from './prove-both.ts';
import { keepProvenance } from './provenance.ts';
import { preflightChart, push } from './push.ts';
import { leaveRecord } from './records.ts';
import type { Extraction } from './release-item.ts';
import { relocate } from './relocate.ts';
import { ChartResults } from './results/chart-results.ts';
import { keepResults } from './results/keep-results.ts';
import { livingCharts, type Run } from './run.ts';
import { signatureSteps } from './signatures/signature-steps.ts';
import { createSilentPages } from './silent-pages.ts';
import { forCharts, once } from './step-items.ts';
import { isDone, writeOutputs } from './write-outputs.ts';

/** A registry that takes no such list loses nothing but the list. */
async function record(chart: ChartItem, run: Run): Promise<void> {
  const outcome = await leaveRecord(chart, run);
  if (outcome.kind !== 'refused') return;
  for (const release of livingReleases(chart))
    release.notes.push(`the target does not keep the list of its images: ${outcome.detail}`);
}

/** The list goes with the chart at once: when it cannot be left, the chart is no less there, but the run is not all done. */
async function pushAndTell(chart: ChartItem, view: StepView, run: Run): Promise<void> {
  await push(chart, run);
  if (!run.options.scanOnly) {
    await record(chart, run).catch((thrown: unknown) => {
      chart.leftover ??= toMirrorError(thrown);
    });
  }
  if (chart.push.kind === 'pushed') view.update(`→ oci://${formatReference(chartReference(chart, run))}`);
}

function withoutTexts({ settings, values, uses, aside }: Extraction): Extraction {
  return { settings, values, uses, aside, texts: undefined };
}

/**
 * Lets go of what only tracing and proving needed: whole outputs of charts, which can be long and hold secrets. What was found
 * out is kept for the next run.
 */
async function forget(chart: ChartItem, run: Run): Promise<void> {
  await keepResults(chart, run);
  if (chart.pulled !== undefined) run.results.delete(chart.pulled.archive.digest);
  chart.results = new ChartResults(undefined, 0);
  chart.memo = createDocumentMemo();
  chart.silentPages = createSilentPages();
  chart.traced = [];
  if (chart.pins !== undefined) chart.pins = { ...chart.pins, fills: new Map() };
  for (const release of chart.releases) {
    if (release.extraction !== undefined) release.extraction = withoutTexts(release.extraction);
    release.profiles = release.profiles.map((one) => ({ ...one, extraction: withoutTexts(one.extraction) }));
  }
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
          chart.leftover ??= toMirrorError(error);
          throw toMirrorError(error);
        }
      },
    }));
}

const always = (): boolean => true;

/**
 * The steps up to where everything is known that has to be copied, and every chart is proven. Nothing outside the workspace is
 * written. `pulled` is given each archive as it came.
 */
export function planningSteps(run: Run, pulled: Pulled = async () => undefined): readonly Step[] {
  const { renders } = run.options;
  return [
    ...lookSteps(run, async (chart, archive) => {
      keepToLock(chart, run);
      await keepProvenance(chart, archive, run);
      await pulled(chart, archive);
    }),
    once(run, 'Plan destinations', () => planDestinations(run)),
    ...digestSteps(run),
    {
      title: 'Trace, rewrite and repack',
      width: renders,
      items: () => forCharts(run, always, (chart, index) => relocate(chart, index, run)),
    },
    {
      title: 'Prove by rendering again',
      width: renders,
      items: () =>
        forCharts(run, always, async (chart, index) => {
          try {
            await proveBoth(chart, index, run);
          } finally {
            await forget(chart, run);
          }
        }),
    },
    ...repositorySteps(run),
    ...atTarget(run, {
      title: 'Preflight charts',
      width: WAITING,
      items: () => forCharts(run, always, (chart) => preflightChart(chart, run)),
    }),
    preflightStep(run),
    { title: 'Confirm further images', width: WAITING, items: () => confirmSteps(run) },
    compareStep(run),
    ...signatureSteps(run),
  ];
}

/** The last step of every run: charts whose images are there are pushed, or known to be ready in a scan. */
export function concludeStep(run: Run): Step {
  return {
    title: run.options.scanOnly ? 'Conclude (scan only: nothing is pushed)' : 'Push or confirm charts',
    width: WAITING,
    items: () => forCharts(run, always, (chart, _, view) => pushAndTell(chart, view, run)),
  };
}

/** The steps that write: repositories, images, charts, files. */
export function writingSteps(run: Run): readonly Step[] {
  return [
    ...copySteps(run),
    concludeStep(run),
    {
      title: 'Write archives and consumer values',
      width: 1,
      items: () => outputSteps(run),
    },
  ];
}

/**
 * The run as one sentence. Up to the preflight nothing outside the workspace is written; a step works only on what the
 * steps before have left alive.
 */
export function sentence(run: Run): readonly Step[] {
  return [...planningSteps(run), ...writingSteps(run)];
}
