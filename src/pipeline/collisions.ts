import { formatChartSource } from '../domain/addon.ts';
import { repositoryText } from '../domain/emit/moves.ts';
import { isFlat } from '../domain/plan/destination.ts';
import { type Digest, formatReference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import { chartTag } from './chart-destination.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import { failUsers } from './fail-users.ts';
import type { ImageItem } from './image-item.ts';
import { noteOnce } from './moves.ts';
import { archiveName } from './pull.ts';
import { livingCharts, type Run } from './run.ts';

const CHART_HINT = 'give one of the charts another oci_namespace';
const IMAGE_AND_CHART_HINT = 'give this chart an oci_namespace in the catalog, such as charts';
const FLAT_IMAGE_HINT = 'put a word before the names of images with --target-prefix';
const FLAT_CHART_HINT = 'mirror one of them in a run of its own, with another path in --target-registry';

function imageHint({ options }: Run): string {
  return `use --image-path ${isFlat(options.naming) ? 'flat-host' : 'host'} to keep the source host in the ${isFlat(options.naming) ? 'name' : 'path'}`;
}

function chartHint({ options }: Run): string {
  return isFlat(options.naming) ? FLAT_CHART_HINT : CHART_HINT;
}

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

/**
 * Flat names have no namespaces: charts of two sources never share a repository, whatever their versions. A chart and an image whose
 * own name is one word may, and it is told; their tags decide.
 */
function checkFlatCharts(run: Run): void {
  const owners = new Map<string, ChartItem>();
  for (const chart of livingCharts(run)) {
    const at = repositoryText(chart.destination);
    const other = owners.get(at);
    owners.set(at, other ?? chart);
    if (other === undefined || formatChartSource(other.source) === formatChartSource(chart.source)) continue;
    const error = collision(sourceName(other), sourceName(chart), at, FLAT_CHART_HINT);
    other.failure ??= error;
    chart.failure ??= error;
  }
  for (const image of run.images) {
    const at = repositoryText(image.destination);
    const chart = owners.get(at);
    if (chart === undefined) continue;
    const note = `${at} holds the chart ${chartName(chart)} and the image ${formatReference(image.source)}: a word in --target-prefix keeps the names of images apart`;
    for (const release of chart.releases) noteOnce(release, note);
  }
}

/** Charts against charts and images against charts: these never have the same content at one place. */
export function checkChartCollisions(run: Run): void {
  const charts = new Map<string, ChartItem>();
  for (const chart of livingCharts(run)) {
    const at = formatReference({ ...chart.destination, tag: chartTag(chart, run.options.chartVersionSuffix) });
    const other = charts.get(at);
    if (other !== undefined) {
      const error = collision(sourceName(other), sourceName(chart), at, chartHint(run));
      other.failure ??= error;
      chart.failure ??= error;
    }
    charts.set(at, chart);
  }
  if (isFlat(run.options.naming)) checkFlatCharts(run);
  for (const image of run.images) {
    const at = formatReference(image.destination);
    const chart = charts.get(at);
    if (chart === undefined) continue;
    const error = collision(
      formatReference(image.source),
      `the chart ${sourceName(chart)}`,
      at,
      isFlat(run.options.naming) ? FLAT_IMAGE_HINT : IMAGE_AND_CHART_HINT,
    );
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
      failUsers(image, collision(formatReference(a.source), formatReference(b.source), at, imageHint(run)));
    }
  }
}
