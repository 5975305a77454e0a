import { unpackChart } from '../adapters/archive.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import type { ExplainFlags } from '../cli/explain-command.ts';
import { shippedPath } from '../config/documents.ts';
import { OVERRIDES_FILE, overrideFiles, readChartOverrides } from '../config/overrides.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon, Catalog, ChartSource } from '../domain/addon.ts';
import { readChartTree } from '../domain/chart/chart-tree.ts';
import { type Read, readChartRequest } from './check-chart.ts';
import type { Surroundings } from './surroundings.ts';

/** The name of a chart: that of its source, or of a chart on disk the one in its Chart.yaml. */
async function chartNameOf(source: ChartSource, signal: AbortSignal): Promise<string> {
  if (source.kind !== 'local') return source.chart;
  const bytes = await createLocalCharts().archive(source.path, signal);
  return readChartTree(await unpackChart(source.path, bytes), source.path).metadata.name;
}

/**
 * A single chart as a catalog of one entry: with the values given, over the chart overrides that a mirror run would take.
 *
 * @throws MirrorError for a chart on disk that cannot be read.
 */
export async function chartCatalog(
  chart: string,
  flags: ExplainFlags,
  { cwd, signal }: Surroundings,
): Promise<Read<Catalog>> {
  const files = await overrideFiles(diskFiles, shippedPath(OVERRIDES_FILE), flags.chartOverrides, cwd);
  const overrides = await readChartOverrides(diskFiles, files);
  const read = await readChartRequest(chart, flags, diskFiles, cwd);
  const problems = [...overrides.problems, ...read.problems];
  if (read.value === undefined || problems.length > 0) return { value: undefined, problems };
  const { source, version, layers, release, namespace, apiVersions } = read.value;
  const name = await chartNameOf(source, signal);
  const addon: Addon = {
    ...{ chart: name, source: { ...source, chart: name }, version, namespace, apiVersions },
    release: release ?? name,
    ociNamespace: '',
    layers: [...(overrides.layers.get(name) ?? []), ...layers],
    profiles: [],
    kubeVersion: undefined,
    platforms: [],
    images: [],
    excluded: [],
    places: [],
  };
  return { value: { mode: 'catalog', addons: [addon], unmirrorable: [], moved: [], notes: [] }, problems: [] };
}
