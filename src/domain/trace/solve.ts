import type { ImageUse } from '../images/image-use.ts';
import type { Attribution } from './attribution.ts';
import { between, type Fill, type Fills, fill, filled, fillFor, type Strategy, textOf, type Wanted } from './fills.ts';
import { type Slot, slotKey } from './slot.ts';

/** The fills that move the references, and the uses that no set of fills can move. */
export interface Solution {
  readonly fills: readonly Fill[];
  readonly unsolved: readonly ImageUse[];
}

/** Fills by their slots. */
function bySlot({ fills }: Solution): Fills {
  return new Map(fills.map((one) => [slotKey(one.slot), one]));
}

function vote(counts: ReadonlyMap<string, number>): string | undefined {
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0].length - b[0].length || (a[0] < b[0] ? -1 : 1));
  return ranked[0]?.[0];
}

/** Fills the heads that have no fill yet, each with what most of its references want. */
function fillHeads(attributions: readonly Attribution[], fills: Fills, wanted: Wanted): void {
  const votes = new Map<string, { readonly slot: Slot; readonly counts: Map<string, number> }>();
  for (const { use, links } of attributions) {
    const { slot } = links[0];
    const text = textOf(fills, slot) === undefined ? fillFor(links[0], '', wanted(use)) : undefined;
    if (text === undefined) continue;
    const { counts } = votes.get(slotKey(slot)) ?? { counts: new Map<string, number>() };
    votes.set(slotKey(slot), { slot, counts: counts.set(text, (counts.get(text) ?? 0) + 1) });
  }
  for (const { slot, counts } of votes.values()) {
    const text = vote(counts);
    if (text !== undefined) fill(fills, slot, text);
  }
}

/** Moves what the head's fill leaves wrong by the next slots of the reference. */
function settle({ links }: Attribution, fills: Fills, wanted: string): void {
  let left = textOf(fills, links[0].slot);
  if (left === undefined) return;
  for (const [index, link] of links.entries()) {
    const next = links[index + 1];
    if (next === undefined || (left + link.tail === wanted && textOf(fills, next.slot) === undefined)) return;
    const before: string = left + between(link, next);
    const text: string | undefined = textOf(fills, next.slot) ?? fillFor(next, before, wanted);
    if (text === undefined) return;
    fill(fills, next.slot, text);
    left = before + text;
  }
}

/**
 * A host that several values make together (`account`, `region`, `domain`): each takes its part of the wanted text, which
 * is split where the template joins them, and the last one needed takes the rest. None is filled where that cannot be.
 */
function spread({ links }: Attribution, fills: Fills, wanted: string): void {
  if (textOf(fills, links[0].slot) !== undefined) return;
  const parts: Fill[] = [];
  let left = '';
  for (const [index, link] of links.entries()) {
    const next = links[index + 1];
    const joint = next === undefined ? '' : between(link, next);
    const end = joint === '' ? -1 : wanted.indexOf(joint, left.length);
    const rest = fillFor(link, left, wanted);
    const text = rest ?? (end < 0 ? undefined : wanted.slice(left.length, end));
    if (text === undefined || (textOf(fills, link.slot) ?? text) !== text) return;
    parts.push({ slot: link.slot, text });
    if (rest !== undefined) break;
    left += text + joint;
  }
  for (const part of parts) fill(fills, part.slot, part.text);
}

/** Keeps the names behind what is before them: heads first, then what they leave wrong. */
function byHeads(attributions: readonly Attribution[], fills: Fills, wanted: Wanted): void {
  fillHeads(attributions, fills, wanted);
  for (const one of attributions) settle(one, fills, wanted(one.use));
  for (const one of attributions) spread(one, fills, wanted(one.use));
}

/** The registries, by their slots, that are set and make something else of a reference than is wanted. */
function spoiledBy({ use, behind = [] }: Attribution, fills: Fills, wanted: Wanted): readonly string[] {
  const set = behind.filter(({ links }) => textOf(fills, links[0].slot) !== undefined);
  return set.filter((one) => filled(one, fills) !== wanted(use)).map(({ links }) => slotKey(links[0].slot));
}

/** How a reference is made where a registry before it is set by now; as it was found where none is. */
function asSet(one: Attribution, fills: Fills): Attribution {
  return one.behind?.find(({ links }) => textOf(fills, links[0].slot) !== undefined) ?? one;
}

/** Adds fills for further references, but none that would spoil one of `settled`; returns those that could be moved. */
function extend(
  fills: Fills,
  settled: readonly Attribution[],
  found: readonly Attribution[],
  wanted: Wanted,
  strategy: Strategy,
): readonly Attribution[] {
  const more = found.map((one) => asSet(one, fills));
  const holds = (tried: Fills, all: readonly Attribution[]): boolean =>
    all.every((one) => filled(one, tried) === wanted(one.use) && spoiledBy(one, tried, wanted).length === 0);
  const tried: Fills = new Map(fills);
  strategy(more, tried, wanted);
  if (holds(tried, [...settled, ...more])) {
    for (const [key, value] of tried) fills.set(key, value);
    return more;
  }
  const [only, ...others] = more;
  if (only === undefined || others.length === 0) return [];
  const moved: Attribution[] = [];
  for (const one of more) moved.push(...extend(fills, [...settled, ...moved], [one], wanted, strategy));
  return moved;
}

/** Those whose head is one of these slots. */
function ledBy(heads: ReadonlySet<string>): (one: Attribution) => boolean {
  return ({ links: [{ slot }] }) => heads.has(slotKey(slot));
}

/** Whether all these references are moved by a solution, and none by a registry that was set before it, too. */
function movesAll(solution: Solution, all: readonly Attribution[], wanted: Wanted): boolean {
  const set = bySlot(solution);
  const left = new Set(solution.unsolved);
  return all.every((one) => !left.has(one.use) && spoiledBy(one, set, wanted).length === 0);
}

/** A solution in which registries that are empty now move all that is behind them; undefined where they cannot. */
function solveTogether(
  heads: ReadonlySet<string>,
  attributions: readonly Attribution[],
  wanted: Wanted,
  later: readonly Attribution[],
  strategy: Strategy,
): Solution | undefined {
  const isLed = ledBy(heads);
  const behind = attributions.map((one) => one.behind?.find(isLed) ?? one);
  const together = solveOnce(behind, wanted, later, strategy);
  return movesAll(together, behind, wanted) ? together : undefined;
}

/**
 * A solution in which these registries stay empty: what they alone would have moved is unsolved (`busybox` needs `library/`
 * before it, others behind the same registry do not).
 */
function solveWithout(
  heads: ReadonlySet<string>,
  attributions: readonly Attribution[],
  wanted: Wanted,
  later: readonly Attribution[],
  strategy: Strategy,
): Solution {
  const isLed = ledBy(heads);
  const isLeft = (one: Attribution): boolean => !isLed(one);
  const { fills, unsolved } = solveOnce(attributions.filter(isLeft), wanted, later.filter(isLeft), strategy);
  const dropped = [...attributions, ...later].filter(isLed).map(({ use }) => use);
  return { fills, unsolved: [...unsolved, ...dropped] };
}

/**
 * The fewest fills under which every attributed use becomes exactly `wanted`. Where references that share a slot want
 * different texts in it (`docker.io` before `nginx` and before `org/app`), the most frequent wins and the others are
 * mended by their next slot. `later` are references of less weight: their fills never change what `attributions` become.
 */
export function solve(
  attributions: readonly Attribution[],
  wanted: Wanted,
  later: readonly Attribution[] = [],
  strategy: Strategy = byHeads,
): Solution {
  const first = solveOnce(attributions, wanted, later, strategy);
  const fills = bySlot(first);
  const spoiling = new Set(attributions.flatMap((one) => spoiledBy(one, fills, wanted)));
  const isStuck = attributions.some(({ use }) => first.unsolved.includes(use));
  if (spoiling.size === 0 && !isStuck) return first;
  const empty = attributions.flatMap(({ behind = [] }) => behind.map(({ links }) => slotKey(links[0].slot)));
  const together = solveTogether(spoiling.size > 0 ? spoiling : new Set(empty), attributions, wanted, later, strategy);
  return together ?? (spoiling.size > 0 ? solveWithout(spoiling, attributions, wanted, later, strategy) : first);
}

function solveOnce(
  attributions: readonly Attribution[],
  wanted: Wanted,
  later: readonly Attribution[],
  strategy: Strategy,
): Solution {
  const fills: Fills = new Map();
  strategy(attributions, fills, wanted);
  // a later reference may have filled a slot of an earlier one
  const isMoved = (one: Attribution): boolean => filled(one, fills) === wanted(one.use);
  const settled = attributions.filter(isMoved);
  const moved = new Set([...settled, ...extend(fills, settled, later, wanted, strategy)].map(({ use }) => use));
  const unsolved = [...attributions, ...later].map(({ use }) => use).filter((use) => !moved.has(use));
  return { fills: [...fills.values()], unsolved };
}
