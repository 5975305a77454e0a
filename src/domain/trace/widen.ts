import type { Attribution, Link } from './attribution.ts';
import { slotKey } from './slot.ts';

const NAME = /^[A-Za-z0-9._/-]*/;

/** How much of a value behind its slot is the name that the reference goes on with; 0 where the reference says something else. */
function restOf({ slot: { value = '', offset, length }, tail }: Link, next: Link | undefined): number {
  const [rest = ''] = NAME.exec(value.slice(offset + length)) ?? [];
  const room = next === undefined ? tail.length : tail.length - next.tail.length - next.slot.length;
  return rest.length <= room && tail.startsWith(rest) ? rest.length : 0;
}

function linksOf({ links, behind = [] }: Attribution): readonly (readonly [Link, Link | undefined])[] {
  return [...links.map((link, index) => [link, links[index + 1]] as const), ...behind.flatMap(linksOf)];
}

function widenedLink({ slot, tail }: Link, rests: ReadonlyMap<string, number>): Link {
  const rest = rests.get(slotKey(slot)) ?? 0;
  return { slot: { ...slot, length: slot.length + rest }, tail: tail.slice(rest) };
}

function widenedOne(one: Attribution, rests: ReadonlyMap<string, number>): Attribution {
  const [first, ...others] = one.links;
  const links = [widenedLink(first, rests), ...others.map((link) => widenedLink(link, rests))] as const;
  const behind = one.behind?.map((other) => widenedOne(other, rests));
  return { ...one, links, ...(behind === undefined ? {} : { behind }) };
}

/**
 * What makes of an attribution the same one with slots that cover all that their values say of a name, and no tag: for names whose
 * parts have to be written anew. A value with which one reference of `all` does not go on keeps its slot, or edits of it would
 * overlap.
 */
export function widening(all: readonly Attribution[]): (one: Attribution) => Attribution {
  const rests = new Map<string, number>();
  for (const [link, next] of all.flatMap(linksOf)) {
    const key = slotKey(link.slot);
    const rest = restOf(link, next);
    rests.set(key, Math.min(rest, rests.get(key) ?? rest));
  }
  return (one) => widenedOne(one, rests);
}
