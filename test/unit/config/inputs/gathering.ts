import { parse } from 'yaml';
import { catalogDocument } from '../../../../src/config/catalog-document.ts';
import { type Gathered, gatherInputs } from '../../../../src/config/inputs/gather.ts';
import { type GatherRequest, inputNames } from '../../../../src/config/inputs/gather-request.ts';
import type { TreeFiles } from '../../../../src/config/inputs/tree-files.ts';
import { formatProblem } from '../../../../src/config/problems.ts';
import type { Addon } from '../../../../src/domain/addon.ts';
import { catalogOf, memoryFiles } from '../inputs.ts';

type Contents = Readonly<Record<string, string>>;

/** A file system of a few files under `/in`, with directories that can be listed. */
export function memoryTree(contents: Contents): TreeFiles {
  return {
    ...memoryFiles(contents),
    async namesIn(directory) {
      const below = Object.keys(contents).flatMap((name) => {
        const path = `/in/${name}`;
        return path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1).split('/')[0] ?? ''] : [];
      });
      return [...new Set(below)].sort();
    },
  };
}

/** A request for files of `memoryTree`, with `/in` as the working directory. */
export function gatherRequest(contents: Contents, request: Partial<GatherRequest>): GatherRequest {
  return {
    values: undefined,
    manifests: [],
    checkouts: [],
    helmfiles: [],
    helmfileEnvironment: 'default',
    charts: [],
    lists: [],
    helmLists: [],
    repositories: undefined,
    onlyAddon: [],
    excludeAddons: [],
    cwd: '/in',
    files: memoryTree(contents),
    input: async () => '',
    ...request,
  };
}

/** What sound inputs hold; fails with their problems otherwise. */
export async function gathered(contents: Contents, request: Partial<GatherRequest>): Promise<Gathered> {
  const result = await gatherInputs(gatherRequest(contents, request));
  if (result.kind === 'gathered') return result;
  throw new Error(result.problems.map(formatProblem).join('\n'));
}

/** The problems of inputs, formatted; `no problem` where there are none. */
export async function problemsOf(contents: Contents, request: Partial<GatherRequest>): Promise<readonly string[]> {
  const result = await gatherInputs(gatherRequest(contents, request));
  return result.kind === 'problems' ? result.problems.map(formatProblem) : ['no problem'];
}

function sourceOf({ source }: Addon): string {
  switch (source.kind) {
    case 'http':
      return `${source.repository} ${source.chart}`;
    case 'oci':
      return `oci://${source.registry}/${source.repository}`;
    case 'local':
      return `${source.path} ${source.chart}`;
  }
}

/** An addon on one line: release, namespace, source, version. */
export function lineOf(addon: Addon): string {
  const version = addon.version.kind === 'version' ? addon.version.text : 'newest';
  return [addon.release, addon.namespace ?? '-', sourceOf(addon), version].join(' | ');
}

/** The values that are written into an entry, as data; undefined for none. */
export function valuesOf(addon: Addon | undefined): unknown {
  const text = addon?.layers.find(({ origin }) => origin === 'inline')?.text;
  return text === undefined ? undefined : parse(text);
}

/** The values files of an entry, as named from `/in`. */
export function filesOf(addon: Addon | undefined): readonly string[] {
  return (addon?.layers ?? []).flatMap(({ origin, name }) => (origin === 'values-file' ? [name] : []));
}

/** What could not be an entry, as `key (file:line): reason`; likewise what was not read. */
export function toldOf({ catalog, unread }: Gathered): {
  readonly refused: readonly string[];
  readonly unread: readonly string[];
} {
  const told = (list: Gathered['unread']) =>
    list.map(({ key, place, reason }) => `${key} (${place.file}:${place.line}): ${reason}`);
  return { refused: told(catalog.unmirrorable), unread: told(unread) };
}

/** The catalog of inputs, written to `/in/made.yaml`, and what it asks for when it is loaded. */
export async function roundTrip(contents: Contents, request: Partial<GatherRequest>) {
  const full = gatherRequest(contents, request);
  const made = await gathered(contents, request);
  const origins = { directory: '/in', cwd: '/in', unread: made.unread };
  const text = catalogDocument(made.catalog, inputNames(full), origins);
  const again = await catalogOf({ ...contents, 'made.yaml': text }, { catalogs: ['made.yaml'] });
  return { made, text, again };
}
