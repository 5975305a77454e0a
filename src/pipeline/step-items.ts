import { formatReference } from '../domain/reference.ts';
import { type MirrorError, toMirrorError } from '../errors.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import { failUsers } from './fail-users.ts';
import type { ImageItem } from './image-item.ts';
import type { Step, StepItem, StepView } from './progress.ts';
import type { ReleaseItem } from './release-item.ts';
import type { RepositoryItem } from './repository-item.ts';
import { livingCharts, type Run } from './run.ts';

interface Failing {
  failure: MirrorError | undefined;
}

/** Work for an item: any throw is remembered as its failure and thrown on, so that it is drawn as one. */
export function guarded(run: Run, label: string, item: Failing, work: (view: StepView) => Promise<void>): StepItem {
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

/** An item for every release that has not failed. */
export function forReleases(run: Run, work: (release: ReleaseItem) => Promise<void>): readonly StepItem[] {
  return run.releases
    .filter((release) => release.failure === undefined)
    .map((release) => guarded(run, `${release.addon.chart} (${release.addon.release})`, release, () => work(release)));
}

/** An item for every living chart that is kept; `index` is its place among all charts. */
export function forCharts(
  run: Run,
  keep: (chart: ChartItem) => boolean,
  work: (chart: ChartItem, index: number, view: StepView) => Promise<void>,
): readonly StepItem[] {
  return livingCharts(run)
    .filter(keep)
    .map((chart) => guarded(run, chartName(chart), chart, (view) => work(chart, run.charts.indexOf(chart), view)));
}

/** An item for every image that is kept, in the order that is said, else that of the run. */
export function forImages(
  run: Run,
  keep: (image: ImageItem) => boolean,
  work: (image: ImageItem, view: StepView) => Promise<void>,
  order: (a: ImageItem, b: ImageItem) => number = () => 0,
): readonly StepItem[] {
  return run.images
    .filter(keep)
    .sort(order)
    .map((image) => guarded(run, formatReference(image.source), image, (view) => work(image, view)));
}

/** An item for every repository that is kept. */
export function forRepositories(
  run: Run,
  keep: (repository: RepositoryItem, run: Run) => boolean,
  work: (repository: RepositoryItem, run: Run) => Promise<void>,
): readonly StepItem[] {
  return run.repositories
    .filter((repository) => keep(repository, run))
    .map((repository) => guarded(run, repository.name, repository, () => work(repository, run)));
}

/** Work that everything after it needs: when it fails, every chart and every listed image fails with it. */
export function once(run: Run, title: string, work: () => Promise<void>): Step {
  const all: Failing = {
    get failure() {
      return undefined;
    },
    set failure(error) {
      // what a chart failed of before is what has to be told of its releases
      const failed = new Set(
        run.charts.filter(({ failure }) => failure !== undefined).flatMap(({ releases }) => releases),
      );
      for (const release of run.releases) if (!failed.has(release)) release.failure ??= error;
      for (const chart of run.charts) chart.failure ??= error;
      for (const image of run.images) if (image.listed.length > 0 && error !== undefined) failUsers(image, error);
    },
  };
  return { title, width: 1, items: () => [guarded(run, title, all, work)] };
}
