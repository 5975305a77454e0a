import { formatChartSource } from '../domain/addon.ts';
import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { type ChartTree, dependencyFacts, readChartTree } from '../domain/chart/chart-tree.ts';
import { withoutDependency, withoutNotes } from '../domain/chart/prepare-tree.ts';
import { declaredImages } from '../domain/images/annotations.ts';
import { selectFromIndex } from '../domain/version/selection.ts';
import { compareVersions, parseVersion } from '../domain/version/version.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { otherNameHint } from './check-names.ts';
import { completeDependencies, type MissingDependency, missingDependencies } from './dependencies.ts';
import { archiveName, type FetchedArchive, fetchArchive } from './pull.ts';
import type { PulledChart } from './resolved-chart.ts';
import { knownResults } from './results/keep-results.ts';
import type { Run } from './run.ts';
import { writeFile } from './workspace-file.ts';

interface Complete {
  readonly tree: ArchiveTree;
  readonly fetched: ReadonlySet<string>;
  readonly excluded: readonly MissingDependency[];
  readonly notes: readonly string[];
}

async function complete(item: ChartItem, original: ArchiveTree, chart: ChartTree, run: Run): Promise<Complete> {
  const missing = missingDependencies(chart);
  if (missing.length === 0) return { tree: original, fetched: new Set(), excluded: [], notes: [] };
  if (!run.options.includeDependencies) {
    const tree = missing.reduce(
      (current, { parent, dependency }) => withoutDependency(current, parent, dependency),
      original,
    );
    return { tree, fetched: new Set(), excluded: missing, notes: [] };
  }
  const { locator } = item;
  const directory = locator.kind === 'local' && !locator.path.endsWith('.tgz') ? locator.path : undefined;
  const name = archiveName(item.source, item.version);
  return { ...(await completeDependencies(name, original, directory, run)), excluded: [] };
}

function isSameVersion(left: string, right: string): boolean {
  const [a, b] = [parseVersion(left), parseVersion(right)];
  return a === undefined || b === undefined ? left === right : compareVersions(a, b) === 0;
}

function notTheChart(item: ChartItem, what: string, hint: string): MirrorError {
  return new MirrorError(`the archive of ${chartName(item)} ${what}`, {
    code: 'CHART_ARCHIVE_REFUSED',
    origin: 'source',
    hint,
  });
}

function checkIdentity(item: ChartItem, chart: ChartTree): void {
  const { name, type, version } = chart.metadata;
  if (name !== item.source.chart) {
    const hint = otherNameHint(name) ?? `name the chart ${name} in the input, or take another repository`;
    throw notTheChart(item, `holds the chart ${name}`, hint);
  }
  if (type === 'library')
    throw notTheChart(item, 'is a library: it renders nothing', 'mirror the charts that use it instead');
  if (item.locator.kind !== 'local' && !isSameVersion(item.version, version)) {
    const hint = `its publisher has to mend it; if ${version} is what you want, ask for that version`;
    throw notTheChart(item, `holds version ${version}`, hint);
  }
}

/** A local chart has one version: releases that ask for another fail, and the chart with them when all do. */
function checkLocalVersion(item: ChartItem, chart: ChartTree): void {
  if (item.locator.kind !== 'local') return;
  const { version } = chart.metadata;
  for (const release of livingReleases(item)) {
    const asked = release.addon.version;
    if (asked.kind === 'newest' || selectFromIndex([version], asked).kind === 'selected') continue;
    release.failure = new MirrorError(`${formatChartSource(item.source)} is version ${version}, not ${asked.text}`, {
      code: 'VERSION_NOT_FOUND',
      origin: 'source',
      hint: `ask for ${version}, or leave the version out`,
    });
  }
  const [first] = item.releases;
  if (livingReleases(item).length === 0 && first?.failure !== undefined) throw first.failure;
}

function dependencyLine(pulled: Pick<PulledChart, 'dependencies'>): string {
  return pulled.dependencies
    .map(({ path, name, alias, version, state, condition }) => {
      const chart = alias === undefined ? '' : `${name}, `;
      return `${path} ${version} (${chart}${state}${condition === undefined ? '' : `, if ${condition}`})`;
    })
    .join(', ');
}

/**
 * Pulls a chart, checks and unpacks it, completes its dependencies, and puts what helm needs into the workspace. Returns the
 * archive as it was fetched.
 */
export async function pull(item: ChartItem, index: number, run: Run): Promise<FetchedArchive> {
  const name = archiveName(item.source, item.version);
  const whole = await fetchArchive(name, item.locator, run);
  const { bytes, digest } = whole;
  const original = await run.ports.archives.unpack(name, bytes);
  const first = readChartTree(original, name);
  checkIdentity(item, first);
  checkLocalVersion(item, first);
  const { tree, fetched, excluded, notes } = await complete(item, original, first, run);
  for (const release of livingReleases(item)) release.notes.push(...notes);
  const chart = tree === original ? first : readChartTree(tree, name);
  const { archives } = run.ports;
  const archive = tree === original ? bytes : await archives.packScratch(tree, original);
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
    archive: await writeFile(`charts/${index}/original.tgz`, archive, run.ports),
    probe: await writeFile(
      `charts/${index}/probe.tgz`,
      await archives.packScratch(withoutNotes(tree), tree),
      run.ports,
    ),
    declared: declaredImages(chart),
    signed: undefined,
  };
  item.results = await knownResults(item.pulled, run);
  if (item.pulled.dependencies.length > 0) run.say(`${chartName(item)}: dependencies ${dependencyLine(item.pulled)}`);
  return whole;
}
