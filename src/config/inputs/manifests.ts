import { basename, dirname, join, resolve } from 'node:path';
import type { Place } from '../../domain/addon.ts';
import { rootOf } from '../documents.ts';
import { flagProblem, type Problem, shown } from '../problems.ts';
import { parseYaml, type YamlSource } from '../yaml-source.ts';
import type { InputContext } from './input-context.ts';
import {
  firstMap,
  hasCharts,
  isKustomization,
  isKustomizationName,
  type Kustomization,
  kustomizationIn,
  kustomizationTree,
  rootAround,
} from './kustomization.ts';
import { itemsAt, mapAt, type TreeMap, textAt, textsAt, treeOf } from './tree.ts';
import { entriesBelow, type TreeEntry } from './tree-files.ts';

/** A Kubernetes object of a manifest. `namespace` is its own, or the one that the kustomization beside it gives it. */
export interface ManifestObject {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly tree: TreeMap;
  readonly place: Place;
}

/** What manifests hold, and what was seen beside them that other flags read. */
export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly charts: readonly string[];
  readonly helmfiles: readonly string[];
  readonly kustomizations: readonly Kustomization[];
}

const OURS = /argoproj\.io|\.fluxcd\.io/;
const RELEASE_KINDS = /^\s*kind:\s*["']?(Application|ApplicationSet|HelmRelease)["']?\s*$/m;

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function objectsOf(tree: TreeMap, file: string, namespace: string | undefined): readonly ManifestObject[] {
  const kind = textAt(tree, 'kind') ?? '';
  if (kind.endsWith('List') && mapAt(tree, 'metadata', 'name') === undefined && itemsAt(tree, 'items').length > 0) {
    return itemsAt(tree, 'items').flatMap((item) => (item.kind === 'map' ? objectsOf(item, file, namespace) : []));
  }
  const group = (textAt(tree, 'apiVersion') ?? '').split('/')[0] ?? '';
  const name = textAt(tree, 'metadata', 'name') ?? '';
  const own = textAt(tree, 'metadata', 'namespace');
  return [
    { group, kind, name, namespace: own ?? namespace, tree, place: { ...tree.at, file, key: name || undefined } },
  ];
}

class ManifestReader {
  readonly context: InputContext;
  readonly objects: ManifestObject[] = [];
  readonly charts: string[] = [];
  readonly helmfiles: string[] = [];
  readonly kustomizations: Kustomization[] = [];
  readonly #namespaces = new Map<string, ReadonlyMap<string, string>>();

  constructor(context: InputContext) {
    this.context = context;
  }

  /** How much was found that is of Argo CD or Flux, or has charts for kustomize. */
  get count(): number {
    const own = this.objects.filter(({ group }) => OURS.test(group));
    const kustomizations = this.kustomizations.filter(({ tree }) => hasCharts(tree));
    return own.length + kustomizations.length + this.context.findings.unmirrorable.length;
  }

  /** Keeps what kustomize builds from; a file called so that holds something else is none of ours. */
  async #keepKustomization(text: string, path: string, file: string, named: string): Promise<void> {
    const read = parseYaml(file, text);
    if (read.kind === 'problems') {
      if (/^helmChart/m.test(text)) this.#unread(read.problems, [], file);
      return;
    }
    const tree = firstMap(read.sources);
    if (tree === undefined || !isKustomization(tree)) return;
    const root = await rootAround(this.context, path, named);
    this.kustomizations.push({ path, file, directory: dirname(path), root, tree });
  }

  /** Reads one file below what was `named`; what it holds that is not ours is passed over. */
  async file(path: string, shownAs: string, named = path): Promise<void> {
    let text: string;
    try {
      text = await this.context.files.readText(path);
    } catch {
      // a file that is no text holds no manifest
      return;
    }
    if (isKustomizationName(path)) await this.#keepKustomization(text, path, shownAs, named);
    if (!OURS.test(text) && !/^\s*["']?kind["']?:\s*["']?ConfigMap/m.test(text)) return;
    const read = parseYaml(shownAs, text);
    if (read.kind === 'problems') {
      if (!OURS.test(text)) return;
      this.#unread(read.problems, read.sound ?? [], shownAs);
    }
    const namespace = await this.#namespaceOf(path);
    const sources = read.kind === 'ok' ? read.sources : (read.sound ?? []);
    for (const source of sources) this.#document(source, shownAs, namespace);
    if (OURS.test(text)) this.context.manifestFiles.add(path);
  }

  /** Tells what is wrong with a file, of which the other documents are read. */
  #unread(problems: readonly Problem[], sound: readonly YamlSource[], shownAs: string): void {
    const what = sound.length === 0 ? 'this file' : 'this document';
    for (const { line = 1, column = 1, what: reason } of sound.length === 0 ? problems.slice(0, 1) : problems)
      this.context.findings.refuse(
        { label: basename(shownAs), place: { file: shownAs, line, column, key: undefined } },
        `${what} is not read: ${reason}`,
      );
  }

  #document(source: YamlSource, file: string, namespace: string | undefined): void {
    const root = rootOf(source);
    const tree = root === undefined ? undefined : treeOf(source, root);
    if (tree?.kind === 'map') this.objects.push(...objectsOf(tree, file, namespace));
  }

  // a kustomization gives its namespace to the resources that it lists
  async #namespaceOf(path: string): Promise<string | undefined> {
    const directory = dirname(path);
    const known = this.#namespaces.get(directory) ?? (await this.#kustomization(directory));
    this.#namespaces.set(directory, known);
    return known.get(basename(path));
  }

  async #kustomization(directory: string): Promise<ReadonlyMap<string, string>> {
    const path = await kustomizationIn(this.context, directory);
    if (path === undefined) return new Map();
    const tree = await kustomizationTree(this.context, path, basename(path));
    const namespace = textAt(tree, 'namespace');
    if (namespace === undefined) return new Map();
    return new Map(textsAt(tree, 'resources').map(({ text }) => [text.replace(/^\.\//, ''), namespace]));
  }

  /** Reads every YAML file below a directory, but templates of charts, of which only those that make releases are told. */
  async directory(path: string, shownAs: string): Promise<void> {
    const entries = await entriesBelow(this.context.files, path);
    const charts = entries.filter(({ kind, relative }) => kind === 'file' && basename(relative) === 'Chart.yaml');
    const roots = charts.map(({ path: chart }) => dirname(chart));
    this.charts.push(...charts.map(({ relative }) => dirname(join(shownAs, relative))));
    for (const entry of entries) {
      if (entry.kind !== 'file' || !(/\.ya?ml$/.test(entry.relative) || isKustomizationName(entry.path))) continue;
      const name = join(shownAs, entry.relative);
      if (/^helmfile\.ya?ml$/.test(basename(entry.relative))) this.helmfiles.push(name);
      const isTemplate = roots.some((root) =>
        ['templates', 'charts'].some((part) => entry.path.startsWith(`${join(root, part)}/`)),
      );
      if (isTemplate) await this.#template(entry, name);
      else await this.file(entry.path, name, path);
    }
  }

  async #template(entry: TreeEntry, name: string): Promise<void> {
    const text = await this.context.files.readText(entry.path).catch(() => '');
    const match = OURS.test(text) ? RELEASE_KINDS.exec(text) : null;
    if (match === null) return;
    const kindAt = match.index + match[0].indexOf('kind');
    const place: Place = { file: name, line: lineOf(text, kindAt), column: 1, key: undefined };
    const reason = 'it is a template of a chart; write what helm template makes of that chart to a file, and name that';
    this.context.findings.refuse({ label: `${match[1] ?? ''} in ${basename(name)}`, place }, reason);
  }
}

/** Reads the files and directories of `--manifests`. A path at which nothing is is a problem. */
export async function readManifests(
  context: InputContext,
  names: readonly string[],
): Promise<Manifests & { readonly problems: readonly Problem[] }> {
  const reader = new ManifestReader(context);
  const problems: Problem[] = [];
  for (const name of names) {
    const path = resolve(context.cwd, name);
    const kind = await context.files.kindOf(path);
    const before = reader.count;
    if (kind === 'file') await reader.file(path, name);
    else if (kind === 'directory') await reader.directory(path, name);
    if (kind === 'absent' || kind === 'hidden') {
      const what = `${shown(name)} ${kind === 'absent' ? 'is not there' : 'may not be read'}`;
      problems.push(flagProblem('--manifests', { what, instead: 'name a file or a directory' }));
    } else if (before === reader.count) {
      const what = `${shown(name)} holds no object of Argo CD or Flux, and no kustomization with charts`;
      const instead =
        'name a file or directory with Application, ApplicationSet or HelmRelease objects, or with helmCharts';
      problems.push(flagProblem('--manifests', { what, instead }));
    }
  }
  const { objects, charts, helmfiles, kustomizations } = reader;
  return { objects, charts, helmfiles, kustomizations, problems };
}
