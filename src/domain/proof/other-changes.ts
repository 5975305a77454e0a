import type { Residue } from './compare.ts';
import { type DifferingLines, derivedHashes, type RenderedLines } from './derived-hashes.ts';
import { derivedSlugs, type MovedText } from './derived-slugs.ts';
import { type Around, isPartPlace } from './part-places.ts';
import { linesOf, textByTemplate } from './template-lines.ts';

/** A planned reference with a digest that the original does not name, and the same without it. */
export interface PinnedText {
  readonly text: string;
  readonly plain: string;
}

/** What relocation is meant to change. Longer texts come before shorter ones. */
export interface Intended {
  /** Texts of which each may make a line of the original go: references, registries, values before they were edited. */
  readonly before: readonly string[];
  /** Planned references: they may stand anywhere. */
  readonly planned: readonly string[];
  /** The target's host, and values after they were edited: they may stand where parts of references do. */
  readonly parts: readonly string[];
  /** Further whole references that files of the chart spell out: what they became may stand where they stood. */
  readonly replaced?: readonly { readonly text: string; readonly wanted: string }[];
  /** Keys of values that were empty, and are set: a chart that prints its values prints them, too. */
  readonly filled?: ReadonlySet<string>;
  /** Fields of this chart that make references together, beside those that are always called so. */
  readonly fields?: ReadonlySet<string>;
  /** Every reference, with what it becomes: labels may spell it in characters of their own. */
  readonly moved?: readonly MovedText[];
  /** References that are read without their digests, longer ones first. */
  readonly pinned?: readonly PinnedText[];
}

/** A line as it would be without pins. */
export function withoutPins(line: string, pinned: readonly PinnedText[]): string {
  return pinned.reduce((text, pin) => text.replaceAll(pin.text, pin.plain), line);
}

/** The lines of `from` that `other` does not have, each as often as it has more of them. */
function onlyIn(from: readonly string[], other: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of other) counts.set(line, (counts.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}

/** What stands before a value, or undefined for a line of a text. */
export function keyOf(line: string): string | undefined {
  return /^\s*(?:- )?["']?[^\s"':]+["']?:/.exec(line)?.[0];
}

// digests and encoded data change with what they are made from; a long path of a repository has no large letter
const DERIVED = /\b[0-9a-f]{40,}\b|(?<![A-Za-z0-9+/])(?=[a-z0-9+/]{0,200}[A-Z])[A-Za-z0-9+/]{60,}={0,2}/;

// a chart may print its annotations, and so those that name the original
const OWN_MARK = /^\s*["']?airgap-charts\/source(?:-digest)?["']?:/;

/** How many lines around a name may hold its tag. */
const BESIDE = 6;

// no character of a key or value
const LEFT_OUT = '\u0001';

// what goes on is another reference
const GOES_ON = /^(?:[A-Za-z0-9_-]|[.:/@][A-Za-z0-9])/;

/** A line with all that is planned left out, as whole references. */
function withoutPlanned(line: string, planned: readonly string[]): string {
  return planned.reduce((text, reference) => {
    let rest = text;
    for (let index = rest.indexOf(reference); index >= 0; index = rest.indexOf(reference, index + 1))
      if (!GOES_ON.test(rest.slice(index + reference.length)))
        rest = rest.slice(0, index) + LEFT_OUT + rest.slice(index + reference.length);
    return rest;
  }, line);
}

/** Whether a line of the relocated render is as it is because references moved. */
function isMoved(line: string, around: Around, { planned, parts, fields = new Set() }: Intended): boolean {
  let rest = withoutPlanned(line, planned);
  for (const part of parts) {
    for (let index = rest.indexOf(part); index >= 0; index = rest.indexOf(part)) {
      if (!isPartPlace(rest, index, around, fields)) return false;
      rest = rest.slice(0, index) + LEFT_OUT + rest.slice(index + part.length);
    }
  }
  return rest !== line;
}

/** What is left of gone and new lines without those that are the same but for references that files of the chart spell out. */
function beyondReplaced(
  { gone, added }: { readonly gone: readonly string[]; readonly added: readonly string[] },
  replaced: Intended['replaced'] = [],
): { readonly gone: readonly string[]; readonly added: readonly string[] } {
  const left = [...gone];
  const others = added.filter((line) => {
    const before = replaced.reduce((text, one) => text.replaceAll(one.wanted, one.text), line);
    const at = before === line ? -1 : left.indexOf(before);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { gone: left, added: others };
}

/** Where the first of the texts begins in a line, as a whole word; undefined when none is in it. */
function firstOf(line: string, texts: readonly string[]): number | undefined {
  const places = texts.flatMap((text) => {
    for (let index = line.indexOf(text); index >= 0; index = line.indexOf(text, index + 1)) {
      const isWord =
        !/[A-Za-z0-9_]/.test(line.charAt(index - 1)) && !/[A-Za-z0-9_]/.test(line.charAt(index + text.length));
      if (isWord) return [index];
    }
    return [];
  });
  return places.length === 0 ? undefined : Math.min(...places);
}

const EMPTY = /^(\s*(?:- )?["']?([^\s"':]+)["']?:)\s*(?:""|''|null|~)?$/;

/** Whether a moved line stands for a gone one: it begins alike, up to the first text that was meant to change. */
function answers(line: string, { before, planned, filled = new Set() }: Intended): (moved: string) => boolean {
  const [, empty, key] = EMPTY.exec(line) ?? [];
  if (empty !== undefined && key !== undefined && filled.has(key)) {
    return (moved) => moved.startsWith(`${empty} `) && planned.includes(unquoted(moved.slice(empty.length).trim()));
  }
  const index = firstOf(line, before);
  // a template may quote one reference and not the other
  const start = index === undefined ? undefined : line.slice(0, index).replace(/["']$/, '');
  return (moved) => start !== undefined && moved.startsWith(start);
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2');
}

/** The gone lines for which no moved line stands. */
function unanswered(gone: readonly string[], moved: readonly string[], intended: Intended): readonly string[] {
  const left = [...moved];
  return gone.filter((line) => {
    const at = left.findIndex(answers(line, intended));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Whether a line may differ by chance: passwords and certificates are made anew in every render. */
function chanceOf(first: readonly string[], second: readonly string[]): (line: string) => boolean {
  const differing = [...onlyIn(first, second), ...onlyIn(second, first)];
  const keys = new Set(differing.map(keyOf));
  return (line) => differing.length > 0 && keys.has(keyOf(line));
}

const BESIDE_REFERENCES = ' (beside the references)';

/** Whether what is left of a proof is a line that differs beside the references. */
export function isBeside({ place }: Residue): boolean {
  return place.endsWith(BESIDE_REFERENCES);
}

/** Gone and new lines of one template, side by side where they say the same thing otherwise. */
function pairs(template: string, gone: readonly string[], fresh: readonly string[]): readonly Residue[] {
  const left = [...fresh];
  const place = `${template}${BESIDE_REFERENCES}`;
  const paired = gone.map((line): Residue => {
    const key = keyOf(line);
    const at = key === undefined ? -1 : left.findIndex((other) => keyOf(other) === key);
    return { place, expected: line.trim(), found: at < 0 ? undefined : left.splice(at, 1)[0]?.trim() };
  });
  return [...paired, ...left.map((line): Residue => ({ place, expected: undefined, found: line.trim() }))];
}

/** What a relocated render changes beside the references, and how many lines differ for which harmless reason. */
export interface OtherChanges {
  readonly residue: readonly Residue[];
  readonly explained: Readonly<Record<string, number>>;
}

/** The lines of one template that differ although no reference moved there. */
function differingLines(
  template: string,
  [before = '', twice = '', after = '']: readonly (string | undefined)[],
  intended: Intended,
): DifferingLines {
  const first = linesOf(before);
  const third = linesOf(after).map((line) => withoutPins(line, intended.pinned ?? []));
  const byChance = chanceOf(first, linesOf(twice));
  const isOther = (line: string): boolean => !byChance(line) && !DERIVED.test(line) && !OWN_MARK.test(line);
  const besideOf = (line: string): readonly string[] => {
    const at = third.indexOf(line);
    return third.slice(Math.max(0, at - BESIDE), at + BESIDE + 1);
  };
  const differing = { gone: onlyIn(first, third).filter(isOther), added: onlyIn(third, first).filter(isOther) };
  const left = beyondReplaced(differing, intended.replaced);
  const moved = left.added.filter((line) => isMoved(line, { gone: left.gone, beside: besideOf(line) }, intended));
  const fresh = left.added.filter((line) => !moved.includes(line));
  return { template, gone: unanswered(left.gone, moved, intended), fresh };
}

/**
 * What a relocated render changes beside the references: a value that was moved may also be a label, or a condition. The
 * original is given twice, so that lines which differ by chance are known. Without residue nothing else changed, but for what
 * is explained.
 */
export function otherChanges(
  originals: { readonly once: string; readonly again: string },
  relocated: string,
  intended: Intended,
): OtherChanges {
  const before = textByTemplate(originals.once);
  const twice = textByTemplate(originals.again);
  const after = textByTemplate(relocated);
  const differing = [...new Set([...before.keys(), ...after.keys()])].flatMap((template) => {
    const renders = [before, twice, after].map((texts) => texts.get(template));
    // most templates say the same in both
    return renders[0] === renders[2] ? [] : [differingLines(template, renders, intended)];
  });
  let read: RenderedLines | undefined;
  const renders = (): RenderedLines => {
    read ??= { before: linesOf(originals.once), after: linesOf(relocated) };
    return read;
  };
  const derived = [...derivedHashes(differing, renders), ...derivedSlugs(differing, intended.moved ?? [], renders)];
  const residue = differing.flatMap(({ template, gone, fresh }) => {
    const own = derived.filter((one) => one.template === template);
    const [without, others] = [own.map((one) => one.gone), own.map((one) => one.fresh)];
    return pairs(template, onlyIn(gone, without), onlyIn(fresh, others));
  });
  const reasons = Map.groupBy(derived, ({ why }) => why);
  return { residue, explained: Object.fromEntries([...reasons].map(([why, lines]) => [why, lines.length])) };
}
