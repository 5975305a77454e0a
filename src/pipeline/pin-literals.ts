import type { ImageUse } from '../domain/images/image-use.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import { literalSpot, type UsePin } from './chart-pins.ts';
import { isAsked, type Moves, wantedText } from './moves.ts';
import type { Patched } from './patch-tree.ts';
import { pinOf } from './pin-digests.ts';
import type { Run } from './run.ts';

/** Whether digests are being written into a chart. */
export function isPinning({ pins, relocated }: ChartItem): boolean {
  const written = relocated === undefined ? 0 : relocated.pinned.size;
  return written > 0 || (pins !== undefined && pins.named.size > 0);
}

/** A use that a file may spell out, and what it becomes with its digest. */
export interface PinnableLiteral {
  readonly use: ImageUse;
  readonly reference: Reference;
  readonly text: string;
}

/** The uses that somebody asked for and that no value moves or pins: where a file spells one out, it can name the digest. */
export function pinnableLiterals({ pins }: ChartItem, moves: readonly Moves[], run: Run): readonly PinnableLiteral[] {
  if (pins === undefined || pins.given !== undefined) return [];
  const banned = new Set(pins.bans.map(({ spot }) => spot));
  const wanted = wantedText(run);
  const uses = moves.filter(({ traced }) => isAsked(traced)).flatMap(({ literals }) => literals);
  return uses.flatMap((use): readonly PinnableLiteral[] => {
    const digest = pinOf(use, run);
    if (digest === undefined || pins.named.has(use) || banned.has(literalSpot(use.text))) return [];
    const reference = { ...use.reference, digest };
    return [{ use, reference, text: wanted(reference) }];
  });
}

/** Those that were patched, with the lines that say so now. */
export function pinnedLiterals(
  literals: readonly PinnableLiteral[],
  { patches, pinned }: Patched,
): readonly (readonly [ImageUse, UsePin])[] {
  return literals
    .filter(({ use }) => pinned.has(use.text))
    .map(({ use, reference, text }) => {
      const lines = patches.filter(({ after }) => after.includes(text)).map(({ shown, line }) => `${shown}:${line}`);
      return [use, { image: formatReference(use.reference), reference, by: [...new Set(lines)].join(', ') }] as const;
    });
}
