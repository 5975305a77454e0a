import type { ArchiveTree } from './archive-tree.ts';
import { type ChartTree, valueKeys } from './chart-tree.ts';
import { chartValues } from './effective-values.ts';
import { EMPTY_MAP, mergeValues, nodeAt, type ValueNode, type ValuePath, withNode } from './values-tree.ts';

const GLOBAL = ['global'] as const;

function withGlobals(node: ValueNode, globals: ValueNode): ValueNode {
  const entries = new Map(node.kind === 'map' ? node.entries : []);
  if (globals.kind === 'map' && globals.entries.size === 0) entries.delete('global');
  else entries.set('global', globals);
  return { kind: 'map', entries };
}

/** What of some globals no chart above says: helm takes theirs. */
function without(own: ValueNode | undefined, above: ValueNode): ValueNode {
  if (own?.kind !== 'map') return EMPTY_MAP;
  if (above.kind !== 'map') return own;
  const left = [...own.entries].flatMap(([key, node]): readonly (readonly [string, ValueNode])[] => {
    const other = above.entries.get(key);
    if (other === undefined) return [[key, node]];
    const inner = node.kind === 'map' && other.kind === 'map' ? without(node, other) : EMPTY_MAP;
    return inner.kind === 'map' && inner.entries.size > 0 ? [[key, inner]] : [];
  });
  return { kind: 'map', entries: new Map(left) };
}

function isGiven(node: ValueNode): boolean {
  if (node.kind === 'map') return [...node.entries.values()].some(isGiven);
  return node.kind === 'list' ? node.items.some(isGiven) : node.origin.kind === 'layer';
}

/** Whether a value is none of the root's own or of a release, but was lifted to the root from a subchart. */
function isLiftedNode(node: ValueNode, path: ValuePath, own: ValueNode): boolean {
  return node.kind !== 'map' && nodeAt(own, path) === undefined && !isGiven(node);
}

/** The globals of the root alone. */
function unlifted(node: ValueNode, path: ValuePath, own: ValueNode): ValueNode {
  if (node.kind !== 'map') return node;
  const left = [...node.entries].flatMap(([key, value]): readonly (readonly [string, ValueNode])[] => {
    const at = [...path, key];
    if (isLiftedNode(value, at, own)) return [];
    const inner = unlifted(value, at, own);
    const isEmptied =
      inner.kind === 'map' && inner.entries.size === 0 && value.kind === 'map' && value.entries.size > 0;
    return isEmptied ? [] : [[key, inner]];
  });
  return { kind: 'map', entries: new Map(left) };
}

function lowered(tree: ArchiveTree, chart: ChartTree, values: ValueNode, above: ValueNode): ValueNode {
  return chart.subcharts.reduce<ValueNode>((current, sub) => {
    const own = without(nodeAt(chartValues(tree, sub), GLOBAL), above);
    return valueKeys(chart, sub).reduce<ValueNode>((all, key) => {
      const below = nodeAt(all, [key]) ?? EMPTY_MAP;
      const globals = mergeValues(nodeAt(below, GLOBAL) ?? EMPTY_MAP, own);
      const inner = lowered(tree, sub, withGlobals(below, globals), mergeValues(above, globals));
      return withNode(all, [key], inner);
    }, current);
  }, values);
}

/**
 * Effective values with the globals of subcharts where helm has them: below the subchart that defines them, for it and those below
 * it alone, and not at the root.
 */
export function withOwnGlobals(values: ValueNode, tree: ArchiveTree, chart: ChartTree): ValueNode {
  const globals = unlifted(nodeAt(values, GLOBAL) ?? EMPTY_MAP, GLOBAL, chartValues(tree, chart));
  return lowered(tree, chart, withGlobals(values, globals), globals);
}

/** Whether a global that stands in the values of a chart, by its path, is one that only subcharts define. */
export function isLifted(tree: ArchiveTree, chart: ChartTree, path: ValuePath): boolean {
  const isDefined = (one: ChartTree): boolean => nodeAt(chartValues(tree, one), path) !== undefined;
  const isBelow = (one: ChartTree): boolean => one.subcharts.some((sub) => isDefined(sub) || isBelow(sub));
  return path[0] === 'global' && !isDefined(chart) && isBelow(chart);
}
