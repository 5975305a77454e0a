import { keyAbove, keyAt, keysBeside } from './line-maps.ts';

/** The lines of one template that only one of two renders has. */
export interface DifferingLines {
  readonly template: string;
  readonly gone: readonly string[];
  readonly fresh: readonly string[];
}

/** A line that differs, with the one that stands in its place, and why that is harmless. */
export interface DerivedLine {
  readonly template: string;
  readonly gone: string;
  readonly fresh: string;
  readonly why: string;
}

/** Two renders as lines, with encoded ones as their texts. */
export interface RenderedLines {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Why a hash in a name may differ, in the words of the report. */
export const DERIVED_HASH = 'a hash in a name or label, which follows what was moved';

// a word of letters or a number alone may mean something
const HASH = /^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{6,}$/;

type Pair = readonly [before: string, after: string];

/** The hashes in which two lines differ, where they differ in nothing else. */
function changedHashes(gone: string, fresh: string): readonly Pair[] | undefined {
  const [before, after] = [gone, fresh].map((line) => line.split(/([A-Za-z0-9]+)/));
  if (before === undefined || after === undefined || before.length !== after.length) return undefined;
  const pairs = before.flatMap((part, index): readonly Pair[] => {
    const other = after[index] ?? '';
    return part === other ? [] : [[part, other]];
  });
  const areHashes = pairs.every(([old, now]) => old.length === now.length && HASH.test(old) && HASH.test(now));
  return areHashes && pairs.length > 0 ? pairs : undefined;
}

interface Match extends DerivedLine {
  readonly pairs: readonly Pair[];
}

/** Lines of a template that differ in hashes alone, side by side in their order. */
function matchesIn({ template, gone, fresh }: DifferingLines): readonly Match[] {
  const left = [...fresh];
  return gone.flatMap((line) => {
    const at = left.findIndex((other) => changedHashes(line, other) !== undefined);
    const [other = ''] = at < 0 ? [] : left.splice(at, 1);
    const pairs = at < 0 ? undefined : changedHashes(line, other);
    return pairs === undefined ? [] : [{ template, gone: line, fresh: other, why: DERIVED_HASH, pairs }];
  });
}

const LABELS = /^(?:labels|matchLabels)$/;
const WORD = /[A-Za-z0-9._-]+/g;

/** The words that name an object or stand in a label and hold one of the texts. */
function namesWith(texts: ReadonlySet<string>, lines: readonly string[]): ReadonlySet<string> {
  const names = lines.flatMap((line, index) => {
    if (!line.split(/[^A-Za-z0-9]+/).some((word) => texts.has(word))) return [];
    const key = keyAt(lines, index);
    const above = key === undefined ? undefined : keyAbove(lines, keysBeside(lines, key))?.name;
    const isName = key?.name === 'name' && above === 'metadata';
    return isName || (above !== undefined && LABELS.test(above)) ? (key?.value.match(WORD) ?? []) : [];
  });
  return new Set(names);
}

/** The word of a line that a part of it belongs to, for each place where it stands. */
function wordsWith(line: string, part: string): readonly string[] {
  return (line.match(WORD) ?? []).filter((word) => word.split(/[^A-Za-z0-9]+/).includes(part));
}

function partsOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(/[^A-Za-z0-9]+/)));
}

/** The changes of hashes that hold throughout: the one always becomes the other, and is nowhere left. */
function steadyPairs(pairs: readonly Pair[], { before, after }: RenderedLines): ReadonlyMap<string, string> {
  const [old, now] = [partsOf(before), partsOf(after)];
  const isSteady = ([was, is]: Pair): boolean =>
    !now.has(was) && !old.has(is) && pairs.every((other) => (other[0] === was) === (other[1] === is));
  return new Map(pairs.filter(isSteady));
}

/**
 * Which differing lines differ only in hashes that follow what was moved: in a name of an object, in a label, or where such a
 * name or label is meant, since some charts make new names for new images. The one hash must become the same other one
 * throughout the render.
 */
export function derivedHashes(
  differing: readonly DifferingLines[],
  renders: () => RenderedLines,
): readonly DerivedLine[] {
  const matches = differing.flatMap(matchesIn);
  if (matches.length === 0) return [];
  const both = renders();
  const steady = steadyPairs(
    matches.flatMap(({ pairs }) => pairs),
    both,
  );
  const names = namesWith(new Set(steady.keys()), both.before);
  const others = namesWith(new Set(steady.values()), both.after);
  const isNamed = (line: string, part: string, known: ReadonlySet<string>): boolean =>
    wordsWith(line, part).every((word) => known.has(word));
  return matches.filter(({ gone, fresh, pairs }) =>
    pairs.every(([was, is]) => steady.get(was) === is && isNamed(gone, was, names) && isNamed(fresh, is, others)),
  );
}
