import type { FileAddress } from '../chart/archive-tree.ts';
import type { ChartText } from '../chart/chart-files.ts';
import { withSpots } from './replace-spots.ts';
import { fieldsIn, type SplitPlace } from './split-fields.ts';
import { dictValues } from './template-calls.ts';

/**
 * A reference that a file of the chart spells out, and what it must become; a `name` stands before a tag that a template
 * adds, a `beginning` (`quay.io`, `quay.io/org`) before names that a template adds, a `field` (`org`) is all that a field says
 * beside one with the name.
 */
export interface Literal {
  readonly kind?: 'name' | 'beginning' | 'field';
  readonly text: string;
  readonly wanted: string;
  /** Where fields make it together: then a part of it may be all that a field says. */
  readonly split?: readonly SplitPlace[];
  /** What a template is known to spell of it, where values make the rest: only that is looked for. */
  readonly begun?: Replaced;
}

/** The name of a literal whose tag or digest a template adds; undefined where it has none that could be added. */
export function nameOf({ text, wanted, split = [] }: Literal): Literal | undefined {
  const tail = /[:@][^/]*$/.exec(text)?.[0];
  if (tail === undefined || !wanted.endsWith(tail)) return undefined;
  const name: Literal = { kind: 'name', text: text.slice(0, -tail.length), wanted: wanted.slice(0, -tail.length) };
  return split.length > 0 ? { ...name, split } : name;
}

/** One changed line of a file. Lines count from 1. */
export interface LinePatch {
  readonly address: FileAddress;
  readonly shown: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The whole references that were replaced in it. What parts lead to is known when it is rendered. */
  readonly references: readonly Replaced[];
}

/** A text of the chart, and what became of it. */
export interface Replaced {
  readonly text: string;
  readonly wanted: string;
}

/** A text as a part of a pattern that matches nothing else. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** What stands before a reference: nothing of a word, or the scheme of an image. A part of a pattern. */
export const START = '(?:(?<![A-Za-z0-9._/@%-])|(?<=(?<![A-Za-z0-9-])(?:docker|oci|docker-image)://))';

/**
 * What a template or a format adds to the text before it. Helm trims blanks before an action with a dash (the text/template
 * package of Go, "Text and spaces"), and keeps them before any other. A part of a pattern.
 */
export const ADDS = '(?:[ \\t]*\\{\\{-|\\{\\{|%[a-z])';

/** Whole references: nothing that is a part of a longer one, or of another word. */
function wordPattern(texts: readonly string[]): RegExp {
  const words = texts.map((text) => {
    // without tag and digest it may as well be the name of an annotation
    const notKey = /[:@]/.test(text) ? '' : `(?!["']?:(?:\\s|$))`;
    return escaped(text) + notKey;
  });
  return new RegExp(`${START}(?:${words.join('|')})(?![A-Za-z0-9_-]|[.:/@][A-Za-z0-9])`, 'g');
}

/** What stands before the value of an image field. A part of a pattern. */
const IN_FIELD = `(?<=(?:^\\s*(?:- +)*|[{,]\\s*)["']?image["']?:\\s*["']?)`;

/** A registry of its own before a name, which is empty here: `image: "{{ include "registry" . }}busybox"`. A part of a pattern. */
const BEHIND_ACTION = `(?<=(?:^\\s*(?:- +)*|[{,]\\s*)["']?image["']?:\\s*["']?\\{\\{[^{}]*\\}\\})`;

/** A single word such as `busybox` may mean anything: only as the value of an image field is it surely an image. */
function fieldPattern(texts: readonly string[]): RegExp {
  const words = texts.map(escaped).join('|');
  return new RegExp(`(?:${IN_FIELD}|${BEHIND_ACTION})(?:${words})(?=["']?\\s*(?:[,}]|(?:#.*)?\\s*$))`, 'g');
}

/** What stands before a name that a format puts before its tag: `printf "%s:%s" "org/app" .Values.tag`. A part of a pattern. */
const FORMATTED = `\\bprintf\\s+["'\`]%s[:@][^"'\`]*["'\`]\\s+["'\`])`;

/**
 * What stands before a name that is taken where a value is empty, and nothing that would join it to a registry. A part of a
 * pattern.
 */
const TAKEN = `(?<=^(?:(?!%[a-z]/%|\\}\\}/).)*(?:\\b(?:default|coalesce)\\b|\\bternary(?:\\s+"[^"]*")?|:=)\\s*["'\`])`;

/**
 * Names before a tag that a template or a format adds, at least its end; one with a host also where it ends a quoted text, one with
 * an owner where it is the default of a value, and one of a single word only in an image field, or where a format begins with it.
 * A format may also have its place for the name, and get it as its first text.
 */
function namePattern(texts: readonly string[]): RegExp {
  const words = [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => {
      const hosted = /^[^/]*[.:][^/]*\//.test(text) ? `|["'\`]` : '';
      const before = text.includes('/') ? START : `(?:${IN_FIELD}|(?<=\\bprintf\\s+["'\`]))`;
      const field = text.includes('/') ? '' : `["']?image["']?:\\s*["']?\\{\\{-?\\s*\\(?`;
      const formatted = `(?<=${field}${FORMATTED}${escaped(text)}(?=["'\`]\\s)`;
      const taken = text.includes('/') && hosted === '' ? `|${TAKEN}${escaped(text)}(?=["'\`])` : '';
      return `${before}${escaped(text)}(?=[:@][A-Za-z0-9._-]*${ADDS}${hosted})|${formatted}${taken}`;
    });
  return new RegExp(`(?:${words.join('|')})`, 'g');
}

/**
 * What a template does with a quoted text that it goes on to put before a name; a comparison or a map key is nothing of that. A
 * part of a pattern.
 */
export const HANDED_ON =
  '(?:(?:\\b(?:default|coalesce|print|ternary)|\\bprintf\\s+"[^"]*"(?:\\s+[^\\s"]+)*|\\bor(?:\\s+[.$][^\\s"(){}]*)+|\\bset\\s+[^\\s"]+\\s+"\\w*[Rr]egistry"|:=|\\b[Rr]egistry["\']?\\s*:)\\s*)';

/** What stands before the default of `dig`, which is its last text: a value that is not quoted follows it. Parts of a pattern. */
export const DUG = { before: '\\bdig(?:\\s+"[^"]*")+\\s+', behind: '\\s+[^"\'`\\s]' } as const;

/** Beginnings of references: before an expression or a format, handed on as a quoted text, or alone in a line of a helper. */
function beginningPattern(texts: readonly string[], isHelper: boolean): RegExp {
  const words = `(?:${texts.map(escaped).join('|')})`;
  const forms = [
    `${START}${words}(?=/?${ADDS})`,
    `(?<=${HANDED_ON}["'\`])${words}(?=/?["'\`])`,
    `(?<=${DUG.before}["'\`])${words}(?=/?["'\`]${DUG.behind})`,
    ...(isHelper ? [`(?<=^\\s*)${words}(?=/?\\s*$)`] : []),
  ];
  return new RegExp(forms.join('|'), 'g');
}

/** A line with the beginnings replaced that it hands on in a `dict`. */
function withDictValues(line: string, wanted: ReadonlyMap<string, string>): string {
  const values = wanted.size === 0 ? [] : dictValues(line);
  const spots = values.flatMap(({ text, index }) => {
    const bare = text.replace(/\/$/, '');
    const after = wanted.get(bare);
    return after === undefined ? [] : [{ index, text: bare, wanted: after }];
  });
  return withSpots(line, spots);
}

/** A registry by itself is a word that may stand anywhere: only as a whole value it is what a program is given. */
function registryPattern(texts: readonly string[]): RegExp {
  const words = texts.map(escaped).join('|');
  return new RegExp(`(?<=[:=]\\s*|["'\`]|^\\s*- +)(?:${words})(?=["'\`]|\\s*(?:[,}\\]]|#.*)?$)`, 'g');
}

/** What a line becomes, and the whole references that were replaced in it. */
interface PatchedLine {
  readonly text: string;
  readonly references: readonly Replaced[];
}

function replacer(literals: readonly Literal[], isHelper: boolean): (line: string) => PatchedLine {
  const wanted = new Map(literals.map((literal) => [literal.text, literal.wanted]));
  const textsOf = (kind: Literal['kind']): readonly string[] =>
    literals.filter((literal) => literal.kind === kind).map(({ text }) => text);
  const [whole, names, beginnings] = [textsOf(undefined), textsOf('name'), textsOf('beginning')];
  const isTelling = (text: string): boolean => /[:/@]/.test(text);
  // a name stays at the end of what it becomes, a registry does not
  const isName = (text: string): boolean => wanted.get(text)?.endsWith(text) === true;
  const telling = whole.filter(isTelling);
  const single = whole.filter((text) => !isTelling(text) && isName(text));
  const registries = whole.filter((text) => !isTelling(text) && !isName(text));
  const words = telling.length > 0 ? wordPattern(telling) : undefined;
  const inDicts = [...beginnings, ...names.filter((text) => text.includes('/'))];
  const handedOn = new Map(inDicts.map((text) => [text, wanted.get(text) ?? text]));
  const patterns = [
    ...(single.length > 0 ? [fieldPattern(single)] : []),
    ...(registries.length > 0 ? [registryPattern(registries)] : []),
    ...(names.length > 0 ? [namePattern(names)] : []),
    ...(beginnings.length > 0 ? [beginningPattern(beginnings, isHelper)] : []),
  ];
  return (line) => {
    const references: Replaced[] = [];
    const moved = (text: string): string => wanted.get(text) ?? text;
    const first = withDictValues(line, handedOn);
    const second =
      words === undefined
        ? first
        : first.replace(words, (text) => {
            references.push({ text, wanted: moved(text) });
            return moved(text);
          });
    return { text: patterns.reduce((text, pattern) => text.replace(pattern, moved), second), references };
  };
}

/** What else is done to each line: before references are replaced, and afterwards. */
export interface LineEdits {
  readonly first?: (line: string) => string;
  readonly last?: (line: string) => string;
}

function unchanged(line: string): string {
  return line;
}

/**
 * Replaces references that are written into templates, files and CRDs, and lists every line that changed. Comment
 * lines stay, and so do files that are not UTF-8, since they could not be written back byte by byte.
 */
export function patchLiterals(
  file: ChartText,
  literals: readonly Literal[],
  { first = unchanged, last = unchanged }: LineEdits = {},
): { readonly text: string; readonly patches: readonly LinePatch[] } {
  if (file.text.includes('\ufffd')) return { text: file.text, patches: [] };
  const replace = replacer(literals, /\{\{-?\s*define\b/.test(file.text));
  const lines = file.text.split('\n');
  const parts = literals.flatMap(({ kind, text, wanted, split }) =>
    kind === undefined || split === undefined || !file.text.includes(text) ? [] : [{ text, wanted, places: split }],
  );
  const fields = fieldsIn(lines, parts);
  const { address, shown } = file;
  const patches: LinePatch[] = [];
  const text = lines.map((before, index) => {
    if (/^\s*#/.test(before)) return before;
    const { text: moved, references } = replace(fields(first(before), index));
    const after = last(moved);
    if (after !== before)
      patches.push({ address, shown, line: index + 1, before: before.trim(), after: after.trim(), references });
    return after;
  });
  return { text: text.join('\n'), patches };
}
