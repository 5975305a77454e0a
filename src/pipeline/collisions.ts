import { type Digest, formatReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { chartTag } from './chart-destination.ts';
import type { ChartItem } from './chart-item.ts';
import { failUsers } from './fail-users.ts';
import type { ImageItem } from './image-item.ts';
import { archiveName } from './pull.ts';
import { livingCharts, type Run } from './run.ts';

const IMAGE_HINT = 'use --image-path host to keep the source host in the path';
const CHART_HINT = 'give one of the charts another oci_namespace';

function collision(a: string, b: string, at: string, hint: string): MirrorError {
  return new MirrorError(`${a} and ${b} meet at ${at} with different content`, {
    code: 'DESTINATION_COLLISION',
    origin: 'destination',
    hint,
  });
}

function sourceName(chart: ChartItem): string {
  return archiveName(chart.source, chart.version);
}

/** Charts of one archive that go to one place are one chart, wherever they were fetched from; the first source names it. */
export function joinEqualCharts(charts: readonly ChartItem[]): readonly ChartItem[] {
  const joined = new Map<string, ChartItem>();
  for (const [index, chart] of charts.entries()) {
    const { pulled, failure } = chart;
    const key =
      pulled === undefined || failure !== undefined
        ? `${index}`
        : `${pulled.digest} ${formatReference(chart.destination)}`;
    const other = joined.get(key);
    for (const release of other === undefined ? [] : chart.releases)
      release.notes.push(
        `${sourceName(chart)} is the same archive as ${sourceName(other ?? chart)}: one chart is published`,
      );
    joined.set(key, other === undefined ? chart : { ...other, releases: [...other.releases, ...chart.releases] });
  }
  return [...joined.values()];
}

/** Charts against charts and images against charts: these never have the same content at one place. */
export function checkChartCollisions(run: Run): void {
  const charts = new Map<string, ChartItem>();
  for (const chart of livingCharts(run)) {
    const at = formatReference({ ...chart.destination, tag: chartTag(chart, run.options.chartVersionSuffix) });
    const other = charts.get(at);
    if (other !== undefined) {
      const error = collision(sourceName(other), sourceName(chart), at, CHART_HINT);
      other.failure ??= error;
      chart.failure ??= error;
    }
    charts.set(at, chart);
  }
  for (const image of run.images) {
    const at = formatReference(image.destination);
    const chart = charts.get(at);
    if (chart === undefined) continue;
    const error = collision(formatReference(image.source), `the chart ${sourceName(chart)}`, at, CHART_HINT);
    failUsers(image, error);
    chart.failure ??= error;
  }
}

/**
 * Images that share a destination must have one digest, or all of them are refused: whichever came last would be there. Called
 * once their digests are known.
 */
export function checkImageCollisions(run: Run): void {
  const groups = new Map<string, { readonly image: ImageItem; readonly digest: Digest }[]>();
  for (const image of run.images) {
    if (image.state.kind !== 'cleared' || image.failure !== undefined) continue;
    const at = formatReference(image.destination);
    groups.set(at, [...(groups.get(at) ?? []), { image, digest: image.state.digest }]);
  }
  for (const [at, [first, ...others]] of groups) {
    const different = others.find(({ digest }) => digest !== first?.digest);
    if (first === undefined || different === undefined) continue;
    for (const { image, digest } of [first, ...others]) {
      const [a, b] = digest === first.digest ? [image, different.image] : [first.image, image];
      failUsers(image, collision(formatReference(a.source), formatReference(b.source), at, IMAGE_HINT));
    }
  }
}
