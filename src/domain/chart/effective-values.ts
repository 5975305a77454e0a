import type { ValuesLayer } from '../addon.ts';
import { type ArchiveTree, formatAddress, textAt } from './archive-tree.ts';
import { type ChartTree, fileIn, valueKeys } from './chart-tree.ts';
import { EMPTY_MAP, mergeValues, parseValues, type ValueNode, valuesOf } from './values-tree.ts';

function ownValues(tree: ArchiveTree, chart: ChartTree): ValueNode {
  const address = fileIn(chart.location, 'values.yaml');
  const text = textAt(tree, address);
  if (text === undefined) return EMPTY_MAP;
  const document = parseValues(text, formatAddress(address));
  return valuesOf(document, (path) => ({ kind: 'chart', address, path }));
}

function wrap(key: string, node: ValueNode): ValueNode {
  return { kind: 'map', entries: new Map([[key, node]]) };
}

function globalsOf(node: ValueNode): ValueNode {
  const globals = node.kind === 'map' ? node.entries.get('global') : undefined;
  return globals?.kind === 'map' ? wrap('global', globals) : EMPTY_MAP;
}

function withoutGlobals(node: ValueNode): ValueNode {
  if (node.kind !== 'map') return node;
  return { kind: 'map', entries: new Map([...node.entries].filter(([key]) => key !== 'global')) };
}

/**
 * The values a chart has by itself: its own values.yaml over those of every subchart under its key (disabled
 * subcharts too). A subchart's own `global` is lifted to the root, where it can be overridden, below the parent's.
 */
export function chartValues(tree: ArchiveTree, chart: ChartTree): ValueNode {
  let values = ownValues(tree, chart);
  for (const sub of chart.subcharts) {
    const inner = chartValues(tree, sub);
    for (const key of valueKeys(chart, sub)) values = mergeValues(values, wrap(key, withoutGlobals(inner)));
    values = mergeValues(values, globalsOf(inner));
  }
  return values;
}

/** The layers of a release, merged in helm's order (the last one wins); each leaf remembers its layer. */
export function layerValues(layers: readonly ValuesLayer[]): ValueNode {
  return layers.reduce<ValueNode>((weak, layer, index) => {
    const document = parseValues(layer.text, layer.name);
    return mergeLayers(
      valuesOf(document, (path) => ({ kind: 'layer', layer: index, path })),
      weak,
    );
  }, EMPTY_MAP);
}

// Between two `-f` files helm keeps a null, because it may still have to delete a key of the chart.
function mergeLayers(strong: ValueNode, weak: ValueNode): ValueNode {
  if (strong.kind !== 'map' || weak.kind !== 'map') return strong;
  const entries = new Map(weak.entries);
  for (const [key, node] of strong.entries) {
    const under = weak.entries.get(key);
    entries.set(key, under === undefined ? node : mergeLayers(node, under));
  }
  return { kind: 'map', entries };
}

/** What templates see: the layers over the chart's own values. */
export function effectiveValues(tree: ArchiveTree, chart: ChartTree, layers: readonly ValuesLayer[]): ValueNode {
  return mergeValues(layerValues(layers), chartValues(tree, chart));
}
