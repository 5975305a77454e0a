import type { Slot } from '../trace/slot.ts';

/**
 * The part of a value that stands in a reference: the word at the slot, with the scheme before it. Of longer values the rest
 * is not shown, since it may hold anything: `…` stands for it. Null where the values have no such key.
 */
export function slotText({ value, offset }: Pick<Slot, 'value' | 'offset'>): string | null {
  if (value === undefined) return null;
  const before = value.slice(0, offset);
  const word = /^[^\s"'`,;|<>()[\]]*/.exec(value.slice(offset))?.[0] ?? '';
  const lead = /(?:^|[\s"'`,;|<>()[\]=])([a-z][a-z0-9+.-]*:\/\/|\/+)?$/i.exec(before)?.[1] ?? '';
  const isFirst = before.length === lead.length;
  const isLast = offset + word.length === value.length;
  return `${isFirst ? '' : '…'}${lead}${word}${isLast ? '' : '…'}`;
}
