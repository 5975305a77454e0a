import type { ArchiveTree } from '../chart/archive-tree.ts';
import { textsBelow } from '../chart/chart-files.ts';
import { type ChartTree, valueKeys } from '../chart/chart-tree.ts';
import type { ValuePath } from '../chart/values-tree.ts';
import { valuePaths } from '../trace/candidates.ts';
import { type ShapeHint, shapeHints } from './shape-hints.ts';
import { type Speaks, speakingTemplates, withoutComments } from './speaking-templates.ts';

/** What the templates of a chart tell about pull secrets. */
export interface MinedKeys {
  /** Keys of that name which they read. */
  readonly named: readonly ValuePath[];
  /** Whatever else is read where they write a list of pull secrets. */
  readonly beside: readonly ValuePath[];
  /** The names of such keys that are read from a map which a template was given. */
  readonly names: readonly string[];
  readonly hints: readonly ShapeHint[];
  readonly speaks: Speaks;
}

const NAMED = /pull[-_]?secrets?(?:[-_]?names?)?$/i;
const WORD = /pull-?secret/i;
const RELATIVE = /[."']([A-Za-z]*[pP]ull[-_]?[sS]ecrets?(?:[nN]ames?)?)\b/g;
const CALLS_AND_PATHS = /\b(?:include|template|define)\s+["`][^"`]*["`]|\.Values(?:\.\w+)+/g;

/** Whether a key's name says that it holds pull secrets, or the name of one. */
export function isSecretKey(key: string): boolean {
  return NAMED.test(key);
}

/** The lines of a template in which a list of pull secrets is written, with the conditions right above. */
function secretBlocks(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!WORD.test(line)) return [];
    const above = lines.slice(Math.max(0, index - 2), index);
    const rest = lines.slice(index + 1, index + 9);
    const end = rest.findIndex((one) => !/^\s*(?:\{\{|-)/.test(one));
    const conditions = above.filter((one) => /^\s*\{\{-?\s*(?:if|with|range)\b/.test(one));
    return [[...conditions, line, ...rest.slice(0, end < 0 ? rest.length : end)].join('\n')];
  });
}

function relativeNames(text: string): readonly string[] {
  return [...text.replace(CALLS_AND_PATHS, '').matchAll(RELATIVE)].map((match) => match[1] ?? '');
}

interface ChartTexts {
  readonly prefix: ValuePath;
  readonly texts: readonly string[];
}

/**
 * The templates of a chart and its subcharts that say "pull secret", each with the keys above its values. Those of a
 * library read the values of the chart that calls them.
 */
function templatesOf(tree: ArchiveTree, chart: ChartTree, prefix: ValuePath): readonly ChartTexts[] {
  const own = textsBelow(tree, { ...chart, subcharts: [] }, 'templates/').map(({ text }) => withoutComments(text));
  const below = chart.subcharts.flatMap((sub) => {
    const inner = valueKeys(chart, sub).flatMap((key) => templatesOf(tree, sub, [...prefix, key]));
    return sub.metadata.type === 'library' ? [...inner, ...templatesOf(tree, sub, prefix)] : inner;
  });
  return [{ prefix, texts: own.filter((text) => WORD.test(text)) }, ...below];
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** Reads the templates of a chart and its subcharts for keys that could hold pull secrets. */
export function mineSecretKeys(tree: ArchiveTree, chart: ChartTree): MinedKeys {
  const all = templatesOf(tree, chart, []);
  const named = all.flatMap(({ texts, prefix }) =>
    valuePaths(texts, prefix).filter((path) => isSecretKey(String(path.at(-1) ?? ''))),
  );
  const beside = all.flatMap(({ texts, prefix }) => valuePaths(texts.flatMap(secretBlocks), prefix));
  const names = all.flatMap(({ texts }) => texts.flatMap(relativeNames));
  const speaks = speakingTemplates(textsBelow(tree, chart, 'templates/'));
  const hints = all.flatMap(({ texts, prefix }) => shapeHints(texts, prefix));
  return { named: unique(named), beside: unique(beside), names: unique(names), hints, speaks };
}
