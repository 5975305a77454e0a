import { type ChartTree, valueKeys } from '../chart/chart-tree.ts';
import { nodeAt, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { overlayOf } from '../trace/overlay-tree.ts';

// helm reads values by YAML 1.1
const ON = /^(?:true|yes|on|y)$/i;

const SWITCHED_OFF: ValueNode = { kind: 'plain', source: 'false', origin: { kind: 'layer', layer: -1, path: [] } };

function onPaths(node: ValueNode, path: ValuePath): readonly ValuePath[] {
  switch (node.kind) {
    case 'map':
      return [...node.entries].flatMap(([key, inner]) => onPaths(inner, [...path, key]));
    case 'list':
      return node.items.flatMap((item, index) => onPaths(item, [...path, index]));
    case 'plain':
      return ON.test(node.source) ? [path] : [];
    case 'string':
    case 'null':
      return [];
  }
}

/** Conditions of dependencies that no value sets: helm takes them for true. */
function silentConditions(chart: ChartTree, values: ValueNode, prefix: ValuePath): readonly ValuePath[] {
  const own = chart.metadata.dependencies.flatMap(({ condition }) =>
    (condition ?? '').split(',').flatMap((one) => {
      const path = [...prefix, ...one.trim().split('.')];
      return one.trim() === '' || nodeAt(values, path) !== undefined ? [] : [path];
    }),
  );
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) => silentConditions(sub, values, [...prefix, key])),
  );
  return [...own, ...below];
}

/** The booleans that are on, as paths, those included that dependencies name and no value sets. */
export function switchesThatAreOn(chart: ChartTree, values: ValueNode): readonly ValuePath[] {
  const all = [...silentConditions(chart, values, []), ...onPaths(values, [])];
  return [...new Map(all.map((path) => [JSON.stringify(path), path])).values()];
}

/** The smallest values document that turns these switches off over `values`. */
export function switchedOff(values: ValueNode, paths: readonly ValuePath[]): ValueNode {
  return overlayOf(
    values,
    paths.map((path) => ({ path, node: SWITCHED_OFF })),
  );
}
