import type { BundleOutcome } from '../../domain/bundle/bundle-report.ts';
import { formatReference } from '../../domain/reference.ts';
import { chartName } from '../chart-item.ts';
import { livingCharts } from '../run.ts';
import { doubtBehind } from '../source-errors.ts';
import type { Bundling } from './bundle-run.ts';

/** Folds a bundling into what is told of it. */
export function bundleOutcome({ run, parts, images, omitted, neededBytes }: Bundling): BundleOutcome {
  const living = livingCharts(run);
  const sizes = [...omitted.values()];
  const failed = run.releases.flatMap((release) => {
    const chart = run.charts.find(({ releases }) => releases.includes(release));
    const failure = release.failure ?? chart?.failure;
    return failure === undefined ? [] : [{ chart: release.addon.chart, reason: `${failure.code}: ${failure.message}` }];
  });
  return {
    parts,
    charts: living.map(chartName),
    missing: failed,
    unconfirmed: run.images.flatMap(({ source, state, users }) => {
      const isNeeded = users.some(({ chart }) => chart.failure === undefined);
      if (state.kind !== 'unconfirmed' || !isNeeded) return [];
      const image = formatReference(source);
      return [{ image, reason: doubtBehind(image, state.reason) }];
    }),
    images: images.size,
    artifacts: [...images.values()].reduce((sum, { artifacts }) => sum + artifacts.length, 0),
    neededBytes,
    omittedBytes: sizes.reduce((sum, size) => sum + size, 0),
    omitted: sizes.length,
  };
}
