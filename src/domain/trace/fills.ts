import type { ImageUse } from '../images/image-use.ts';
import type { Attribution, Link } from './attribution.ts';
import { type Slot, slotKey } from './slot.ts';

/** What replaces a slot. */
export interface Fill {
  readonly slot: Slot;
  readonly text: string;
}

/** What is set so far, by `slotKey`. */
export type Fills = Map<string, Fill>;

/** What a reference must become. */
export type Wanted = (use: ImageUse) => string;

/** Adds fills that move the references, as far as those that are there allow it. */
export type Strategy = (attributions: readonly Attribution[], fills: Fills, wanted: Wanted) => void;

/** What a slot is to hold; undefined where nothing says so. */
export function textOf(fills: Fills, slot: Slot): string | undefined {
  return fills.get(slotKey(slot))?.text;
}

/** Sets what a slot is to hold. */
export function fill(fills: Fills, slot: Slot, text: string): void {
  fills.set(slotKey(slot), { slot, text });
}

/** The text for a slot so that `left`, the text and the slot's tail make exactly `wanted`; undefined when none does. */
export function fillFor(link: Link, left: string, wanted: string): string | undefined {
  if (!wanted.startsWith(left) || !wanted.endsWith(link.tail)) return undefined;
  const end = wanted.length - link.tail.length;
  return end < left.length ? undefined : wanted.slice(left.length, end);
}

/** What stands between two slots of a reference that follow each other. */
export function between(link: Link, next: Link): string {
  return link.tail.slice(0, link.tail.length - next.tail.length - next.slot.length);
}

/** What a slot holds as it is. */
export function ownText({ value, offset, length }: Slot): string {
  return (value ?? '').slice(offset, offset + length);
}

/** What a reference becomes under the fills. */
export function filled({ links }: Attribution, fills: Fills): string {
  return links
    .map((link, index) => {
      const next = links[index + 1];
      const own = textOf(fills, link.slot) ?? ownText(link.slot);
      return own + (next === undefined ? link.tail : between(link, next));
    })
    .join('');
}
