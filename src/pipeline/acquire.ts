import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { type ChartTree, dependencyFacts, readChartTree } from '../domain/chart/chart-tree.ts';
import { withoutDependency, withoutNotes } from '../domain/chart/prepare-tree.ts';
import { declaredImages } from '../domain/images/annotations.ts';
import { MirrorError } from '../errors.ts';
import { completeDependencies, type MissingDependency, missingDependencies } from './dependencies.ts';
import { archiveName, fetchArchive } from './pull.ts';
import { type ChartItem, chartName, type PulledChart, type Run } from './run.ts';

interface Complete {
  readonly tree: ArchiveTree;
  readonly fetched: ReadonlySet<string>;
  readonly excluded: readonly MissingDependency[];
}

async function complete(item: ChartItem, original: ArchiveTree, chart: ChartTree, run: Run): Promise<Complete> {
  const missing = missingDependencies(chart);
  if (missing.length === 0) return { tree: original, fetched: new Set(), excluded: [] };
  if (!run.options.includeDependencies) {
    const tree = missing.reduce(
      (current, { parent, dependency }) => withoutDependency(current, parent, dependency.name),
      original,
    );
    return { tree, fetched: new Set(), excluded: missing };
  }
  const { locator } = item;
  const directory = locator.kind === 'local' && !locator.path.endsWith('.tgz') ? locator.path : undefined;
  const name = archiveName(item.source, item.version);
  return { ...(await completeDependencies(name, original, directory, run)), excluded: [] };
}

function checkIdentity(item: ChartItem, chart: ChartTree): void {
  const { name, type } = chart.metadata;
  if (name !== item.source.chart) {
    throw new MirrorError(`the archive of ${chartName(item)} holds the chart ${name}`, {
      code: 'CHART_ARCHIVE_REFUSED',
      origin: 'source',
      hint: `name the chart ${name} in the input, or take another repository`,
    });
  }
  if (type === 'library') {
    throw new MirrorError(`${chartName(item)} is a library chart: it renders nothing and cannot be installed`, {
      code: 'CHART_ARCHIVE_REFUSED',
      origin: 'input',
      hint: 'mirror the charts that use it instead',
    });
  }
}

function dependencyLine(pulled: Pick<PulledChart, 'dependencies'>): string {
  return pulled.dependencies
    .map(
      (one) => `${one.path} ${one.version} (${one.state}${one.condition === undefined ? '' : `, if ${one.condition}`})`,
    )
    .join(', ');
}

/** Pulls a chart, checks and unpacks it, completes its dependencies, and puts what helm needs into the workspace. */
export async function pull(item: ChartItem, index: number, run: Run): Promise<void> {
  const name = archiveName(item.source, item.version);
  const { bytes, digest } = await fetchArchive(name, item.locator, run);
  const original = await run.ports.archives.unpack(name, bytes);
  const first = readChartTree(original, name);
  checkIdentity(item, first);
  const { tree, fetched, excluded } = await complete(item, original, first, run);
  const chart = tree === original ? first : readChartTree(tree, name);
  const { archives, workspace } = run.ports;
  const archive = tree === original ? bytes : await archives.pack(tree, original);
  item.pulled = {
    digest,
    original,
    tree,
    chart,
    dependencies: [
      ...dependencyFacts(chart, fetched),
      ...excluded.map(({ path, dependency }) => ({ ...dependency, path, state: 'missing' as const })),
    ],
    excluded: excluded.map(({ path }) => path),
    archivePath: await workspace.write(`charts/${index}/original.tgz`, archive),
    probePath: await workspace.write(`charts/${index}/probe.tgz`, await archives.pack(withoutNotes(tree), tree)),
    declared: declaredImages(chart),
  };
  if (item.pulled.dependencies.length > 0) run.say(`${chartName(item)}: dependencies ${dependencyLine(item.pulled)}`);
}
