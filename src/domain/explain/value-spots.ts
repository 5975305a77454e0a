import { isScalar } from 'yaml';
import type { ValuesLayer } from '../addon.ts';
import { type ArchiveTree, type FileAddress, formatAddress, textAt } from '../chart/archive-tree.ts';
import { textsBelow } from '../chart/chart-files.ts';
import type { ChartTree } from '../chart/chart-tree.ts';
import { readValues } from '../chart/values-document.ts';
import type { ValueOrigin, ValuePath } from '../chart/values-tree.ts';
import { type Location, locate } from '../overlay/locate.ts';
import type { ExplainedSpot } from './report.ts';

function offsetOf(found: Location): number | undefined {
  switch (found.kind) {
    case 'scalar':
    case 'alias':
      return found.node.range?.[0];
    case 'merged':
      return isScalar(found.merge.key) ? found.merge.key.range?.[0] : undefined;
    case 'absent':
    case 'other':
      return undefined;
  }
}

/** The line, from 1, at which the value of a path stands in a YAML text, or the alias or merge that brings it; undefined where nothing sets it. */
export function lineOfValue(text: string, path: ValuePath): number | undefined {
  const { text: readable, document } = readValues(text, 'values');
  const offset = offsetOf(locate(document, path));
  return offset === undefined ? undefined : readable.slice(0, offset).split('\n').length;
}

// values that stand inside of another file are named after the line at which they begin
const INSIDE = /^(.*):(\d+)$/s;

/** A place in a layer: in a file of its own, or in the catalog or overrides file that holds it. */
function spotInLayer({ origin, name, text }: ValuesLayer, path: ValuePath): ExplainedSpot {
  const line = lineOfValue(text, path) ?? null;
  const inside = origin === 'values-file' ? null : INSIDE.exec(name);
  if (inside === null) return { file: name, line };
  const [, file = name, first = '1'] = inside;
  return { file, line: line === null ? null : Number(first) + line - 1 };
}

/** Finds where values are set: by their origin, in the layers of a render and in the files of a chart. */
export type SpotFinder = (origin: ValueOrigin) => ExplainedSpot | null;

/** The name under which helm shows files of a chart and its subcharts: `shop/charts/cache/values.yaml`. */
export function shownName(tree: ArchiveTree, chart: ChartTree, address: FileAddress): string {
  const file = address.at(-1)?.replace(/^.*charts\/[^/]*\//, '') ?? '';
  const found = textsBelow(tree, chart, file).find((one) => formatAddress(one.address) === formatAddress(address));
  return found?.shown ?? `${chart.metadata.name}/${formatAddress(address)}`;
}

/** Where a subchart sets a global of its own, which counts as one of the root. */
function liftedSpot(tree: ArchiveTree, chart: ChartTree, path: ValuePath): ExplainedSpot | null {
  for (const { shown, text } of textsBelow(tree, chart, 'values.yaml')) {
    const line = shown.endsWith('/values.yaml') ? lineOfValue(text, path) : undefined;
    if (line !== undefined) return { file: shown, line };
  }
  return null;
}

/** A finder for one render. What no file sets, such as a switch that was turned, has no place. */
export function spotFinder(tree: ArchiveTree, chart: ChartTree, layers: readonly ValuesLayer[]): SpotFinder {
  const known = new Map<string, ExplainedSpot | null>();
  const find = (origin: ValueOrigin): ExplainedSpot | null => {
    if (origin.kind === 'layer') {
      const layer = layers[origin.layer];
      return layer === undefined ? null : spotInLayer(layer, origin.path);
    }
    const text = textAt(tree, origin.address);
    const line = text === undefined ? undefined : lineOfValue(text, origin.path);
    if (line !== undefined) return { file: shownName(tree, chart, origin.address), line };
    return origin.path[0] === 'global' ? liftedSpot(tree, chart, origin.path) : null;
  };
  return (origin) => {
    const key = JSON.stringify(origin);
    const before = known.get(key);
    if (before !== undefined) return before;
    const spot = find(origin);
    known.set(key, spot);
    return spot;
  };
}
