import type { ImageUse } from '../domain/images/image-use.ts';
import type { LinePatch } from '../domain/overlay/patch-literals.ts';
import type { PinnedText } from '../domain/proof/other-changes.ts';
import type { FileEdit, RelocatedChart } from './chart-item.ts';
import { wantedText } from './moves.ts';
import { pinOf } from './pin-digests.ts';
import type { Run } from './run.ts';

/** What a proof expects of a relocated chart, or of the original with the same values. */
export interface Planned {
  readonly wanted: (use: ImageUse) => string;
  /** The planned texts that name a digest that the chart did not have, and each without it. */
  readonly pinned: readonly PinnedText[];
  /** The digests of these. */
  readonly digests: readonly string[];
  /** Whether each of them may as well stand without its digest. */
  readonly isOptional: boolean;
  readonly edits: readonly FileEdit[];
  readonly patches: readonly LinePatch[];
}

function distinct(texts: readonly PinnedText[]): readonly PinnedText[] {
  return [...new Map(texts.map((one) => [one.text, one])).values()].sort((a, b) => b.text.length - a.text.length);
}

/** The forms that pins bring into the references of a profile that nobody asked for: there they are not measured. */
function possiblePins(uses: readonly ImageUse[], run: Run): readonly PinnedText[] {
  const wanted = wantedText(run);
  return uses.flatMap((use): readonly PinnedText[] => {
    const digest = pinOf(use, run);
    if (digest === undefined) return [];
    const plain = wanted(use.reference);
    const behindTag = { ...use.reference, digest };
    return [behindTag, { ...behindTag, tag: undefined }].map((reference) => ({ text: wanted(reference), plain }));
  });
}

/** What is expected of these uses. Where nobody asked for the values, a pin may be there or not: it is the same image. */
export function plannedFor(
  relocated: RelocatedChart | undefined,
  uses: readonly ImageUse[],
  isAsked: boolean,
  run: Run,
): Planned {
  const wanted = wantedText(run);
  const pins = relocated?.pinned ?? new Map();
  const own = uses.flatMap((use): readonly PinnedText[] => {
    const pin = pins.get(use);
    return pin === undefined ? [] : [{ text: wanted(pin.reference), plain: wanted(use.reference) }];
  });
  const isPinned = pins.size > 0;
  return {
    wanted: (use) => wanted(pins.get(use)?.reference ?? use.reference),
    pinned: distinct(isAsked ? own : isPinned ? possiblePins(uses, run) : []),
    digests: [...new Set([...pins.values()].flatMap(({ reference }) => reference.digest ?? []))].sort(),
    isOptional: !isAsked,
    edits: relocated?.edits ?? [],
    patches: relocated?.patches ?? [],
  };
}
