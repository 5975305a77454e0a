import type { ExcludedImages } from '../domain/addon.ts';
import { exclusionReason } from '../domain/images/exclusion.ts';
import type { ReleaseItem } from './release-item.ts';

/** What is told of an exclusion that fits nothing: most likely it is a slip, and what it was meant for is mirrored. */
export function unusedExclusion({ pattern }: ExcludedImages): string {
  return `the exclusion ${pattern} fits no image of the release`;
}

/** Takes that back for exclusions that explain a text which only looks like an image: this is known once a release is proven. */
export function withdrawUsedExclusions({ addon, notes, verdict, profiles }: ReleaseItem): void {
  const explained = [verdict, ...profiles.map((one) => one.verdict)].flatMap((one) =>
    Object.keys(one?.explained ?? {}),
  );
  for (const one of addon.excluded) {
    const at = notes.indexOf(unusedExclusion(one));
    if (at >= 0 && explained.includes(exclusionReason(one))) notes.splice(at, 1);
  }
}
