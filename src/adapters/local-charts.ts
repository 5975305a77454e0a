import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveTree, ChartFile } from '../domain/chart/archive-tree.ts';
import { MirrorError } from '../errors.ts';
import type { LocalCharts } from '../ports/charts.ts';
import { packChart, UNPACKED_LIMIT } from './archive.ts';
import { type Ignored, parseHelmIgnore } from './helm-ignore.ts';

function unreadable(path: string, why: string, cause?: unknown): MirrorError {
  return new MirrorError(`the local chart ${path} cannot be read: ${why}`, {
    code: 'CHART_ARCHIVE_REFUSED',
    origin: 'source',
    hint: 'name a chart directory with a Chart.yaml, or a .tgz that helm package made',
    cause,
  });
}

async function walk(
  root: string,
  below: string,
  ignored: Ignored,
  files: Map<string, ChartFile>,
  budget: { left: number },
): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (ignored(path, entry.isDirectory())) continue;
    if (entry.isDirectory()) await walk(root, path, ignored, files, budget);
    else if (entry.isFile()) {
      const data = await readFile(join(root, path));
      budget.left -= data.length;
      if (budget.left < 0) throw unreadable(root, `it holds more than ${UNPACKED_LIMIT} bytes`);
      files.set(path, { path, data, mode: 0o644, mtime: 0 });
    } else throw unreadable(root, `${path} is neither a file nor a directory (links are refused)`);
  }
}

function readIgnore(path: string, text: string): Ignored {
  try {
    return parseHelmIgnore(text);
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function packDirectory(path: string): Promise<Buffer> {
  const ignoreText = await readFile(join(path, '.helmignore'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw unreadable(path, error.message, error);
  });
  const files = new Map<string, ChartFile>();
  await walk(path, '', readIgnore(path, ignoreText), files, { left: UNPACKED_LIMIT });
  const name = /^name: *["']?([^\s"'#]+)/m.exec(files.get('Chart.yaml')?.data.toString('utf8') ?? '')?.[1];
  if (name === undefined) throw unreadable(path, 'it has no Chart.yaml with a name');
  const tree: ArchiveTree = { top: name, files, packed: new Map() };
  return packChart(tree);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function readProvenanceOf(archive: string, limit: number): Promise<Uint8Array | undefined> {
  const path = `${archive}.prov`;
  const refuse = (why: string, cause?: unknown): MirrorError =>
    new MirrorError(`${path} cannot be read: ${why}`, { code: 'CHART_ARCHIVE_REFUSED', origin: 'source', cause });
  try {
    if ((await stat(archive)).isDirectory()) return undefined;
    const found = await stat(path);
    if (!found.isFile()) throw refuse('it is not a file');
    if (found.size > limit) throw refuse(`it is larger than ${limit} bytes`);
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error instanceof MirrorError ? error : refuse(error instanceof Error ? error.message : String(error), error);
  }
}

/** Reads local charts. A directory is packed without times, so that the same files give the same archive everywhere. */
export function createLocalCharts(): LocalCharts {
  return {
    async archive(path) {
      const kind = await stat(path).catch((error: NodeJS.ErrnoException) => {
        throw unreadable(path, error.message, error);
      });
      return kind.isDirectory() ? packDirectory(path) : readFile(path);
    },
    provenance: readProvenanceOf,
  };
}
