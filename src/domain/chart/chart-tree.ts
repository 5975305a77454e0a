import { MirrorError } from '../../errors.ts';
import { parseConstraint, satisfies } from '../version/constraint.ts';
import { parseVersion } from '../version/version.ts';
import { type ArchiveTree, type FileAddress, textAt } from './archive-tree.ts';
import { type ChartMetadata, type Dependency, parseMetadata } from './metadata.ts';

/** A chart with its vendored subcharts. `location` is the address prefix of its files: [] for the root chart. */
export interface ChartTree {
  readonly metadata: ChartMetadata;
  readonly location: ChartLocation;
  readonly subcharts: readonly ChartTree[];
}

/** How to reach a chart's files: the packed archives to go through, then a directory prefix inside the last one. */
export interface ChartLocation {
  readonly archives: readonly string[];
  readonly directory: string;
}

/** The address of a file of the chart at this location. */
export function fileIn(location: ChartLocation, path: string): FileAddress {
  const [head, ...rest] = [...location.archives, `${location.directory}${path}`];
  if (head === undefined) throw new RangeError('an address has at least one part');
  return [head, ...rest];
}

function archiveAt(tree: ArchiveTree, archives: readonly string[]): ArchiveTree | undefined {
  let current: ArchiveTree | undefined = tree;
  for (const name of archives) current = current?.packed.get(name);
  return current;
}

function subchartLocations(tree: ArchiveTree, location: ChartLocation): readonly ChartLocation[] {
  const archive = archiveAt(tree, location.archives);
  if (archive === undefined) return [];
  const found = new Map<string, ChartLocation>();
  const prefix = `${location.directory}charts/`;
  for (const path of archive.files.keys()) {
    if (!path.startsWith(prefix)) continue;
    const [name, next] = path.slice(prefix.length).split('/');
    if (name === undefined || next === undefined || /^[_.]/.test(name)) continue;
    const directory = `${prefix}${name}/`;
    if (archive.files.has(`${directory}Chart.yaml`)) found.set(directory, { archives: location.archives, directory });
  }
  for (const path of archive.packed.keys()) {
    if (path.startsWith(prefix)) found.set(path, { archives: [...location.archives, path], directory: '' });
  }
  return [...found.values()];
}

function readChart(tree: ArchiveTree, location: ChartLocation, name: string): ChartTree {
  const chartYaml = textAt(tree, fileIn(location, 'Chart.yaml')) ?? '';
  const metadata = parseMetadata(chartYaml, textAt(tree, fileIn(location, 'requirements.yaml')));
  if (metadata === undefined) {
    const file = fileIn(location, 'Chart.yaml').join('!');
    throw new MirrorError(`${file} of ${name} is not a map with a name and a version`, {
      code: 'CHART_ARCHIVE_REFUSED',
      origin: 'source',
      hint: 'check the archive with helm show chart',
    });
  }
  const subcharts = subchartLocations(tree, location).map((inner) => readChart(tree, inner, name));
  return { metadata, location, subcharts };
}

/**
 * Reads the chart and its vendored subcharts, as directories and as packed archives, as helm's loader finds them.
 *
 * @throws MirrorError CHART_ARCHIVE_REFUSED when a Chart.yaml cannot be read.
 */
export function readChartTree(tree: ArchiveTree, name: string): ChartTree {
  return readChart(tree, { archives: [], directory: '' }, name);
}

/** One line of the dependency tree that is logged and reported. */
export interface DependencyFact {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly alias: string | undefined;
  readonly condition: string | undefined;
  readonly state: 'vendored' | 'fetched' | 'missing';
}

function isInRange(version: string, range: string): boolean {
  const [parsed, constraint] = [parseVersion(version), parseConstraint(range)];
  return parsed !== undefined && constraint !== undefined && satisfies(parsed, constraint);
}

/** The subchart that an entry's values, alias and condition go to: pkg/chart/v2/util/dependencies.go, getAliasDependency. */
function subchartOf(chart: ChartTree, dependency: Dependency): ChartTree | undefined {
  return chart.subcharts.find(
    ({ metadata }) => metadata.name === dependency.name && isInRange(metadata.version, dependency.version),
  );
}

/**
 * The subchart that stands for a declared dependency: the first of its name whose version is in its range. Where none is,
 * one of that name stands for a single entry, since helm renders it all the same, under its own name.
 */
export function vendoredFor(chart: ChartTree, dependency: Dependency): ChartTree | undefined {
  const fitting = subchartOf(chart, dependency);
  if (fitting !== undefined) return fitting;
  const entries = chart.metadata.dependencies.filter(({ name }) => name === dependency.name);
  return entries.length === 1 ? chart.subcharts.find(({ metadata }) => metadata.name === dependency.name) : undefined;
}

/** Every dependency that is declared anywhere in the tree, with its state. `fetched` holds the paths this run has added. */
export function dependencyFacts(
  chart: ChartTree,
  fetched: ReadonlySet<string>,
  prefix = '',
): readonly DependencyFact[] {
  return chart.metadata.dependencies.flatMap((dependency) => {
    const path = `${prefix}${dependency.alias ?? dependency.name}`;
    const sub = vendoredFor(chart, dependency);
    const state = sub === undefined ? 'missing' : fetched.has(path) ? 'fetched' : 'vendored';
    const version = sub?.metadata.version ?? dependency.version;
    const { name, repository, alias, condition } = dependency;
    const fact: DependencyFact = { path, name, version, repository, alias, condition, state };
    return sub === undefined ? [fact] : [fact, ...dependencyFacts(sub, fetched, `${path}/`)];
  });
}

/** The names under which a subchart's values stand in its parent: each alias, or its own name where it has none. */
export function valueKeys(parent: ChartTree, sub: ChartTree): readonly string[] {
  const declared = parent.metadata.dependencies.filter((dependency) => subchartOf(parent, dependency) === sub);
  if (declared.length === 0) return [sub.metadata.name];
  return [...new Set(declared.map((dependency) => dependency.alias ?? dependency.name))];
}
