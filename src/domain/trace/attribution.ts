import type { ImageUse } from '../images/image-use.ts';
import { markerOf, markersIn, type Slot } from './slot.ts';

/** One slot inside a rendered reference: the text before it is `before` characters long once markers are taken out. */
export interface Link {
  readonly slot: Slot;
  /** What follows the slot in the reference, without markers. */
  readonly tail: string;
}

/** Which slots made a use's reference, from left to right. The first one is its head. */
export interface Attribution {
  readonly use: ImageUse;
  readonly links: readonly [Link, ...Link[]];
  /** How it is made where a registry that is empty now is set: by that one first, each by another. */
  readonly behind?: readonly Attribution[];
  /** An official name of Docker Hub with its tag, `busybox:1.36`, that templates spell out behind these values, and nothing else. */
  readonly official?: string;
  /** What templates spell out before these values; without it they make the whole reference. */
  readonly lead?: string;
}

type Slots = ReadonlyMap<number, Slot>;

/** The text with every marker replaced by what it stood for. An empty registry takes its slash along. */
export function withoutMarkers(text: string, slots: Slots): string {
  let out = '';
  let from = 0;
  for (const hit of markersIn(text)) {
    const slot = slots.get(hit.id);
    if (slot === undefined) continue;
    out += text.slice(from, hit.index) + (slot.value ?? '').slice(slot.offset, slot.offset + slot.length);
    from = hit.index + hit.length;
    if (slot.kind === 'host' && slot.length === 0 && text[from] === '/') from += 1;
  }
  return out + text.slice(from);
}

/** The slots of a reference; the first one need not be its beginning. */
function linksOf(probed: string, slots: Slots): readonly [Link, ...Link[]] | undefined {
  const links = markersIn(probed).flatMap((hit): readonly Link[] => {
    const slot = slots.get(hit.id);
    return slot === undefined ? [] : [{ slot, tail: withoutMarkers(probed.slice(hit.index + hit.length), slots) }];
  });
  const [first, ...rest] = links;
  return first === undefined ? undefined : [first, ...rest];
}

function placeKey(use: ImageUse): string {
  return `${use.template}\n${use.kind}\n${use.path}`;
}

function byPlace(uses: readonly ImageUse[]): ReadonlyMap<string, readonly ImageUse[]> {
  const groups = new Map<string, ImageUse[]>();
  for (const use of uses) {
    const key = placeKey(use);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [use]);
    else group.push(use);
  }
  return groups;
}

/** Whether a probed reference is this one with another head: what follows the head is the end of the original. */
function isSameTail(original: string, links: readonly [Link, ...Link[]], slots: Slots, probed: string): boolean {
  return original.endsWith(links[0].tail) || withoutMarkers(probed, slots) === original;
}

/**
 * Compares the uses of a render with markers against those of the plain render, place by place (objects may have
 * random names, so place means template, kind, path and order). Uses whose reference begins with a marker are
 * attributed to its slot; with `any` heads also those that a template begins and slots go on with.
 */
export function attribute(
  base: readonly ImageUse[],
  probed: readonly ImageUse[],
  slots: readonly Slot[],
  heads: 'values' | 'any' = 'values',
): ReadonlyMap<ImageUse, Attribution> {
  const known: Slots = new Map(slots.map((slot) => [slot.id, slot]));
  const found = new Map<ImageUse, Attribution>();
  const probedAt = byPlace(probed);
  for (const [key, uses] of byPlace(base)) {
    const others = probedAt.get(key) ?? [];
    uses.forEach((use, index) => {
      const other =
        uses.length === others.length
          ? others[index]
          : others.find((one) => withoutMarkers(one.text, known) === use.text);
      const links = other === undefined ? undefined : linksOf(other.text, known);
      if (other === undefined || links === undefined || !isSameTail(use.text, links, known, other.text)) return;
      const lead = other.text.slice(0, other.text.indexOf(markerOf(links[0].slot)));
      if (lead === '') found.set(use, { use, links });
      else if (heads === 'any') found.set(use, { use, links, lead });
    });
  }
  return found;
}
