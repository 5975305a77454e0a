import type { ChartText } from '../chart/chart-files.ts';
import { looksLikeRegistry } from '../reference.ts';
import { templateDepth } from './compared-values.ts';
import { ADDS, DUG, escaped, HANDED_ON, type Literal, nameOf, patchLiterals, START } from './patch-literals.ts';
import { dictValues } from './template-calls.ts';

/**
 * The registry and the paths that a name begins with, the longest first, each with what it must become. Without a registry they are
 * words that say too little, but where fields make the name together.
 */
function beginningsOf({ text, wanted, split = [] }: Literal): readonly Literal[] {
  const steps = text.split('/');
  const kind = looksLikeRegistry(steps[0] ?? '') ? 'beginning' : 'field';
  if (kind === 'field' && split.length === 0) return [];
  return steps.slice(1).flatMap((_, index): readonly Literal[] => {
    const tail = `/${steps.slice(steps.length - 1 - index).join('/')}`;
    // behind a flat name's joint there is no slash: it goes with what is before
    const cut = wanted.endsWith(tail) ? tail : tail.slice(1);
    if (!wanted.endsWith(cut) || (cut !== tail && split.length > 0)) return [];
    const [before, after] = [text.slice(0, -cut.length), wanted.slice(0, -cut.length)];
    return [{ kind, text: before, wanted: after, ...(split.length > 0 ? { split } : {}) }];
  });
}

/** The beginnings of a name that end inside of one of its parts, as templates write them: `quay.io/org/app-` of `quay.io/org/app-one`. */
function cutsOf({ text, wanted }: Literal, written: readonly string[]): readonly Literal[] {
  return written.flatMap((before): readonly Literal[] => {
    const tail = text.slice(before.length);
    if (!text.startsWith(before) || !wanted.endsWith(tail)) return [];
    return [{ kind: 'beginning', text: before, wanted: wanted.slice(0, wanted.length - tail.length) }];
  });
}

/** What a template may add to: the name of a reference, then its beginnings, the longest first. */
function partsOf(literal: Literal, written: readonly string[]): readonly Literal[] {
  if (literal.begun !== undefined) return [{ kind: 'beginning', ...literal.begun }];
  const name = nameOf(literal);
  const begun = name ?? (/[:@][^/]*$/.test(literal.text) ? undefined : literal);
  if (begun === undefined) return [];
  return [...(name === undefined ? [] : [name]), ...cutsOf(begun, written), ...beginningsOf(begun)];
}

// up to what a template adds inside of a name: an expression, a format, or the end of a quoted text
const WRITTEN = new RegExp(
  `${START}[A-Za-z0-9][A-Za-z0-9.-]*(?::\\d+)?(?:/[a-z0-9._-]+)+(?:(?=${ADDS})|(?<=[._-])(?=["'\`]))`,
  'g',
);

/** The paths in templates that end inside of a name, the longest first. */
function writtenIn(templates: readonly ChartText[]): readonly string[] {
  const all = templates.flatMap(({ text }) => [...text.matchAll(WRITTEN)].map(([found]) => found));
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

function standsIn(file: ChartText, literal: Literal): boolean {
  return file.text.includes(literal.text) && patchLiterals(file, [literal]).patches.length > 0;
}

/** The templates, without what is a comment in them. */
function templatesOf(texts: readonly ChartText[]): readonly ChartText[] {
  return texts
    .filter(({ shown }) => templateDepth(shown) !== undefined)
    .map((file) => ({ ...file, text: file.text.replace(/\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}|^\s*#.*$/gm, '') }));
}

const ADDED = new RegExp(`${ADDS}(?:(?<=%[a-z])|.*?(?:\\}\\}|$))`);
const CONTROL = /^[ \t]*\{\{-?\s*(?:if|else|with|range|end)\b/;

/** Whether what is written from here on, with anything in place of what a template adds, may be the reference. */
function fits(written: string, isInAction: boolean, text: string): boolean {
  let pattern = '';
  let rest = written;
  for (;;) {
    const [plain = ''] = /^[^\s"'`{%,;)]*/.exec(rest) ?? [];
    pattern += escaped(plain);
    rest = rest.slice(plain.length);
    const added = ADDED.exec(rest);
    if (added?.index !== 0) break;
    // two in a row are one: each would try all of what the others take
    if (!pattern.endsWith('\\S*')) pattern += '\\S*';
    rest = rest.slice(added[0].length);
    // what stands behind a condition may be one of several
    if (CONTROL.test(added[0])) return new RegExp(`^${pattern}`).test(text);
  }
  // the text goes on where its format ends inside of an expression
  return new RegExp(`^${pattern}${isInAction ? '' : '$'}`).test(text);
}

/** Whether a line has the part right before something that a template adds, so that it may be the beginning of the reference. */
function isCompletedIn(line: string, { kind, text: part }: Literal, { text }: Literal): boolean {
  const behind = kind === 'name' ? '[:@][A-Za-z0-9._-]*' : '/?';
  const before = new RegExp(`${START}${escaped(part)}(?=${behind}${ADDS})`, 'g');
  const isCompleted = [...line.matchAll(before)].some(({ index }) => {
    const isInAction = line.lastIndexOf('{{', index) > line.lastIndexOf('}}', index);
    return fits(line.slice(index), isInAction, text);
  });
  const argument = new RegExp(`\\bprintf\\s+"[^"]*"(?:\\s+[^\\s"]+)*\\s+["\`]${escaped(part)}/?["\`]\\s+[^\\s)}|]`);
  return isCompleted || argument.test(line);
}

/** Whether a line has the part as a quoted text that an expression hands on, or a helper has it as all that it says. */
function isHandedOnIn(line: string, { text }: Literal, isHelper: boolean): boolean {
  const handed = new RegExp(`\\{\\{(?:(?!\\}\\}).)*${HANDED_ON}["'\`]${escaped(text)}/?["'\`]`);
  const dug = new RegExp(`${DUG.before}["'\`]${escaped(text)}/?["'\`]${DUG.behind}`);
  const isInDict = dictValues(line).some((value) => value.text.replace(/\/$/, '') === text);
  return (
    isInDict ||
    handed.test(line) ||
    dug.test(line) ||
    (isHelper && new RegExp(`^\\s*${escaped(text)}/?\\s*$`).test(line))
  );
}

/** The answer to a question about a literal, asked once. */
function answered(known: Map<string, boolean>, literal: Literal, ask: () => boolean): boolean {
  const key = JSON.stringify(literal);
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

/** Where parts of references stand in a chart. */
class Places {
  readonly #texts: readonly ChartText[];
  readonly #templates: readonly ChartText[];
  readonly #written: readonly string[];
  // many references begin alike
  readonly #standing = new Map<string, boolean>();
  readonly #handedOn = new Map<string, boolean>();

  constructor(texts: readonly ChartText[]) {
    this.#texts = texts;
    this.#templates = templatesOf(texts);
    this.#written = writtenIn(this.#templates);
  }

  has(literal: Literal): boolean {
    return answered(this.#standing, literal, () => this.#texts.some((file) => standsIn(file, literal)));
  }

  #isHandedOn(part: Literal): boolean {
    return answered(this.#handedOn, part, () =>
      this.#anyLine(part, (line, isHelper) => isHandedOnIn(line, part, isHelper)),
    );
  }

  #anyLine(part: Literal, test: (line: string, isHelper: boolean) => boolean): boolean {
    return this.#templates.some(({ text }) => {
      if (!text.includes(part.text)) return false;
      const isHelper = /\{\{-?\s*define\b/.test(text);
      return text.split('\n').some((line) => line.includes(part.text) && test(line, isHelper));
    });
  }

  isCompleted(part: Literal, literal: Literal): boolean {
    return this.#anyLine(part, (line) => isCompletedIn(line, part, literal));
  }

  partsOf(literal: Literal): readonly Literal[] {
    return partsOf(literal, this.#written);
  }

  /** The parts of a reference that stand somewhere: first those that a template completes or hands on, then the others. */
  choices(literal: Literal): readonly Literal[] {
    const standing = this.partsOf(literal).filter((part) => this.has(part));
    const isUsed = (part: Literal): boolean => this.isCompleted(part, literal) || this.#isHandedOn(part);
    const used = standing.filter(isUsed);
    return [...used, ...standing.filter((part) => !used.includes(part))];
  }
}

/** The first choice of each that is undisputed: who has another yields, and where nobody or several have none, all go without. */
function settled(choices: readonly (readonly Literal[])[], fixed: readonly Literal[]): readonly Literal[] {
  let open = choices.map((own) =>
    own.filter(({ text, wanted }) => fixed.every((one) => one.text !== text || one.wanted === wanted)),
  );
  for (;;) {
    const first = open.flatMap(([one]) => (one === undefined ? [] : [one]));
    const disputed = first.find(({ text, wanted }) => first.some((one) => one.text === text && one.wanted !== wanted));
    if (disputed === undefined) return first;
    const bound = open.flatMap(([one, ...others]) => (one?.text === disputed.text && others.length === 0 ? [one] : []));
    const [keeper = disputed] = bound;
    const isKept = bound.every(({ wanted }) => wanted === keeper.wanted);
    open = open.map((own) =>
      own[0]?.text === disputed.text && !(isKept && own[0].wanted === keeper.wanted) ? own.slice(1) : own,
    );
  }
}

/**
 * What to look for in the files of a chart: references as a whole, or where no file spells one, its name before a tag that
 * a template adds, or else the longest beginning before names that a template adds; what templates complete or hand on goes before
 * what stands anywhere. Of a reference that is spelled as a whole, a part that a template completes to it is looked for, too. A part
 * that would have to become two different texts is left to the references that have no other.
 */
export function chooseLiterals(literals: readonly Literal[], texts: readonly ChartText[]): readonly Literal[] {
  const places = new Places(texts);
  const spelled = literals.filter((literal) => literal.begun === undefined && places.has(literal));
  const composed = literals.filter((literal) => !spelled.includes(literal));
  const parts = settled(
    composed.map((literal) => places.choices(literal)),
    spelled,
  );
  const further = spelled.flatMap((literal) => {
    const part = places.partsOf(literal).find((one) => places.isCompleted(one, literal) && places.has(one));
    return part === undefined ? [] : [[part]];
  });
  const all = [...parts, ...settled(further, [...spelled, ...parts])];
  return [...spelled, ...new Map(all.map((part) => [JSON.stringify(part), part])).values()];
}
