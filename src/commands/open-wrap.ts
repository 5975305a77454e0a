import { packChart } from '../adapters/archive.ts';
import { readWrap } from '../adapters/files/read-wrap.ts';
import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { type OpenedWrap, openWrap } from '../domain/wrap/open-wrap.ts';
import { MirrorError } from '../errors.ts';
import { CONFIG_LIMIT, configPlatform } from '../pipeline/image-platform.ts';
import type { LocalCharts } from '../ports/charts.ts';
import type { Contents } from '../ports/contents.ts';

/**
 * Reads a wrap as a whole into `contents` and checks everything in it.
 *
 * @throws MirrorError FILE_REFUSED, naming the entry.
 */
export async function readWholeWrap(path: string, contents: Contents, signal: AbortSignal): Promise<OpenedWrap> {
  const files = await readWrap(path, contents, signal);
  const result = await openWrap(files, (digest) => contents.read(digest, CONFIG_LIMIT), configPlatform);
  if (result.kind === 'opened') return result.wrap;
  const { entry, why } = result.fault;
  throw new MirrorError(`wrap ${path} refused: entry ${entry}: ${why}`, {
    code: 'FILE_REFUSED',
    origin: 'source',
    hint: 'make it again with airgap-charts wrap or dt wrap',
  });
}

/** The chart of a wrap where a run looks for a chart on disk. */
export function wrappedChart({ chart, lock }: OpenedWrap): LocalCharts {
  const tree: ArchiveTree = { top: lock.chart.name, files: chart, packed: new Map() };
  return { archive: () => packChart(tree), provenance: async () => undefined };
}
