import { resolve as resolvePath } from 'node:path';
import type { ChartSource, VersionRequest } from '../domain/addon.ts';
import { type ArchiveTree, textAt, withPackedSubchart } from '../domain/chart/archive-tree.ts';
import { type ChartLocation, type ChartTree, fileIn, readChartTree, vendoredFor } from '../domain/chart/chart-tree.ts';
import { type Dependency, parseLock } from '../domain/chart/metadata.ts';
import { looksLikeRegistry } from '../domain/reference.ts';
import { selectFromIndex } from '../domain/version/selection.ts';
import { MirrorError } from '../errors.ts';
import { applyChartPolicy } from './apply-policy.ts';
import type { ChartAccess } from './chart-access.ts';
import { archiveName, fetchArchive } from './pull.ts';
import { resolveVersion } from './resolve.ts';

/** A dependency that is declared but not in the archive. */
export interface MissingDependency {
  readonly parent: ChartTree;
  /** `a/b` for the dependency b of the subchart a. */
  readonly path: string;
  readonly dependency: Dependency;
}

/** Every declared dependency that is not vendored, at any depth. Entries that share a name and version are one. */
export function missingDependencies(chart: ChartTree, prefix = ''): readonly MissingDependency[] {
  return chart.metadata.dependencies.flatMap((dependency) => {
    const path = `${prefix}${dependency.alias ?? dependency.name}`;
    const sub = vendoredFor(chart, dependency);
    if (sub === undefined) return [{ parent: chart, path, dependency }];
    return missingDependencies(sub, `${path}/`);
  });
}

function unresolvable(missing: MissingDependency, why: string): MirrorError {
  const { dependency, parent } = missing;
  return new MirrorError(
    `dependency ${dependency.name} ${dependency.version} of ${parent.metadata.name} is not in the archive and ${why}`,
    {
      code: 'DEPENDENCY_UNRESOLVED',
      origin: 'source',
      hint: 'take an archive that holds its dependencies, or leave them out with --exclude-dependencies',
    },
  );
}

/** Where a dependency is fetched from, or why it names no place that could be asked. */
function sourceOf({ dependency }: MissingDependency, directory: string | undefined): ChartSource | string {
  const { name, repository } = dependency;
  // only what the person named on this machine may name its neighbours there
  if (repository.startsWith('file://') && directory !== undefined)
    return { kind: 'local', path: resolvePath(directory, repository.slice('file://'.length)), chart: name };
  if (/^https?:\/\//.test(repository)) return { kind: 'http', repository: repository.replace(/\/+$/, ''), chart: name };
  if (repository.startsWith('oci://')) {
    const [registry, ...rest] = repository.slice('oci://'.length).replace(/\/+$/, '').split('/');
    if (registry !== undefined && looksLikeRegistry(registry)) {
      return { kind: 'oci', registry, repository: [...rest, name].join('/'), chart: name };
    }
  }
  if (repository === '') return 'names no repository';
  if (/^(?:@|alias:)/.test(repository))
    return `names the repository alias ${repository}, which only its author's machine knows`;
  return `its repository ${repository} cannot be reached from outside its source tree`;
}

/** Whether helm refuses to render without it: helm asks for the dependencies of the root chart alone (pkg/action, CheckDependencies). */
function isNeeded({ parent }: MissingDependency): boolean {
  return parent.location.archives.length === 0 && parent.location.directory === '';
}

/** What a note says of a subchart's dependency that stays out of the archive. */
function withoutNote({ path, dependency, parent }: MissingDependency, why: string): string {
  const { name, version } = dependency;
  return `dependency ${path} (${name} ${version} of ${parent.metadata.name}) is not in the archive and ${why}; helm installs the chart without it`;
}

interface FetchedDependency {
  readonly packed: ArchiveTree;
  readonly version: string;
  /** Where it lies unpacked on this machine, for what it names there itself. */
  readonly directory: string | undefined;
}

function checkAllowed({ dependency, parent }: MissingDependency, source: ChartSource | string, run: ChartAccess): void {
  if (typeof source === 'string') return;
  applyChartPolicy(source, `the dependency ${dependency.name} of ${parent.metadata.name}`, run.options?.policy);
}

/** The version to fetch: the one the chart's lock file pins when it is in the declared range, as helm builds charts. */
function requestFor({ parent, dependency }: MissingDependency, tree: ArchiveTree): VersionRequest {
  const request: VersionRequest =
    dependency.version === '' || dependency.version === '*'
      ? { kind: 'newest', asked: 'no version given' }
      : { kind: 'version', text: dependency.version };
  const lock =
    textAt(tree, fileIn(parent.location, 'Chart.lock')) ?? textAt(tree, fileIn(parent.location, 'requirements.lock'));
  const pinned = parseLock(lock ?? '').find(
    ({ name, version }) =>
      name === dependency.name &&
      (request.kind === 'newest' || selectFromIndex([version], request).kind === 'selected'),
  );
  return pinned === undefined ? request : { kind: 'version', text: pinned.version };
}

async function fetchOne(
  missing: MissingDependency,
  request: VersionRequest,
  source: ChartSource,
  run: ChartAccess,
): Promise<FetchedDependency> {
  const resolved = await resolveVersion({ source, version: request }, run);
  const name = archiveName(source, resolved.version);
  const { bytes } = await fetchArchive(name, resolved.locator, run);
  const packed = await run.ports.archives.unpack(name, bytes);
  const { metadata } = readChartTree(packed, name);
  if (metadata.name !== missing.dependency.name)
    throw unresolvable(missing, `${name} holds the chart ${metadata.name}`);
  if (source.kind !== 'local') return { packed, version: metadata.version, directory: undefined };
  if (request.kind === 'version' && selectFromIndex([metadata.version], request).kind !== 'selected')
    throw unresolvable(missing, `${source.path} holds version ${metadata.version}`);
  return { packed, version: metadata.version, directory: source.path };
}

function placeKey({ archives, directory }: ChartLocation): string {
  return JSON.stringify([archives, directory]);
}

function placeInto(tree: ArchiveTree, location: ChartLocation, file: string, packed: ArchiveTree): ArchiveTree {
  const [head, ...rest] = location.archives;
  if (head === undefined) return withPackedSubchart(tree, `${location.directory}charts/${file}`, packed);
  const inner = tree.packed.get(head);
  if (inner === undefined) throw new RangeError(`no packed subchart ${head}`);
  return {
    ...tree,
    packed: new Map(tree.packed).set(head, placeInto(inner, { ...location, archives: rest }, file, packed)),
  };
}

/** The completed tree, the paths of what was fetched, and what is to be told of dependencies that stay out of it. */
export interface Completed {
  readonly tree: ArchiveTree;
  readonly fetched: ReadonlySet<string>;
  readonly notes: readonly string[];
}

const ROUNDS = 8;

/**
 * Fetches missing dependencies through the same mirrors and credentials as charts, and those of the fetched ones, and
 * puts them into `charts/`, so that helm renders without a network and the archive is complete for its consumer.
 * `directory` is where the chart lies on this machine, for its `file://` dependencies; undefined for charts from afar. Those
 * of subcharts that name no place that could be asked stay out, as helm installs the chart without them, and are told.
 *
 * @throws MirrorError DEPENDENCY_UNRESOLVED, POLICY_REFUSED for a source that is not allowed, and what resolving and fetching throw.
 */
export async function completeDependencies(
  name: string,
  tree: ArchiveTree,
  directory: string | undefined,
  run: ChartAccess,
): Promise<Completed> {
  const fetched = new Set<string>();
  const left = new Map<string, string>();
  const directories = new Map([[placeKey({ archives: [], directory: '' }), directory]]);
  let current = tree;
  for (let round = 0; round < ROUNDS; round += 1) {
    const missing = missingDependencies(readChartTree(current, name)).filter(({ path }) => !left.has(path));
    if (missing.length === 0) return { tree: current, fetched, notes: [...left.values()] };
    const done = new Set<string>();
    const sourced = missing.map((one) => ({
      one,
      source: sourceOf(one, directories.get(placeKey(one.parent.location))),
    }));
    for (const { one, source } of sourced) checkAllowed(one, source, run);
    for (const { one, source } of sourced) {
      if (typeof source === 'string') {
        if (isNeeded(one)) throw unresolvable(one, source);
        left.set(one.path, withoutNote(one, source));
        continue;
      }
      fetched.add(one.path);
      const key = `${placeKey(one.parent.location)} ${one.dependency.name} ${one.dependency.version}`;
      if (done.has(key)) continue;
      done.add(key);
      const { location } = one.parent;
      const found = await fetchOne(one, requestFor(one, current), source, run);
      const file = `${one.dependency.name}-${found.version}.tgz`;
      current = placeInto(current, location, file, found.packed);
      const archives = [...location.archives, `${location.directory}charts/${file}`];
      directories.set(placeKey({ archives, directory: '' }), found.directory);
    }
  }
  throw new MirrorError(`dependencies of ${name} are nested deeper than ${ROUNDS} levels`, {
    code: 'DEPENDENCY_UNRESOLVED',
    origin: 'source',
  });
}
