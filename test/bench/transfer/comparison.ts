import { isWhole } from './check.ts';
import { fixed, knownMedian, mebibytes, median, textTable } from './figures.ts';
import { REQUEST_KINDS, type RequestKind } from './request-kind.ts';
import { type Outcome, problemsOf } from './scenarios.ts';
import type { Passed } from './world.ts';

const PEER = 'crane';
const SIDES = ['source', 'target'] as const;

function byTool(outcomes: readonly Outcome[]): ReadonlyMap<string, readonly Outcome[]> {
  return Map.groupBy(outcomes, ({ tool }) => tool);
}

function secondsOf(outcomes: readonly Outcome[]): number {
  return median(outcomes.map(({ measured }) => measured.seconds));
}

/** All requests of one side. */
export function requestsOf(outcome: Passed, side: keyof Passed): number {
  return Object.values(outcome[side].requests).reduce((sum, count) => sum + count, 0);
}

function countOf(outcomes: readonly Outcome[], side: keyof Passed, kind: RequestKind): number {
  return median(outcomes.map((outcome) => outcome[side].requests[kind] ?? 0));
}

/** The best time of a peer that did what it was to do; not a number when there is none. */
function bestPeer(tools: ReadonlyMap<string, readonly Outcome[]>): number {
  const good = [...tools.values()].filter((all) => all.every((one) => !one.isOurs && problemsOf(one).length === 0));
  return Math.min(...good.map(secondsOf));
}

const HEADER = [
  ...['tool', 'wall s', 'to crane', 'to best peer', 'CPU s', 'peak MiB', 'source requests', 'target requests'],
  ...['source MiB', 'over unique', 'refused', 'equal', 'whole', 'others'],
];

function row(tool: string, all: readonly Outcome[], peer: number, best: number, unique: number): readonly string[] {
  const seconds = secondsOf(all);
  const bytes = median(all.map(({ source }) => source.bytesDown));
  const equal = Math.min(...all.map(({ verdict }) => verdict.equal));
  const sides = SIDES.map((side) => fixed(median(all.map((outcome) => requestsOf(outcome, side))), 0));
  return [
    ...[tool, fixed(seconds, 2), fixed(seconds / peer, 2), fixed(seconds / best, 2)],
    fixed(knownMedian(all.map(({ measured }) => measured.cpuSeconds)), 2),
    mebibytes(knownMedian(all.map(({ measured }) => measured.peakBytes))),
    ...sides,
    ...[mebibytes(bytes, 1), unique === 0 ? '-' : fixed(bytes / unique, 3)],
    fixed(median(all.map(({ source, target }) => source.refused + target.refused)), 0),
    `${equal}/${all[0]?.verdict.images ?? 0}`,
    all.every(({ verdict }) => isWhole(verdict)) ? 'yes' : 'NO',
    fixed(knownMedian(all.map(({ measured }) => measured.othersCores)), 2),
  ];
}

/** The tools side by side in one scenario. `unique` is how many bytes the source has that the target has not. */
export function comparisonTable(outcomes: readonly Outcome[], unique: number): string {
  const tools = byTool(outcomes);
  const peer = secondsOf(tools.get(PEER) ?? []);
  const best = bestPeer(tools);
  return textTable(
    HEADER,
    [...tools].map(([tool, all]) => row(tool, all, peer, best, unique)),
  );
}

/** Requests by kind, as those to the source + those to the target. */
export function requestTable(outcomes: readonly Outcome[]): string {
  const tools = [...byTool(outcomes)];
  const kinds = REQUEST_KINDS.filter((kind) =>
    tools.some(([, all]) => SIDES.some((side) => all.some((one) => (one[side].requests[kind] ?? 0) > 0))),
  );
  const rows = kinds.map((kind) => [
    kind,
    ...tools.map(([, all]) => SIDES.map((side) => fixed(countOf(all, side, kind), 0)).join(' + ')),
  ]);
  const extremes = (['connections', 'most'] as const).map((what) => [
    what === 'most' ? 'at once' : what,
    ...tools.map(([, all]) => SIDES.map((side) => fixed(median(all.map((one) => one[side][what])), 0)).join(' + ')),
  ]);
  return textTable(['requests', ...tools.map(([tool]) => tool)], [...rows, ...extremes]);
}
