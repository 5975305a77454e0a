import { formatUsePlace, type ImageUse } from '../images/image-use.ts';

/**
 * Beginnings of references that programs complete, each with its place, as the original names them and where only the relocated
 * render shows them. With what programs add, a name gets levels that nobody planned.
 */
export function completedBases(original: readonly ImageUse[], further: readonly ImageUse[]): readonly string[] {
  const bases = [...original.filter(({ role }) => role === 'base'), ...further];
  return [...new Set(bases.map((use) => `${use.text} at ${formatUsePlace(use)}`))];
}
