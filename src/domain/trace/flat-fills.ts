import type { Attribution, Link } from './attribution.ts';
import { between, type Fill, type Fills, fill, filled, fillFor, ownText, type Strategy, textOf } from './fills.ts';
import { slotKey } from './slot.ts';

/** So many ways to share a name among its values are compared: more differ in nothing that matters. */
const MOST_WAYS = 64;

/** Where a wanted text may be cut before a joint; without one, before and behind its slashes. */
function cutsOf(wanted: string, from: number, joint: string): readonly number[] {
  const places = Array.from({ length: wanted.length - from }, (_, index) => from + index);
  return joint === ''
    ? places.filter((at) => wanted[at] === '/' || wanted[at - 1] === '/')
    : places.filter((at) => wanted.startsWith(joint, at));
}

/** What a value before others may hold: what is set, or what it has, the base, or any part that ends at the joint. */
function choicesOf(
  link: Link,
  next: Link,
  left: string,
  wanted: string,
  fills: Fills,
  base: string,
): readonly string[] {
  const set = textOf(fills, link.slot);
  if (set !== undefined) return [set];
  const cuts = cutsOf(wanted, left.length, between(link, next)).map((end) => wanted.slice(left.length, end));
  return [...new Set([...(left === '' ? [base, `${base}/`] : [ownText(link.slot)]), ...cuts])];
}

/** The ways to make exactly `wanted` of the values of a reference that agree with what is set. */
function waysOf({ links }: Attribution, fills: Fills, wanted: string, base: string): readonly (readonly Fill[])[] {
  const ways: (readonly Fill[])[] = [];
  const go = (index: number, left: string, way: readonly Fill[]): void => {
    const [link, next] = [links[index], links[index + 1]];
    if (link === undefined || ways.length >= MOST_WAYS) return;
    if (next === undefined) {
      const text = fillFor(link, left, wanted);
      if (text !== undefined && (textOf(fills, link.slot) ?? text) === text)
        ways.push([...way, { slot: link.slot, text }]);
      return;
    }
    for (const text of choicesOf(link, next, left, wanted, fills, base)) {
      const before = left + text + between(link, next);
      if (wanted.startsWith(before)) go(index + 1, before, [...way, { slot: link.slot, text }]);
    }
  };
  go(0, '', []);
  return ways;
}

function costOf(way: readonly Fill[], base: string): number {
  const changed = way.filter(({ slot, text }) => ownText(slot) !== text).length;
  const [head] = way;
  // what stands behind the same registry elsewhere wants the target's whole path in it
  const isWhole = way.length === 1 || head?.text === base || head?.text === `${base}/`;
  return changed + (isWhole ? 0 : way.length);
}

function cheapest(ways: readonly (readonly Fill[])[], base: string): readonly Fill[] | undefined {
  return ways.toSorted((a, b) => costOf(a, base) - costOf(b, base))[0];
}

/** Those with the fewest ways first; of the same number, those whose head is wanted so by most. */
function inOrder(all: readonly Attribution[], fills: Fills, wanted: (one: Attribution) => string, base: string) {
  const votes = new Map<string, number>();
  const known = all.map((one) => {
    const ways = waysOf(one, fills, wanted(one), base);
    const [head] = cheapest(ways, base) ?? [];
    const vote = head === undefined ? '' : `${slotKey(head.slot)} ${head.text}`;
    votes.set(vote, (votes.get(vote) ?? 0) + 1);
    return { one, vote, count: ways.length };
  });
  return known
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => a.count - b.count || (votes.get(b.vote) ?? 0) - (votes.get(a.vote) ?? 0))
    .map(({ one }) => one);
}

/**
 * Fills for names whose every part may change, as flat ones do: each value takes its part of the wanted text, which is cut where
 * templates join the values. References with the fewest ways come first, and what is set stays for those after them.
 */
export function flatFills(base: string): Strategy {
  return (attributions, fills, wanted) => {
    const wantedOf = ({ use }: Attribution): string => wanted(use);
    for (const one of inOrder(attributions, fills, wantedOf, base)) {
      if (filled(one, fills) === wantedOf(one)) continue;
      for (const { slot, text } of cheapest(waysOf(one, fills, wantedOf(one), base), base) ?? [])
        fill(fills, slot, text);
    }
  };
}
