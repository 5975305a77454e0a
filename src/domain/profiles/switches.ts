import { type ChartTree, valueKeys } from '../chart/chart-tree.ts';
import type { Dependency } from '../chart/metadata.ts';
import { nodeAt, SWITCHED_ON, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { overlayOf } from '../trace/overlay-tree.ts';

// helm reads values by YAML 1.1
const OFF = /^(?:false|no|off|n)$/i;
const ON = /^(?:true|yes|on|y)$/i;

function booleanAt(values: ValueNode, path: ValuePath): boolean | undefined {
  const node = nodeAt(values, path);
  if (node?.kind !== 'plain') return undefined;
  return OFF.test(node.source) ? false : ON.test(node.source) ? true : undefined;
}

function offPaths(node: ValueNode, path: ValuePath): readonly ValuePath[] {
  switch (node.kind) {
    case 'map':
      return [...node.entries].flatMap(([key, inner]) => offPaths(inner, [...path, key]));
    case 'list':
      return node.items.flatMap((item, index) => offPaths(item, [...path, index]));
    case 'plain':
      return OFF.test(node.source) ? [path] : [];
    case 'string':
    case 'null':
      return [];
  }
}

/**
 * Whether helm leaves a dependency out: the first of its conditions that is a boolean decides, else its tags, which stand at
 * the root (helm, pkg/chart/v2/util/dependencies.go).
 */
function isLeftOut({ condition, tags }: Dependency, values: ValueNode, prefix: ValuePath): boolean {
  const conditions = (condition ?? '').split(',').map((one) => [...prefix, ...one.trim().split('.')]);
  const decided = conditions.map((path) => booleanAt(values, path)).find((state) => state !== undefined);
  if (decided !== undefined) return !decided;
  const tagged = tags.map((tag) => booleanAt(values, ['tags', tag])).filter((state) => state !== undefined);
  return tagged.length > 0 && tagged.every((state) => !state);
}

function startsWith(path: ValuePath, prefix: ValuePath): boolean {
  return prefix.every((step, index) => path[index] === step);
}

/** The keys under which values of subcharts stand that are left out, with the conditions that would bring them in. */
function dormant(chart: ChartTree, values: ValueNode, prefix: ValuePath): readonly ValuePath[] {
  const out = new Set(
    chart.metadata.dependencies.filter((one) => isLeftOut(one, values, prefix)).map(({ name, alias }) => alias ?? name),
  );
  return chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) =>
      out.has(key) ? [[...prefix, key]] : dormant(sub, values, [...prefix, key]),
    ),
  );
}

function conditionPaths(chart: ChartTree, prefix: ValuePath): readonly ValuePath[] {
  const own = chart.metadata.dependencies.flatMap(({ condition, tags }) => [
    ...(condition ?? '').split(',').map((one) => [...prefix, ...one.trim().split('.')]),
    ...tags.map((tag) => ['tags', tag]),
  ]);
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) => conditionPaths(sub, [...prefix, key])),
  );
  return [...own, ...below];
}

/**
 * The booleans that are off, as paths. Below a subchart that is left out only its own condition counts: nothing else
 * there has an effect while the subchart is out.
 */
export function switchesOf(chart: ChartTree, values: ValueNode): readonly ValuePath[] {
  const asleep = dormant(chart, values, []);
  const conditions = new Set(conditionPaths(chart, []).map((path) => JSON.stringify(path)));
  return offPaths(values, []).filter(
    (path) => conditions.has(JSON.stringify(path)) || !asleep.some((prefix) => startsWith(path, prefix)),
  );
}

/** The smallest values document that turns these switches on over `values`. */
export function switchedOn(values: ValueNode, paths: readonly ValuePath[]): ValueNode {
  return overlayOf(
    values,
    paths.map((path) => ({ path, node: SWITCHED_ON })),
  );
}
