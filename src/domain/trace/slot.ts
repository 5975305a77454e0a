import type { ValuePath } from '../chart/values-tree.ts';
import { PROBE_DOMAIN } from '../images/registry-hosts.ts';

/**
 * A spot in a value where the head of a reference may begin. A `host` slot covers the host's text (or nothing, where
 * a registry is empty or absent); a `path` slot is the point before a path that has no host. What replaces the slot
 * decides where the reference leads.
 */
export interface Slot {
  readonly id: number;
  readonly kind: 'host' | 'path';
  readonly path: ValuePath;
  /** The value it stands in; undefined where the values have no such key. */
  readonly value: string | undefined;
  readonly offset: number;
  readonly length: number;
}

/** Whether a slot stands for a key that is empty or absent. */
export function isBlankSlot({ value }: Slot): boolean {
  return value === undefined || value === '';
}

/** The same for two slots that are the same spot of the same value, whichever render they were tried in. */
export function slotKey({ path, value, offset, length }: Slot): string {
  return JSON.stringify([path, value, offset, length]);
}

/** The marker of a slot: a host of its own, or a prefix that keeps the number of slashes. */
export function markerOf(slot: Pick<Slot, 'id' | 'kind'>): string {
  return slot.kind === 'host' ? `zq${slot.id}z.${PROBE_DOMAIN}` : `zq${slot.id}z-`;
}

/** A value with texts put in place of slots. Slots must belong to this value and not overlap. */
export function fillSlots(value: string, fills: readonly { readonly slot: Slot; readonly text: string }[]): string {
  const ordered = [...fills].sort((a, b) => b.slot.offset - a.slot.offset);
  return ordered.reduce(
    (text, { slot, text: fill }) => text.slice(0, slot.offset) + fill + text.slice(slot.offset + slot.length),
    value,
  );
}

/** One marker inside a text. */
export interface MarkerHit {
  readonly id: number;
  readonly index: number;
  readonly length: number;
}

const MARKER = /zq(\d+)z(?:\.probe\.example|-)/g;

/** The markers in a text, from left to right. */
export function markersIn(text: string): readonly MarkerHit[] {
  return [...text.matchAll(MARKER)].map((match) => ({
    id: Number(match[1]),
    index: match.index,
    length: match[0].length,
  }));
}
