import { dirname, resolve } from 'node:path';
import { listed } from '../problems.ts';
import type { TreeFiles } from './tree-files.ts';

/** What `catalog generate` is to read. Paths are relative to `cwd`; `-` among the lists is standard input. */
export interface GatherRequest {
  readonly values: string | undefined;
  readonly manifests: readonly string[];
  readonly checkouts: readonly string[];
  readonly helmfiles: readonly string[];
  readonly helmfileEnvironment: string;
  readonly charts: readonly string[];
  readonly lists: readonly string[];
  readonly helmLists: readonly string[];
  readonly repositories: string | undefined;
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
  readonly cwd: string;
  readonly files: TreeFiles;
  /** Standard input; undefined when it is not UTF-8. */
  readonly input: () => Promise<string | undefined>;
}

/** `-` as the name of an input. */
export const STANDARD_INPUT = '-';

/** The inputs as a header names them. */
export function inputNames(request: GatherRequest): string {
  const lists = [...request.lists, ...request.helmLists].map((name) =>
    name === STANDARD_INPUT ? 'standard input' : name,
  );
  const values = request.values === undefined ? [] : [request.values];
  return listed([...values, ...request.manifests, ...request.helmfiles, ...request.charts, ...lists]);
}

/** Files that a catalog must not be written over: those that are read. */
export function inputFiles(request: GatherRequest): readonly string[] {
  const values = request.values === undefined ? [] : [request.values];
  const repositories = request.repositories === undefined ? [] : [request.repositories];
  const named = [
    ...values,
    ...request.manifests,
    ...request.helmfiles,
    ...request.lists,
    ...request.helmLists,
    ...repositories,
  ];
  return named.filter((name) => name !== STANDARD_INPUT).map((name) => resolve(request.cwd, name));
}

/** The directory of the catalog, which paths in it start from. */
export function catalogDirectory(request: GatherRequest, out: string): string {
  return dirname(resolve(request.cwd, out));
}
