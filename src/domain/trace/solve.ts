import type { ImageUse } from '../images/image-use.ts';
import type { Attribution, Link } from './attribution.ts';
import type { Slot } from './slot.ts';

/** What replaces a slot. */
export interface Fill {
  readonly slot: Slot;
  readonly text: string;
}

/** The fills that move the references, and the uses that no set of fills can move. */
export interface Solution {
  readonly fills: readonly Fill[];
  readonly unsolved: readonly ImageUse[];
}

/** The text for a slot so that `left`, the text and the slot's tail make exactly `wanted`; undefined when none does. */
function fillFor(link: Link, left: string, wanted: string): string | undefined {
  if (!wanted.startsWith(left) || !wanted.endsWith(link.tail)) return undefined;
  const end = wanted.length - link.tail.length;
  return end < left.length ? undefined : wanted.slice(left.length, end);
}

function vote(counts: ReadonlyMap<string, number>): string | undefined {
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0].length - b[0].length || (a[0] < b[0] ? -1 : 1));
  return ranked[0]?.[0];
}

function headFills(attributions: readonly Attribution[], wanted: (use: ImageUse) => string): Map<Slot, string> {
  const votes = new Map<Slot, Map<string, number>>();
  for (const { use, links } of attributions) {
    const text = fillFor(links[0], '', wanted(use));
    if (text === undefined) continue;
    const counts = votes.get(links[0].slot) ?? new Map<string, number>();
    votes.set(links[0].slot, counts.set(text, (counts.get(text) ?? 0) + 1));
  }
  const fills = new Map<Slot, string>();
  for (const [slot, counts] of votes) {
    const text = vote(counts);
    if (text !== undefined) fills.set(slot, text);
  }
  return fills;
}

/** What stands between two slots of a reference that follow each other. */
function between(link: Link, next: Link): string {
  return link.tail.slice(0, link.tail.length - next.tail.length - next.slot.length);
}

/** Moves what the head's fill leaves wrong by the next slots of the reference. */
function settle({ links }: Attribution, fills: Map<Slot, string>, wanted: string): void {
  let left = fills.get(links[0].slot);
  if (left === undefined) return;
  for (const [index, link] of links.entries()) {
    const next = links[index + 1];
    if (next === undefined || (left + link.tail === wanted && !fills.has(next.slot))) return;
    const before: string = left + between(link, next);
    const text: string | undefined = fills.get(next.slot) ?? fillFor(next, before, wanted);
    if (text === undefined) return;
    fills.set(next.slot, text);
    left = before + text;
  }
}

/** What a reference becomes under the fills. */
function filled({ links }: Attribution, fills: ReadonlyMap<Slot, string>): string {
  return links
    .map((link, index) => {
      const { value, offset, length } = link.slot;
      const next = links[index + 1];
      const own = fills.get(link.slot) ?? (value ?? '').slice(offset, offset + length);
      return own + (next === undefined ? link.tail : between(link, next));
    })
    .join('');
}

/**
 * The fewest fills under which every attributed use becomes exactly `wanted`. Where references that share a slot want
 * different texts in it (`docker.io` before `nginx` and before `org/app`), the most frequent wins and the others are
 * mended by their next slot.
 */
export function solve(attributions: readonly Attribution[], wanted: (use: ImageUse) => string): Solution {
  const fills = headFills(attributions, wanted);
  for (const one of attributions) settle(one, fills, wanted(one.use));
  // a later reference may have filled a slot of an earlier one
  const unsolved = attributions.filter((one) => filled(one, fills) !== wanted(one.use)).map(({ use }) => use);
  return { fills: [...fills].map(([slot, text]) => ({ slot, text })), unsolved };
}
