import { unpackChart } from '../adapters/archive.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import type { ChartFlags } from '../cli/chart-options.ts';
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

/** What a chart of the command line is rendered with. */
type AddonFlags = ChartFlags & { readonly chartOverrides: readonly string[] };

/**
 * A single chart as an entry of a catalog: with the values given, over the chart overrides that a mirror run would take.
 *
 * @throws MirrorError for a chart on disk that cannot be read.
 */
export async function chartAddon(
  chart: string,
  flags: AddonFlags,
  { cwd, signal }: Surroundings,
): Promise<Read<Addon>> {
  const files = await overrideFiles(diskFiles, shippedPath(OVERRIDES_FILE), flags.chartOverrides, cwd);
  const overrides = await readChartOverrides(diskFiles, files);
  const read = await readChartRequest(chart, flags, diskFiles, cwd);
  const problems = [...overrides.problems, ...read.problems];
  if (read.value === undefined || problems.length > 0) return { value: undefined, problems };
  const { source, version, layers, release, namespace, apiVersions } = read.value;
  const name = await chartNameOf(source, signal);
  const own = { source: { ...source, chart: name }, version, release, namespace, apiVersions };
  return { value: addonOf({ ...own, layers: [...(overrides.layers.get(name) ?? []), ...layers] }), problems: [] };
}

/** An entry that says nothing but which chart it is, and how it is installed. */
export function addonOf({
  release,
  ...own
}: Pick<Addon, 'source' | 'version' | 'namespace' | 'apiVersions' | 'layers'> & {
  readonly release: string | undefined;
}): Addon {
  const { chart } = own.source;
  return {
    ...own,
    chart,
    release: release ?? chart,
    ociNamespace: '',
    profiles: [],
    kubeVersion: undefined,
    platforms: [],
    images: [],
    excluded: [],
    places: [],
  };
}

/** Entries as a whole catalog. */
export function catalogOf(addons: readonly Addon[]): Catalog {
  return { mode: 'catalog', addons, unmirrorable: [], moved: [], notes: [] };
}

/** A single chart as a catalog of one entry. */
export async function chartCatalog(chart: string, flags: AddonFlags, around: Surroundings): Promise<Read<Catalog>> {
  const { value, problems } = await chartAddon(chart, flags, around);
  return { value: value === undefined ? undefined : catalogOf([value]), problems };
}
