import { formatPath, type ValuePath } from '../domain/chart/values-tree.ts';
import type { LeafChange } from '../domain/overlay/gather-edits.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import type { Residue } from '../domain/proof/compare.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { byFormOf, isAsked, noteOnce, solveAll } from './moves.ts';
import { proveReleases } from './prove-release.ts';
import type { Verdict } from './release-item.ts';
import { rewrite } from './relocate.ts';
import type { Run } from './run.ts';

/** What was changed though nobody has asked for it: by its form alone, or for a profile that was looked at. */
function changedUnasked(item: ChartItem, run: Run): readonly LeafChange[] {
  const { traced, relocated, pins } = item;
  if (relocated === undefined) return [];
  const asked = traced.filter(isAsked).flatMap(({ attributions }) => attributions);
  const needed = new Set(asked.flatMap(({ links }) => links.map(({ slot }) => JSON.stringify(slot.path))));
  const all = solveAll(traced, relocated.reach, pins, run, byFormOf(item));
  return all.flatMap(({ declared, changes, traced: own }) => [
    ...declared,
    ...(isAsked(own) ? [] : changes.filter(({ path }) => !needed.has(JSON.stringify(path)))),
  ]);
}

/** Whether what a proof leaves shows this change: the text from before is gone, or the one from after is there. */
function isShown({ before = '', after }: LeafChange, { expected, found }: Residue): boolean {
  const wasThere = expected === undefined || before === '' || expected.includes(before);
  return found === undefined ? before !== '' && wasThere && expected !== undefined : found.includes(after) && wasThere;
}

/** What a proof leaves, with what it finds in the text and cannot explain. */
function leftBy({ residue = [], unexplained = [] }: Partial<Verdict> = {}): readonly Residue[] {
  return [...residue, ...unexplained.map(({ text }) => ({ place: '', expected: undefined, found: text }))];
}

/** The values whose move the proofs of what was asked for show: of several for one text, those that say the most of it. */
function spoilersOf(item: ChartItem, run: Run): readonly ValuePath[] {
  const verdicts = livingReleases(item).flatMap(({ verdict, profiles }) => [
    verdict,
    ...profiles.flatMap((one) => (isAskedFor(one.profile) ? [one.verdict] : [])),
  ]);
  const changes = changedUnasked(item, run);
  return verdicts
    .flatMap((verdict) => leftBy(verdict))
    .flatMap((one) => {
      const shown = changes.filter((change) => isShown(change, one));
      const most = Math.max(...shown.map(({ after }) => after.length));
      return shown.filter(({ after }) => after.length === most).map(({ path }) => path);
    });
}

/** So often names are left out that a proof shows. */
const ROUNDS = 3;

/**
 * Leaves those names in values where they are that nothing asked for has shown and whose move the proof shows as residue, since the
 * others need not stay for them. Where that does not prove the chart, none is spared.
 */
export async function proveSparing(
  item: ChartItem,
  index: number,
  run: Run,
  isFailed: (item: ChartItem) => boolean,
): Promise<void> {
  for (let round = 0; round < ROUNDS && isFailed(item) && item.relocated?.reach === 'declared'; round += 1) {
    const spoilers = spoilersOf(item, run);
    if (spoilers.length === 0) break;
    item.spared = [...item.spared, ...spoilers];
    await rewrite(item, index, 'declared', run);
    await proveReleases(item, index, run);
  }
  if (item.spared.length === 0) return;
  if (isFailed(item)) {
    item.spared = [];
    return;
  }
  const keys = [...new Set(item.spared.map((path) => formatPath(path)))].join(', ');
  for (const release of livingReleases(item))
    noteOnce(release, `some names in values stay where they are: moving them would spoil the proof: ${keys}`);
}
