import { isLifted } from '../domain/chart/own-globals.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import { type ChartItem, livingReleases } from './chart-item.ts';
import { isNotInPlace } from './chart-pins.ts';
import { proveReleases } from './prove-release.ts';
import type { Verdict } from './release-item.ts';
import { relocateAgain, rewriteAsFar } from './relocate.ts';
import type { Run } from './run.ts';

/** Whether a global that only subcharts define was set for all charts. */
function setsLifted({ relocated, pulled }: ChartItem): boolean {
  if (relocated === undefined || pulled === undefined) return false;
  const { tree, chart } = pulled;
  return relocated.edits.some(({ file, edit }) => file === 'values.yaml' && isLifted(tree, chart, edit.path));
}

/** What is not as it should be: proofs that decide, what these leave, and proofs of other profiles, each by its number. */
function shortfall(item: ChartItem): readonly number[] {
  const releases = livingReleases(item);
  const profiles = releases.flatMap((release) => release.profiles);
  const open = (verdicts: readonly (Verdict | undefined)[]): readonly (Verdict | undefined)[] =>
    verdicts.filter((verdict) => verdict?.proven !== true);
  const verdictsOf = (isAsked: boolean): readonly (Verdict | undefined)[] =>
    profiles.filter(({ profile }) => isAskedFor(profile) === isAsked).map(({ verdict }) => verdict);
  const asked = open([...releases.map(({ verdict }) => verdict), ...verdictsOf(true)]);
  const left = asked.map((verdict) =>
    verdict === undefined || verdict.reason !== undefined
      ? Number.MAX_SAFE_INTEGER
      : verdict.residue.length + verdict.unexplained.length,
  );
  return [asked.length, Math.max(0, ...left), open(verdictsOf(false)).length];
}

function isLess(one: readonly number[], than: readonly number[]): boolean {
  const at = one.findIndex((count, index) => count !== than[index]);
  return at >= 0 && (one[at] ?? 0) < (than[at] ?? 0);
}

/**
 * A global that only a subchart has is set at the root at first, where it serves all charts. Where something is not proven then,
 * since a chart beside it asks whether there is such a global, it is set in the subchart that has it; kept is what proves more.
 */
export async function proveOwnGlobals(item: ChartItem, index: number, run: Run): Promise<void> {
  const before = shortfall(item);
  if (before.every((count) => count === 0) || !setsLifted(item)) return;
  const { traced, pins } = item;
  item.ownGlobals = true;
  try {
    await relocateAgain(item, index, 'own-globals', run);
    await proveReleases(item, index, run);
    if (isLess(shortfall(item), before)) return;
  } catch (error) {
    if (!isNotInPlace(error)) throw error;
  }
  item.ownGlobals = false;
  item.traced = traced;
  item.pins = pins;
  await rewriteAsFar(item, index, run);
  await proveReleases(item, index, run);
}
