import { basename, dirname, join, resolve } from 'node:path';
import { rootOf } from '../documents.ts';
import { listed } from '../problems.ts';
import { readYaml, type YamlSource } from '../yaml-source.ts';
import type { InputContext } from './input-context.ts';
import { itemsAt, type TreeMap, textAt, textsAt, treeOf } from './tree.ts';

/** The names of its file that kustomize knows (RecognizedKustomizationFileNames in api/konfig/general.go of kubernetes-sigs/kustomize). */
export const KUSTOMIZATION_NAMES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** A file that kustomize builds from. */
export interface Kustomization {
  /** Absolute, and as messages name it. */
  readonly path: string;
  readonly file: string;
  readonly directory: string;
  /** The directory that nothing is read outside of. */
  readonly root: string;
  readonly tree: TreeMap;
}

/**
 * Whether this is what kustomize builds from: with the group of kustomize, or without any (FixKustomization and EnforceFields in
 * api/types/kustomization.go). A `Kustomization` of Flux has a group of its own.
 */
export function isKustomization(tree: TreeMap): boolean {
  const group = textAt(tree, 'apiVersion')?.split('/')[0];
  const kind = textAt(tree, 'kind');
  const isOurs = group === undefined || group === 'kustomize.config.k8s.io';
  return isOurs && (kind === undefined || kind === 'Kustomization' || kind === 'Component');
}

/** The file that kustomize reads in a directory; undefined where there is none. */
export async function kustomizationIn(context: InputContext, directory: string): Promise<string | undefined> {
  for (const name of KUSTOMIZATION_NAMES) {
    const path = join(directory, name);
    if ((await context.files.kindOf(path)) === 'file') return path;
  }
  return undefined;
}

/** The first document as a map; undefined where it is something else. */
export function firstMap(sources: readonly YamlSource[]): TreeMap | undefined {
  const [source] = sources;
  const root = source === undefined ? undefined : rootOf(source);
  const tree = source === undefined || root === undefined ? undefined : treeOf(source, root);
  return tree?.kind === 'map' ? tree : undefined;
}

/** What a file holds as a map; undefined where it holds something else. */
export async function kustomizationTree(
  context: InputContext,
  path: string,
  file: string,
): Promise<TreeMap | undefined> {
  const read = await readYaml(context.files, path, file);
  return read.kind === 'ok' ? firstMap(read.sources) : undefined;
}

/** Whether a kustomization has charts of its own, in either spelling. */
export function hasCharts(tree: TreeMap): boolean {
  return ['helmCharts', 'helmChartInflationGenerator', 'generators'].some((key) => itemsAt(tree, key).length > 0);
}

/** The directory that a kustomization may read in: its checkout, else the working directory, else what was named. */
export async function rootAround(context: InputContext, path: string, named: string): Promise<string> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const kind = await context.files.kindOf(join(directory, '.git'));
    if (kind === 'directory' || kind === 'file') return directory;
    if (dirname(directory) === directory) break;
  }
  const { cwd } = context;
  if (path.startsWith(`${cwd}/`)) return cwd;
  return path === named ? dirname(named) : named;
}

/** Which kustomizations take which others in: `resources`, `bases` and `components` that are directories among them. */
export class KustomizationTree {
  readonly #over = new Map<string, Kustomization[]>();

  constructor(all: readonly Kustomization[]) {
    for (const one of all) {
      for (const key of ['resources', 'bases', 'components']) {
        for (const { text } of textsAt(one.tree, key)) {
          const below = resolve(one.directory, text);
          this.#over.set(below, [...(this.#over.get(below) ?? []), one]);
        }
      }
    }
  }

  /** Those that take a kustomization in, directly or not. */
  over({ directory }: Kustomization, seen: ReadonlySet<string> = new Set()): readonly Kustomization[] {
    const direct = (this.#over.get(directory) ?? []).filter((one) => !seen.has(one.directory));
    const known = new Set([...seen, directory]);
    return direct.flatMap((one) => [one, ...this.over(one, known)]);
  }

  /**
   * The namespaces that the charts of a kustomization get: its own, or those of the nearest that take it in (helmRootNamespace in
   * api/internal/target/kusttarget.go, from kustomize 5.8.1 on).
   */
  namespaces(one: Kustomization, seen: ReadonlySet<string> = new Set()): readonly string[] {
    const own = textAt(one.tree, 'namespace');
    if (own !== undefined) return [own];
    const known = new Set([...seen, one.directory]);
    const direct = (this.#over.get(one.directory) ?? []).filter(({ directory }) => !known.has(directory));
    return [...new Set(direct.flatMap((over) => this.namespaces(over, known)))];
  }
}

/** Why kustomize refuses a directory with several of its files; undefined where there is one. */
export async function severalReason(context: InputContext, directory: string): Promise<string | undefined> {
  const names: string[] = [];
  for (const name of KUSTOMIZATION_NAMES) {
    if ((await context.files.kindOf(join(directory, name))) === 'file') names.push(name);
  }
  return names.length > 1 ? `kustomize refuses a directory with ${listed(names)}` : undefined;
}

/** Whether a file is called as kustomize wants it. */
export function isKustomizationName(path: string): boolean {
  return KUSTOMIZATION_NAMES.includes(basename(path));
}
