import { type CatalogRequest, type CatalogResult, loadCatalog } from '../../../src/config/load-catalog.ts';
import { formatProblem } from '../../../src/config/problems.ts';
import { diskFiles, type InputFiles } from '../../../src/config/read-text.ts';

/** What a file of the fake file system does instead of giving its text. */
export type Refusal = { readonly code: string };

/** A file system of a few files under `/in`, given by their path from there. Parents of files are directories. */
export function memoryFiles(contents: Readonly<Record<string, string | Refusal>>): InputFiles {
  const files = new Map(Object.entries(contents).map(([name, content]) => [`/in/${name}`, content]));
  function isDirectory(path: string): boolean {
    return path === '/in' || [...files.keys()].some((file) => file.startsWith(`${path}/`));
  }
  return {
    async readText(path) {
      if (!path.startsWith('/in')) return diskFiles.readText(path);
      const content = files.get(path);
      if (typeof content === 'string') return content;
      const code = content?.code ?? (isDirectory(path) ? 'EISDIR' : 'ENOENT');
      throw Object.assign(new Error(`${code}: ${path}`), { code });
    },
    async kindOf(path) {
      if (!path.startsWith('/in')) return diskFiles.kindOf(path);
      const content = files.get(path);
      if (content !== undefined) return typeof content === 'string' ? 'file' : 'hidden';
      return isDirectory(path) ? 'directory' : 'absent';
    },
    realPath: async (path) => path,
  };
}

/** A request for files of `memoryFiles`, with `/in` as the working directory and an empty shipped overrides file. */
export function requestFor(
  contents: Readonly<Record<string, string | Refusal>>,
  request: Partial<CatalogRequest>,
): CatalogRequest {
  return {
    catalogs: [],
    values: undefined,
    chartOverrides: [],
    onlyAddon: [],
    excludeAddons: [],
    latest: false,
    cwd: '/in',
    files: memoryFiles({ 'shipped.yaml': 'overrides: {}\n', ...contents }),
    shippedOverrides: '/in/shipped.yaml',
    ...request,
  };
}

/** The problems of a result, formatted; `no problem` when there are none. */
export function messagesOf(result: CatalogResult): readonly string[] {
  return result.kind === 'problems' ? result.problems.map(formatProblem) : ['no problem'];
}

/** The catalog of files that must be sound; fails with their problems otherwise. */
export async function catalogOf(
  contents: Readonly<Record<string, string | Refusal>>,
  request: Partial<CatalogRequest>,
): Promise<Extract<CatalogResult, { kind: 'ok' }>['catalog']> {
  const result = await loadCatalog(requestFor(contents, request));
  if (result.kind === 'ok') return result.catalog;
  throw new Error(messagesOf(result).join('\n'));
}
