import type { ValuePath } from '../domain/chart/values-tree.ts';
import { isBeside } from '../domain/proof/other-changes.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { solveAll } from './moves.ts';
import { proveReleases } from './prove-release.ts';
import { relocateWithout, rewriteAsFar } from './relocate.ts';
import type { Run } from './run.ts';

/** The values that were moved and also say something else, such as a label: lines beside the references show them before and after. */
function spoilingValues(item: ChartItem, run: Run): readonly ValuePath[] {
  const { relocated, traced, pins } = item;
  const lines = livingReleases(item).flatMap(({ verdict }) => verdict?.residue.filter(isBeside) ?? []);
  if (relocated === undefined || lines.length === 0) return [];
  return solveAll(traced, relocated.reach, pins, run)
    .flatMap(({ changes }) => changes)
    .filter(({ before = '', after }) =>
      lines.some(
        ({ expected = '', found = '' }) => before !== '' && expected.includes(before) && found.includes(after),
      ),
    )
    .map(({ path }) => path);
}

/**
 * Relocates a chart again without moving the values that also say something else: a registry before them may move the same
 * references. Where that is not proven either, all is as before.
 */
export async function proveElsewhere(
  item: ChartItem,
  index: number,
  run: Run,
  isFailed: (item: ChartItem) => boolean,
): Promise<void> {
  const spoiling = spoilingValues(item, run);
  if (spoiling.length === 0) return;
  const { traced } = item;
  await relocateWithout(spoiling, item, index, run);
  await proveReleases(item, index, run);
  if (!isFailed(item)) return;
  item.traced = traced;
  await rewriteAsFar(item, index, run);
  await proveReleases(item, index, run);
}
