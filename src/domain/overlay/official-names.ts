import type { ChartText } from '../chart/chart-files.ts';
import { templateDepth } from './compared-values.ts';
import { ADDS, escaped, type Replaced } from './patch-literals.ts';
import { withSpots } from './replace-spots.ts';
import { actionsIn, dictValues, type Expression, type QuotedText } from './template-calls.ts';

/** How templates spell an official name: with its tag, or before a tag that they add. */
type Spelling = 'whole' | 'name';

const LIBRARY = 'library/';
/** What a template makes of a registry ends here: an expression, or its place in a format. A part of a pattern. */
const REGISTRY_END = '(?:\\}\\}|%[a-z])';
/** A registry with its slash that an expression makes at the beginning of an image field. A part of a pattern. */
const FIELD_ACTION = `image["']?:\\s*["']?\\{\\{[^{}]*\\}\\}`;
const WORD_END = '(?![A-Za-z0-9_-]|[.:/@][A-Za-z0-9])';
const TAG_ADDED = `(?=[:@][A-Za-z0-9._-]*${ADDS})`;
const HELPER = /\{\{-?\s*define\b/;
/** A single word may mean anything: its line has to speak of images before it. */
const ABOUT_IMAGES = /image|repo|registry/i;

// what is compared or looked up is no part of a reference
const ASKS = /^(?:eq|ne|contains|hasPrefix|hasSuffix|has|hasKey|index|get|dig|regexMatch|fail|required)$/;

/** What a call may make a reference of: not the keys of a map, nor the name of a template. */
function partsOf(name: string, args: readonly Expression[]): readonly Expression[] {
  if (ASKS.test(name)) return args.filter(({ kind }) => kind !== 'text');
  if (name === 'dict') return args.filter((_, index) => index % 2 === 1);
  return name === 'include' || name === 'template' ? args.slice(1) : args;
}

function handedOn(said: Expression | undefined): readonly QuotedText[] {
  if (said === undefined || said.kind === 'word') return [];
  return said.kind === 'text' ? [said] : partsOf(said.name, said.args).flatMap(handedOn);
}

/** The quoted texts of a line that its expressions hand on. */
function quotedIn(line: string): readonly QuotedText[] {
  // a dict may have begun in an earlier line
  return line.includes('{{') ? actionsIn(line).flatMap(({ said }) => handedOn(said)) : dictValues(line);
}

function nameOf(text: string): string {
  return text.replace(/[:@].*$/s, '');
}

/** Where a line has a text behind a registry, by the patterns before and behind it, and in quotes. */
function placesOf(line: string, text: string, [before, behind]: readonly [string, string]): readonly number[] {
  const pattern = new RegExp(`(?<=${before})${escaped(text)}${behind}`, 'g');
  const quoted = quotedIn(line).filter((one) => one.text === text);
  return [...line.matchAll(pattern), ...quoted].map(({ index }) => index);
}

function isAboutImages(line: string): (index: number) => boolean {
  return (index) => ABOUT_IMAGES.test(line.slice(0, index));
}

/** Where a line spells a name as it stands in the reference: behind a registry, in quotes, or alone in a helper. */
function wholeIn(line: string, text: string, isHelper: boolean): readonly number[] {
  if (nameOf(text) === text)
    return placesOf(line, text, [`(?:${REGISTRY_END}/|${FIELD_ACTION})`, WORD_END]).filter(isAboutImages(line));
  const alone = isHelper && line.trim() === text ? [line.indexOf(text)] : [];
  return [...placesOf(line, text, [`${REGISTRY_END}/?`, WORD_END]), ...alone];
}

/** Where a line spells a name before the tag that it adds, or hands it on in quotes for another line to add one. */
function nameIn(line: string, text: string): readonly number[] {
  const before = `${REGISTRY_END}/?|\\bprintf\\s+["\`]`;
  return placesOf(line, text, [before, TAG_ADDED]).filter(isAboutImages(line));
}

/** A name as it is looked for in the lines of a file, and what it becomes. */
interface SpelledName extends Replaced {
  readonly placesIn: (line: string, isHelper: boolean) => readonly number[];
}

function spelledAs({ text, wanted }: Replaced, spelling: Spelling): SpelledName {
  const name = nameOf(text);
  return spelling === 'whole'
    ? { text, wanted, placesIn: (line, isHelper) => wholeIn(line, text, isHelper) }
    : { text: name, wanted: nameOf(wanted), placesIn: (line) => nameIn(line, name) };
}

function standsIn({ shown, text: file }: ChartText, { text, placesIn }: Omit<SpelledName, 'wanted'>): boolean {
  if (templateDepth(shown) === undefined || !file.includes(text)) return false;
  const isHelper = HELPER.test(file);
  return file
    .split('\n')
    .some((line) => line.includes(text) && !/^\s*#/.test(line) && placesIn(line, isHelper).length > 0);
}

/** How the templates among these files spell the name of a reference behind its registry; undefined where they do not. */
function spellingOf(files: readonly ChartText[], name: Replaced): SpelledName | undefined {
  const spellings: readonly Spelling[] = nameOf(name.text) === name.text ? ['whole'] : ['whole', 'name'];
  return spellings
    .map((spelling) => spelledAs(name, spelling))
    .find((one) => files.some((file) => standsIn(file, one)));
}

/** Whether templates spell out an official name of Docker Hub, such as `busybox:1.36`, so that it can be completed there. */
export function spellsOfficial(files: readonly ChartText[], text: string): boolean {
  return spellingOf(files, { text, wanted: text }) !== undefined;
}

/** What becomes of a name behind the registry of a target with flat names: what follows the `base` of what is wanted. */
export function flattenedName(name: string, wanted: string, base: string): Replaced {
  return { text: name, wanted: wanted.slice(base.length + 1) };
}

/** What becomes of an official name of Docker Hub: `text` is a reference, `wanted` what it has to become as a whole. */
export function completedName(text: string, wanted: string): Replaced {
  const lastOf = (whole: string): string => whole.slice(whole.lastIndexOf('/') + 1);
  return { text: lastOf(text), wanted: `${LIBRARY}${lastOf(wanted)}` };
}

/** What the lines of a template become in which official names get what Docker Hub has before them. */
export function completedIn(
  files: readonly ChartText[],
  all: readonly Replaced[],
): (file: ChartText) => (line: string) => string {
  const names = all.flatMap((one) => spellingOf(files, one) ?? []);
  return (file) => {
    const own = names.filter((name) => standsIn(file, name));
    const isHelper = HELPER.test(file.text);
    return (line) =>
      withSpots(
        line,
        own.flatMap(({ text, wanted, placesIn }) => placesIn(line, isHelper).map((index) => ({ index, text, wanted }))),
      );
  };
}
