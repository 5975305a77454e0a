import { isCarried } from '../domain/images/image-use.ts';
import { byTagAlone } from '../domain/plan/destination.ts';
import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import { namedOnly } from './named-only.ts';
import type { ReleaseItem } from './release-item.ts';

/**
 * Whether the relocated chart pulls a hidden image from the target: proven by a render, by the form of its value only, or
 * not at all.
 */
export type Moved = 'proven' | 'by-form' | 'no';

/** An image that the values of a release do not render, and other values may. */
export interface HiddenImage {
  readonly reference: Reference;
  readonly evidence: 'conditional' | 'declared';
  /** The profiles that show it, or the keys and annotations that name it. */
  readonly when: readonly string[];
  readonly moved: Moved;
  /** Whether a template spells it out: only a patch of the chart moves it there, no value. */
  readonly isSpelledOut: boolean;
}

/** Whether the source of an image was seen to have it. */
export type Confirmation = { readonly kind: 'confirmed' } | { readonly kind: 'unconfirmed'; readonly reason: string };

function shownBy(release: ReleaseItem): readonly Reference[] {
  const asked = release.profiles.filter(({ profile }) => isAskedFor(profile)).map(({ extraction }) => extraction);
  const all = [...(release.extraction === undefined ? [] : [release.extraction]), ...asked];
  return all.flatMap(({ uses }) => uses).map(({ reference }) => reference);
}

function conditional(release: ReleaseItem, shown: ReadonlySet<string>): readonly HiddenImage[] {
  const found = new Map<string, { reference: Reference; when: string[]; proven: boolean }>();
  for (const { profile, extraction, ownUses, verdict } of release.profiles) {
    if (isAskedFor(profile)) continue;
    // what stands in test values is no part of the chart: whoever uses them has it as it is
    const own = new Set(profile.kind === 'switch' ? [] : ownUses.map(({ reference }) => formatReference(reference)));
    const references = new Map(
      extraction.uses
        .filter(({ role }) => isCarried(role))
        .map(({ reference }) => [formatReference(reference), reference] as const),
    );
    for (const [text, reference] of references) {
      if (shown.has(text)) continue;
      const one = found.get(text) ?? { reference, when: [], proven: true };
      one.when.push(formatProfile(profile));
      one.proven &&= verdict?.proven === true && !own.has(text);
      found.set(text, one);
    }
  }
  return [...found.values()].map(({ reference, when, proven }) => ({
    reference,
    evidence: 'conditional',
    when,
    moved: proven ? 'proven' : 'no',
    isSpelledOut: false,
  }));
}

/**
 * The images of a release that its own values do not render: those that another profile shows, then those that only values
 * and annotations name. Valid once the chart is proven.
 */
export function hiddenImages(item: ChartItem, release: ReleaseItem): readonly HiddenImage[] {
  const shown = shownBy(release);
  const elsewhere = conditional(release, new Set(shown.map(formatReference)));
  const found = [...shown, ...elsewhere.map(({ reference }) => reference)];
  // lists for dt name by its tag at the target what the chart pins
  const known = [...found, ...found.filter(({ digest }) => digest !== undefined).map(byTagAlone)];
  const declared = namedOnly(item, release, known).map(
    ({ reference, when, isSpelledOut, isMoved }): HiddenImage => ({
      reference,
      evidence: 'declared',
      when,
      moved: isMoved ? 'by-form' : 'no',
      isSpelledOut,
    }),
  );
  return [...elsewhere, ...declared];
}
