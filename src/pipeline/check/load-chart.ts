import { formatChartSource, type ValuesLayer } from '../../domain/addon.ts';
import type { ArchiveTree } from '../../domain/chart/archive-tree.ts';
import { type ChartTree, readChartTree } from '../../domain/chart/chart-tree.ts';
import type { Digest } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import { type Completed, completeDependencies, missingDependencies } from '../dependencies.ts';
import { archiveName, fetchArchive } from '../pull.ts';
import { resolveVersion } from '../resolve.ts';
import type { ChartRequest, RenderRun } from './check-run.ts';

/** A chart that is complete with its dependencies and lies in the workspace, with its consumer's values. */
export interface LoadedChart {
  /** Source and version, for people. */
  readonly name: string;
  readonly source: string;
  /** Of the archive as it was fetched. */
  readonly digest: Digest;
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
  readonly archivePath: string;
  readonly valuesFiles: readonly string[];
  readonly notes: readonly string[];
}

function isDirectory({ source }: ChartRequest): boolean {
  return source.kind === 'local' && !/\.(?:tgz|tar\.gz)$/i.test(source.path);
}

/** The tree with the dependencies that it lacks; the same tree when it lacks none. */
async function complete(
  request: ChartRequest,
  name: string,
  tree: ArchiveTree,
  run: RenderRun,
): Promise<Pick<Completed, 'tree' | 'notes'>> {
  if (missingDependencies(readChartTree(tree, name)).length === 0) return { tree, notes: [] };
  const { source } = request;
  const directory = source.kind === 'local' && isDirectory(request) ? source.path : undefined;
  try {
    return await completeDependencies(name, tree, directory, run);
  } catch (error) {
    if (!(error instanceof MirrorError) || error.code !== 'DEPENDENCY_UNRESOLVED') throw error;
    throw new MirrorError(error.message, {
      code: error.code,
      origin: error.origin,
      hint: 'take an archive that holds its dependencies, or render it yourself and pipe the output into --manifests -',
      cause: error,
    });
  }
}

async function writeValues(layers: readonly ValuesLayer[], run: RenderRun): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [position, { text }] of layers.entries())
    files.push(await run.ports.workspace.write(`check/values-${position}.yaml`, text));
  return files;
}

/**
 * Chooses the version as helm does, fetches the chart with the dependencies that it lacks, and puts it into the workspace.
 *
 * @throws MirrorError what resolving, fetching and unpacking throw; DEPENDENCY_UNRESOLVED.
 */
export async function loadChart(request: ChartRequest, run: RenderRun): Promise<LoadedChart> {
  const { source, version } = request;
  const resolved = await resolveVersion({ source, version }, run);
  const name = archiveName(source, resolved.version);
  const { bytes, digest } = await fetchArchive(name, resolved.locator, run);
  const original = await run.ports.archives.unpack(name, bytes);
  const { tree, notes } = await complete(request, name, original, run);
  const chart = readChartTree(tree, name);
  const archive = tree === original ? bytes : await run.ports.archives.pack(tree, original);
  const rivals = resolved.equals.join(', ');
  return {
    name,
    source: formatChartSource(source),
    digest,
    tree,
    chart,
    archivePath: await run.ports.workspace.write('check/chart.tgz', archive),
    valuesFiles: await writeValues(request.layers, run),
    notes: [
      ...(resolved.how === 'newest' ? [`newest stable version ${resolved.version} was taken`] : []),
      ...(rivals === '' ? [] : [`${resolved.version} was taken among versions of equal precedence (${rivals})`]),
      ...notes,
    ],
  };
}
