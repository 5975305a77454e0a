import { pull } from './acquire.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { renderDefaults } from './defaults.ts';
import { explore } from './explore.ts';
import { exploredText } from './explored-text.ts';
import { extract } from './extract.ts';
import { type Step, type StepItem, type StepView, WAITING } from './progress.ts';
import type { FetchedArchive } from './pull.ts';
import type { ReleaseItem } from './release-item.ts';
import { gatherCharts, resolve } from './resolve.ts';
import { livingCharts, type Run } from './run.ts';
import { forCharts, forReleases, guarded, once } from './step-items.ts';

/** An item for every living release; a chart whose every release failed is done for. */
export function eachRelease(
  run: Run,
  work: (chart: ChartItem, release: ReleaseItem, index: number, view: StepView) => Promise<void>,
): readonly StepItem[] {
  return livingCharts(run).flatMap((chart) =>
    livingReleases(chart).map((release) =>
      guarded(run, `${chartName(chart)} (${release.addon.release})`, release, (view) =>
        work(chart, release, run.releases.indexOf(release), view),
      ),
    ),
  );
}

/** What is given each archive as it came. */
export type Pulled = (chart: ChartItem, archive: FetchedArchive) => Promise<void>;

const all = ({ charts }: Run): readonly ChartItem[] => charts;

/** The steps up to where every chart is in memory. `wanted` says which of them, when their versions are known. */
export function pullSteps(
  run: Run,
  pulled: Pulled = async () => undefined,
  wanted: (run: Run) => readonly ChartItem[] = all,
): readonly Step[] {
  return [
    { title: 'Resolve versions', width: WAITING, items: () => forReleases(run, (release) => resolve(release, run)) },
    once(run, 'Gather charts', async () => {
      run.charts = gatherCharts(run);
      run.charts = wanted(run);
    }),
    {
      title: 'Pull charts',
      width: WAITING,
      items: () =>
        forCharts(
          run,
          () => true,
          async (chart, index) => pulled(chart, await pull(chart, index, run)),
        ),
    },
  ];
}

/**
 * The steps that every command begins with that looks at charts: afterwards every image is known that they render, by
 * themselves and behind switches. Nothing outside the workspace is written.
 */
export function lookSteps(run: Run, pulled?: Pulled): readonly Step[] {
  const { renders, switches } = run.options;
  return [
    ...pullSteps(run, pulled),
    {
      title: 'Render and extract images',
      width: renders,
      items: () =>
        eachRelease(run, (chart, release, index) =>
          extract(chart, release, index, run, (settings) => renderDefaults(chart, release, index, settings, run)),
        ),
    },
    {
      title: 'Look behind switches',
      width: renders,
      items: () =>
        eachRelease(run, async (chart, release, index, view) => {
          await explore(chart, release, index, run);
          view.update(exploredText(release, switches));
        }),
    },
  ];
}
