import { formatUsePlace, type ImageUse } from '../images/image-use.ts';

/** One place that is not as planned. `expected` or `found` is undefined where the other render has nothing there. */
export interface Residue {
  readonly place: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

function placeKey(use: ImageUse): string {
  return `${use.template}\n${use.kind}\n${use.path}`;
}

interface Group {
  readonly place: string;
  readonly expected: string[];
  readonly found: string[];
}

function groupFor(groups: Map<string, Group>, use: ImageUse): Group {
  const key = placeKey(use);
  const group = groups.get(key) ?? { place: formatUsePlace(use), expected: [], found: [] };
  groups.set(key, group);
  return group;
}

function without(texts: readonly string[], taken: readonly string[]): readonly string[] {
  const left = [...taken];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/**
 * Compares the references of a relocated render with those of the original: at each place (template, kind and path;
 * names may be random) exactly the planned texts, each as often as before. An empty result means equal.
 */
export function compareUses(
  original: readonly ImageUse[],
  relocated: readonly ImageUse[],
  wanted: (use: ImageUse) => string,
): readonly Residue[] {
  const groups = new Map<string, Group>();
  for (const use of original) groupFor(groups, use).expected.push(wanted(use));
  for (const use of relocated) groupFor(groups, use).found.push(use.text);
  return [...groups.values()].flatMap(({ place, expected, found }) => {
    const missing = without(expected, found);
    const surplus = without(found, expected);
    const length = Math.max(missing.length, surplus.length);
    return Array.from({ length }, (_, index) => ({ place, expected: missing[index], found: surplus[index] }));
  });
}
