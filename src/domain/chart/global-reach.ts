import type { ArchiveTree } from './archive-tree.ts';
import { textsBelow } from './chart-files.ts';
import { type ChartTree, valueKeys } from './chart-tree.ts';
import { definesGlobal } from './effective-values.ts';
import type { ValuePath } from './values-tree.ts';

/** The charts from the root to the one whose values stand at a path. */
export function chartsTo(root: ChartTree, path: ValuePath): readonly [ChartTree, ...(readonly ChartTree[])] {
  const [step, ...rest] = path;
  const sub = root.subcharts.find((one) => valueKeys(root, one).includes(String(step)));
  return sub === undefined ? [root] : [root, ...chartsTo(sub, rest)];
}

const DEFINED = /\{\{-?\s*define\s+["`]([^"`]+)["`]/g;
const INCLUDED = /\b(?:include|template)\s+["`]([^"`]+)["`]/g;

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

/** The templates of a chart, and those anywhere in the tree that have what these include. */
function readTemplates(tree: ArchiveTree, root: ChartTree, chart: ChartTree): ReadonlySet<string> {
  const all = textsBelow(tree, root, 'templates/').map(({ text }) => text);
  const read = new Set(textsBelow(tree, { ...chart, subcharts: [] }, 'templates/').map(({ text }) => text));
  // what is added is looked at, too
  for (const text of read) {
    const included = new Set(namesIn(text, INCLUDED));
    for (const other of included.size === 0 ? [] : all)
      if (namesIn(other, DEFINED).some((name) => included.has(name))) read.add(other);
  }
  return read;
}

/** Whether a global concerns the chart whose values stand at a path. */
export type GlobalReach = (name: string, path: ValuePath) => boolean;

/**
 * Which globals of a chart's values concern which of its charts: those that the chart or one above it defines, or that its
 * templates read. A subchart's own global is among the values of the root, but says nothing to the charts beside it.
 */
export function globalReach(tree: ArchiveTree, root: ChartTree): GlobalReach {
  const templates = new Map<ChartTree, ReadonlySet<string>>();
  return (name, path) => {
    const charts = chartsTo(root, path);
    if (charts.some((chart) => definesGlobal(tree, chart, name))) return true;
    const chart = charts.at(-1) ?? root;
    const read = templates.get(chart) ?? readTemplates(tree, root, chart);
    templates.set(chart, read);
    return [...read].some((text) => text.includes('global') && text.includes(name));
  };
}
