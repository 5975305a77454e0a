import { textsBelow } from '../domain/chart/chart-files.ts';
import type { ValuePath } from '../domain/chart/values-tree.ts';
import { type ComparedValue, comparedIn } from '../domain/overlay/compared-values.ts';
import type { LeafChange } from '../domain/overlay/gather-edits.ts';
import type { Residue } from '../domain/proof/compare.ts';
import { isBeside } from '../domain/proof/other-changes.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { isAsked, solveAll } from './moves.ts';
import { proveReleases } from './prove-release.ts';
import { relocateWithout, rewriteAsFar } from './relocate.ts';
import type { Run } from './run.ts';

/** The changes of values for what was asked for. */
function changesOf({ relocated, traced, pins }: ChartItem, run: Run): readonly LeafChange[] {
  if (relocated === undefined) return [];
  return solveAll(traced, relocated.reach, pins, run)
    .filter((moves) => isAsked(moves.traced))
    .flatMap(({ changes }) => changes);
}

/** The values that were moved and also say something else, such as a label: lines beside the references show them before and after. */
function spoilingValues(changes: readonly LeafChange[], lines: readonly Residue[]): readonly ValuePath[] {
  const isSaid = ({ before = '', after }: LeafChange): boolean =>
    before !== '' && lines.some(({ expected, found }) => expected?.includes(before) && found?.includes(after));
  return changes.filter(isSaid).map(({ path }) => path);
}

/** Values that expressions of templates compare with what they were, or look up by it; none that would have to become two texts. */
function comparedValues({ pulled }: ChartItem, changes: readonly LeafChange[]): readonly ComparedValue[] {
  const moved = changes.flatMap(({ before = '', after, path }) => (before === '' ? [] : [{ before, after, path }]));
  const templates = pulled === undefined ? [] : textsBelow(pulled.tree, pulled.chart, 'templates/');
  return [...Map.groupBy(moved, ({ before }) => before)].flatMap(([text, all]) => {
    const [wanted = '', ...others] = new Set(all.map(({ after }) => after));
    const value: ComparedValue = { text, wanted, paths: all.map(({ path }) => path) };
    const stands = templates.some((file) => {
      const become = comparedIn(file, [value]);
      return file.text.split('\n').some((line) => become(line) !== line);
    });
    return others.length === 0 && stands ? [value] : [];
  });
}

/**
 * Relocates a chart in other ways where lines beside the references differ: without moving the values that also say something
 * else, since a registry before them may move the same references; then with what templates compare values with moved, too.
 * Where neither is proven, all is as before.
 */
export async function proveElsewhere(
  item: ChartItem,
  index: number,
  run: Run,
  isFailed: (item: ChartItem) => boolean,
): Promise<void> {
  const lines = livingReleases(item).flatMap(({ verdict }) => verdict?.residue.filter(isBeside) ?? []);
  const changes = lines.length === 0 ? [] : changesOf(item, run);
  const spoiling = spoilingValues(changes, lines);
  const compared = run.options.templatePatches ? comparedValues(item, changes) : [];
  const { traced } = item;
  if (spoiling.length > 0) {
    await relocateWithout(spoiling, item, index, run);
    await proveReleases(item, index, run);
    if (!isFailed(item)) return;
    item.traced = traced;
  }
  if (compared.length > 0) {
    item.compared = compared;
    await rewriteAsFar(item, index, run);
    await proveReleases(item, index, run);
    if (!isFailed(item)) return;
    item.compared = [];
  }
  if (spoiling.length + compared.length === 0) return;
  await rewriteAsFar(item, index, run);
  await proveReleases(item, index, run);
}
