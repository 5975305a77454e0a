import type { DerivedLine, DifferingLines, RenderedLines } from './derived-hashes.ts';
import { keyAbove, keyAt, keysBeside } from './line-maps.ts';

/** Why a label may differ, in the words of the report. */
export const DERIVED_SLUG = 'a label or annotation that spells a moved reference in its own characters';

/** A reference and what it became. */
export interface MovedText {
  readonly text: string;
  readonly wanted: string;
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^\s*(?:- )?["']?[\w./-]+["']?:\s*(["']?)([A-Za-z0-9][A-Za-z0-9._-]*)\1$/;

/** So long is what was cut off at the end of a label's length; less may be anything. */
const CUT = 50;

/** How a text was spelled: what each of its separators became, and where it was cut off. */
interface Spelling {
  readonly signs: ReadonlyMap<string, string>;
  readonly cut: 'none' | 'begin' | 'end';
}

/** The separators of a text as those of another one; undefined where the letters differ, or one sign became two. */
function signsOf(text: string, slug: string): ReadonlyMap<string, string> | undefined {
  const signs = new Map<string, string>();
  for (const [index, sign] of [...text].entries()) {
    const other = slug.charAt(index);
    if (/[A-Za-z0-9]/.test(sign) ? sign !== other : !/[._-]/.test(other)) return undefined;
    if ((signs.get(sign) ?? other) !== other) return undefined;
    signs.set(sign, other);
  }
  return signs;
}

/** How a value spells a reference, whole or cut off; undefined where it does not. */
function spellingOf(text: string, slug: string): Spelling | undefined {
  const parts =
    slug.length === text.length
      ? ([[text, 'none']] as const)
      : slug.length < CUT || slug.length > text.length
        ? []
        : ([
            [text.slice(0, slug.length), 'end'],
            [text.slice(-slug.length), 'begin'],
          ] as const);
  for (const [part, cut] of parts) {
    const signs = signsOf(part, slug);
    if (signs !== undefined) return { signs, cut };
  }
  return undefined;
}

/** Whether a value spells another reference in the same way; what was whole may be cut off now, and the other way round. */
function isSpelled(text: string, slug: string, { signs, cut }: Spelling): boolean {
  const letters = [...text].map((sign) => (/[A-Za-z0-9]/.test(sign) ? sign : signs.get(sign)));
  if (letters.includes(undefined)) return false;
  const whole = letters.join('');
  if (slug === whole) return true;
  if (slug.length < CUT) return false;
  return (cut !== 'begin' && whole.startsWith(slug)) || (cut !== 'end' && whole.endsWith(slug));
}

/** Where a line stands wherever it stands: among labels, annotations, or anywhere else. */
function placeOf(line: string, lines: readonly string[]): 'label' | 'annotation' | undefined {
  const places = lines.flatMap((other, index) => {
    if (other !== line) return [];
    const key = keyAt(lines, index);
    const above = key === undefined ? undefined : keyAbove(lines, keysBeside(lines, key))?.name;
    return above === 'labels' || above === 'matchLabels' ? 'label' : above === 'annotations' ? 'annotation' : 'none';
  });
  const [first] = places;
  if (first === undefined || first === 'none' || places.includes('none')) return undefined;
  return places.includes('label') ? 'label' : first;
}

function withoutTag(text: string): string {
  return text.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

/** Whether two values spell a reference with a path, and what it became, in the same way, with tag or without. */
function isDerived(was: string, is: string, moved: readonly MovedText[]): boolean {
  return moved.some(({ text, wanted }) =>
    [[text, wanted] as const, [withoutTag(text), withoutTag(wanted)] as const].some(([from, to]) => {
      const spelling = from.includes('/') ? spellingOf(from, was) : undefined;
      return spelling !== undefined && isSpelled(to, is, spelling);
    }),
  );
}

function wordOf(line: string): string | undefined {
  return VALUE.exec(line)?.[2];
}

/**
 * Which differing lines are labels or annotations that spell a moved reference in characters of their own (`ghcr.io-org-app_1`),
 * and spell what it became in the same way. A label has to stay one that Kubernetes takes, and the former value may be nowhere
 * any more, since a selector of it would select nothing.
 */
export function derivedSlugs(
  differing: readonly DifferingLines[],
  moved: readonly MovedText[],
  renders: () => RenderedLines,
): readonly DerivedLine[] {
  return differing.flatMap(({ template, gone, fresh }) => {
    const left = [...fresh];
    return gone.flatMap((line): readonly DerivedLine[] => {
      const was = wordOf(line);
      if (was === undefined) return [];
      const start = line.slice(0, line.indexOf(was));
      const at = left.findIndex((other) => other.startsWith(start) && isDerived(was, wordOf(other) ?? '', moved));
      const other = at < 0 ? undefined : left[at];
      const is = other === undefined ? undefined : wordOf(other);
      if (other === undefined || is === undefined) return [];
      const { before, after } = renders();
      const [place, now] = [placeOf(line, before), placeOf(other, after)];
      if (place === undefined || place !== now || (place === 'label' && !LABEL.test(is))) return [];
      if (after.some((one) => one.includes(was))) return [];
      left.splice(at, 1);
      return [{ template, gone: line, fresh: other, why: DERIVED_SLUG }];
    });
  });
}
