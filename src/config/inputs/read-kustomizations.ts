import { shown } from '../problems.ts';
import { fileSubject } from './helmfile-state.ts';
import { type InputContext, nameOf } from './input-context.ts';
import { hasCharts, type Kustomization, KustomizationTree, severalReason } from './kustomization.ts';
import { readHelmChart } from './kustomize-chart.ts';
import { allowedPath } from './kustomize-values.ts';
import { readTrees } from './read-tree.ts';
import { itemsAt, type Tree, type TreeField, type TreeMap, textAt, valueAt } from './tree.ts';

// makeHelmChartFromHca in api/types/helmchartargs.go of kubernetes-sigs/kustomize
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['chartName', 'name'],
  ['chartVersion', 'version'],
  ['chartRepoUrl', 'repo'],
  ['values', 'valuesFile'],
  ['valuesLocal', 'valuesInline'],
  ['valuesMerge', 'valuesMerge'],
  ['releaseName', 'releaseName'],
]);

// that function passes over these
const OLD_IGNORED = ['releaseNamespace', 'extraArgs'];

// what may change images after charts are rendered
const CHANGES = [
  'images',
  'imageTags',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'transformers',
  'replacements',
];

const GENERATOR = 'HelmChartInflationGenerator';

/** An entry of the older `helmChartInflationGenerator` with the names of `helmCharts`. */
function renamed(tree: TreeMap): TreeMap {
  const fields = new Map<string, TreeField>();
  for (const [key, field] of tree.fields) {
    const name = OLD_NAMES.get(key);
    if (name !== undefined) fields.set(name, field);
  }
  return { ...tree, fields };
}

/** `helmGlobals`, or else the last of the older entries that names one (SplitHelmParameters and FixKustomization). */
function chartHomeOf(tree: TreeMap): string | undefined {
  if (valueAt(tree, 'helmGlobals') !== undefined) return textAt(tree, 'helmGlobals', 'chartHome');
  const homes = itemsAt(tree, 'helmChartInflationGenerator').flatMap((item) => textAt(item, 'chartHome') ?? []);
  return homes.at(-1);
}

class KustomizationReader {
  readonly context: InputContext;
  readonly tree: KustomizationTree;

  constructor(context: InputContext, tree: KustomizationTree) {
    this.context = context;
    this.tree = tree;
  }

  /** Reads what is in `generators`: a file with a generator of charts is read, one that stands there as text is told. */
  async #generator(one: Kustomization, item: Tree): Promise<void> {
    const { findings, files } = this.context;
    const text = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : '';
    const place = { ...item.at, file: one.file, key: undefined };
    const label = `generator ${text.includes('\n') ? '' : text}`.trim();
    if (text.includes('\n')) {
      if (text.includes(GENERATOR)) findings.refuse({ label, place }, `write the ${GENERATOR} to a file of its own`);
      return;
    }
    const found = await allowedPath(this.context, one, text);
    const kind = found.kind === 'path' ? await files.kindOf(found.path) : 'absent';
    if (found.kind === 'wrong') return findings.refuse({ label, place }, `it is not read: ${found.reason}`);
    if (kind !== 'file') return;
    const name = nameOf(this.context, found.path);
    const read = readTrees(name, await files.readText(found.path).catch(() => ''));
    if (read.kind === 'problems') return findings.refuse({ label, place }, `${shown(name)} is not read: it is no YAML`);
    for (const tree of read.trees) {
      if (tree.kind !== 'map' || textAt(tree, 'kind') !== GENERATOR) continue;
      // the namespace of the kustomization is given to entries of helmCharts only (kusttarget_configplugin.go)
      const entry = { tree, file: name, chartHome: textAt(tree, 'chartHome'), namespaces: [] };
      await readHelmChart(this.context, entry, one);
    }
  }

  async charts(one: Kustomization): Promise<void> {
    const { findings } = this.context;
    const several = await severalReason(this.context, one.directory);
    if (several !== undefined) return findings.refuse(fileSubject(one.file), several);
    const common = { file: one.file, chartHome: chartHomeOf(one.tree), namespaces: this.tree.namespaces(one) };
    for (const item of itemsAt(one.tree, 'helmCharts')) {
      if (item.kind === 'map') await readHelmChart(this.context, { ...common, tree: item }, one);
    }
    for (const item of itemsAt(one.tree, 'helmChartInflationGenerator')) {
      if (item.kind !== 'map') continue;
      const label = `helm chart ${textAt(item, 'releaseName') ?? textAt(item, 'chartName') ?? ''}`;
      for (const key of OLD_IGNORED) {
        const value = valueAt(item, key);
        const subject = { label, place: { ...item.at, file: one.file, key: undefined } };
        if (value !== undefined)
          findings.leaveOut(subject, value.at, `its ${key} is not used: kustomize does not use it`);
      }
      await readHelmChart(this.context, { ...common, tree: renamed(item) }, one);
    }
    for (const item of itemsAt(one.tree, 'generators')) await this.#generator(one, item);
  }

  tellChanges(one: Kustomization): void {
    for (const key of CHANGES) {
      const value = valueAt(one.tree, key);
      if (value !== undefined && (value.kind !== 'list' || value.items.length > 0))
        this.context.findings.leaveOut(fileSubject(one.file), value.at, `its ${key} are not applied to the charts`);
    }
  }
}

/** Reads the charts of kustomizations: each entry is a release, or told with file, line and reason. */
export async function readKustomizations(context: InputContext, all: readonly Kustomization[]): Promise<void> {
  const tree = new KustomizationTree(all);
  const reader = new KustomizationReader(context, tree);
  const changing = new Set<Kustomization>();
  for (const one of all) {
    if (!hasCharts(one.tree)) continue;
    const { addons, unmirrorable } = context.findings;
    const [before, told] = [addons.length, unmirrorable.length];
    await reader.charts(one);
    if (addons.length > before || unmirrorable.length > told) context.manifestFiles.add(one.path);
    if (addons.length === before) continue;
    for (const each of [one, ...tree.over(one)]) changing.add(each);
  }
  for (const one of changing) reader.tellChanges(one);
}
