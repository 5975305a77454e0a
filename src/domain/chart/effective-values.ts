import type { ValuesLayer } from '../addon.ts';
import { type ArchiveTree, type ChartFile, type FileAddress, fileAt, formatAddress, textOf } from './archive-tree.ts';
import { type ChartTree, fileIn, valueKeys } from './chart-tree.ts';
import { parseValues, valuesOf } from './values-document.ts';
import { EMPTY_MAP, mergeValues, nodeAt, type ValueNode, type ValuePath } from './values-tree.ts';

const ROOT_VALUES: FileAddress = ['values.yaml'];

// a file in memory never changes, and the same values are asked for again and again
const FILES = new WeakMap<ChartFile, { readonly name: string; readonly values: ValueNode }>();

function valuesFile(tree: ArchiveTree, chart: ChartTree): ValueNode {
  const address = fileIn(chart.location, 'values.yaml');
  const file = fileAt(tree, address);
  if (file === undefined) return EMPTY_MAP;
  const name = formatAddress(address);
  const known = FILES.get(file);
  if (known?.name === name) return known.values;
  const document = parseValues(textOf(file), name);
  const values = valuesOf(document, (path) => ({ kind: 'chart', address, path }));
  FILES.set(file, { name, values });
  return values;
}

function wrap(key: string, node: ValueNode): ValueNode {
  return { kind: 'map', entries: new Map([[key, node]]) };
}

function withoutGlobals(node: ValueNode): ValueNode {
  if (node.kind !== 'map') return node;
  return { kind: 'map', entries: new Map([...node.entries].filter(([key]) => key !== 'global')) };
}

// between two `-f` files, and for what is meant for a subchart, a null stays: it may still have to delete a key below
function mergeKeepingNull(strong: ValueNode, weak: ValueNode): ValueNode {
  if (strong.kind !== 'map' || weak.kind !== 'map') return strong;
  const entries = new Map(weak.entries);
  for (const [key, node] of strong.entries) {
    const under = weak.entries.get(key);
    entries.set(key, under === undefined ? node : mergeKeepingNull(node, under));
  }
  return { kind: 'map', entries };
}

/** A chart's values under stronger ones; `keys` are those of its subcharts. */
function mergeOwn(strong: ValueNode, own: ValueNode, keys: readonly string[]): ValueNode {
  const merged = mergeValues(strong, own);
  if (merged.kind !== 'map') return merged;
  const entries = new Map(merged.entries);
  for (const key of keys) {
    const [above, below] = [nodeAt(strong, [key]), nodeAt(own, [key])];
    if (above !== undefined && below !== undefined) entries.set(key, mergeKeepingNull(above, below));
  }
  return { kind: 'map', entries };
}

function dotted(path: string): readonly string[] {
  return path === '.' ? [] : path.split('.');
}

/** What `import-values` copies from the subcharts' values into the chart's; of several entries the first wins. */
function importedValues(chart: ChartTree, values: ValueNode): ValueNode {
  const imports = chart.metadata.dependencies.flatMap(({ name, alias, importValues }) =>
    importValues.map(({ child, parent }): ValueNode => {
      const table = nodeAt(values, [alias ?? name, ...dotted(child)]);
      if (table?.kind !== 'map') return EMPTY_MAP;
      return dotted(parent).reduceRight<ValueNode>((node, key) => wrap(key, node), table);
    }),
  );
  return imports.reduce<ValueNode>(mergeValues, EMPTY_MAP);
}

/** A chart's own values: those of its file, over what it imports from its subcharts. */
export function chartValues(tree: ArchiveTree, chart: ChartTree): ValueNode {
  const own = valuesFile(tree, chart);
  const imports = chart.metadata.dependencies.some(({ importValues }) => importValues.length > 0);
  return imports ? mergeValues(own, importedValues(chart, withSubcharts(tree, chart, own))) : own;
}

/** Whether a chart's own values have this global, whatever they say there. */
export function definesGlobal(tree: ArchiveTree, chart: ChartTree, name: string): boolean {
  return nodeAt(chartValues(tree, chart), ['global', name]) !== undefined;
}

/** Fills a chart's values up with those of its subcharts, from the top down as helm does, since a scalar may stand between two maps. */
function withSubcharts(tree: ArchiveTree, chart: ChartTree, values: ValueNode): ValueNode {
  const entries = new Map(values.kind === 'map' ? values.entries : []);
  for (const sub of chart.subcharts) {
    const own = withoutGlobals(chartValues(tree, sub));
    const keys = sub.subcharts.flatMap((inner) => valueKeys(sub, inner));
    for (const key of valueKeys(chart, sub)) {
      const above = entries.get(key);
      const merged = mergeOwn(above?.kind === 'map' ? above : EMPTY_MAP, own, keys);
      entries.set(key, withSubcharts(tree, sub, merged));
    }
  }
  return { kind: 'map', entries };
}

// a lifted global is set where all charts see it: in the root's values.yaml, which may not have it yet
function atRoot(node: ValueNode, path: ValuePath): ValueNode {
  switch (node.kind) {
    case 'map':
      return {
        kind: 'map',
        entries: new Map([...node.entries].map(([key, value]) => [key, atRoot(value, [...path, key])])),
      };
    case 'list':
      // a list is set as a whole, so a value in one is edited where the list is
      return node;
    case 'string':
    case 'plain':
    case 'null':
      return { ...node, origin: { kind: 'chart', address: ROOT_VALUES, path } };
  }
}

/** The subcharts' own globals as defaults of the root's: set there, they reach every chart that asks for them. */
function liftedGlobals(tree: ArchiveTree, chart: ChartTree): ValueNode {
  return chart.subcharts.reduce<ValueNode>((lifted, sub) => {
    const globals = nodeAt(chartValues(tree, sub), ['global']);
    const own = globals?.kind === 'map' ? wrap('global', atRoot(globals, ['global'])) : EMPTY_MAP;
    return mergeValues(mergeValues(lifted, own), liftedGlobals(tree, sub));
  }, EMPTY_MAP);
}

/** The layers of a release, merged in helm's order (the last one wins); each leaf remembers its layer. */
function layerValues(layers: readonly ValuesLayer[]): ValueNode {
  return layers.reduce<ValueNode>((weak, layer, index) => {
    const document = parseValues(layer.text, layer.name);
    const strong = valuesOf(document, (path) => ({ kind: 'layer', layer: index, path }));
    return mergeKeepingNull(strong, weak);
  }, EMPTY_MAP);
}

/**
 * What templates see, with each value's origin: the layers over the chart's own values.yaml, over those of every
 * subchart under its key (disabled subcharts too) and what is imported from them. A subchart's own `global` is lifted
 * to the root, below the parent's: helm shows it to that subchart only, but from the root it can be set.
 */
export function effectiveValues(tree: ArchiveTree, chart: ChartTree, layers: readonly ValuesLayer[]): ValueNode {
  const keys = chart.subcharts.flatMap((sub) => valueKeys(chart, sub));
  const top = mergeOwn(layerValues(layers), chartValues(tree, chart), keys);
  return mergeValues(withSubcharts(tree, chart, top), liftedGlobals(tree, chart));
}
