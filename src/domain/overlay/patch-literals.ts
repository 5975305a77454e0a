import type { FileAddress } from '../chart/archive-tree.ts';
import type { ChartText } from '../chart/chart-files.ts';

/**
 * A reference that a file of the chart spells out, and what it must become; a `name` stands before a tag that a template
 * adds, a `beginning` (`quay.io`, `quay.io/org`) before names that a template adds. What is `compared` is a value that a
 * template asks for (`eq .Values.registry "quay.io"`).
 */
export interface Literal {
  readonly kind?: 'name' | 'beginning' | 'compared';
  readonly text: string;
  readonly wanted: string;
  /** Whether fields make it together: then a part of it may be all that a field says. */
  readonly isSplit?: boolean;
}

/** The name of a literal whose tag or digest a template adds; undefined where it has none that could be added. */
export function nameOf({ text, wanted, isSplit = false }: Literal): Literal | undefined {
  const tail = /[:@][^/]*$/.exec(text)?.[0];
  if (tail === undefined || !wanted.endsWith(tail)) return undefined;
  const name: Literal = { kind: 'name', text: text.slice(0, -tail.length), wanted: wanted.slice(0, -tail.length) };
  return isSplit ? { ...name, isSplit } : name;
}

/** One changed line of a file. Lines count from 1. */
export interface LinePatch {
  readonly address: FileAddress;
  readonly shown: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** Whether only beginnings of references were replaced: what they lead to is known when it is rendered. */
  readonly isBeginning: boolean;
}

/** A text as a part of a pattern that matches nothing else. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** What stands before a reference: nothing of a word, or the scheme of an image. A part of a pattern. */
export const START = '(?:(?<![A-Za-z0-9._/@-])|(?<=(?<![A-Za-z0-9-])(?:docker|oci|docker-image)://))';

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

/** A single word such as `busybox` may mean anything: only as the value of an image field is it surely an image. */
function fieldPattern(texts: readonly string[]): RegExp {
  const words = texts.map(escaped).join('|');
  return new RegExp(`${IN_FIELD}(?:${words})(?=["']?\\s*(?:[,}]|(?:#.*)?\\s*$))`, 'g');
}

/**
 * Names before a tag that a template or a format adds, at least its end; one with a host also where it ends a quoted text, and
 * one of a single word only in an image field, or where a format begins with it.
 */
function namePattern(texts: readonly string[]): RegExp {
  const words = [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => {
      const hosted = /^[^/]*[.:][^/]*\//.test(text) ? `|["'\`]` : '';
      const before = text.includes('/') ? START : `(?:${IN_FIELD}|(?<=\\bprintf\\s+["'\`]))`;
      return `${before}${escaped(text)}(?=[:@][A-Za-z0-9._-]*(?:\\{\\{|%[a-z])${hosted})`;
    });
  return new RegExp(`(?:${words.join('|')})`, 'g');
}

/**
 * What a template does with a quoted text that it goes on to put before a name; a comparison or a map key is nothing of that. A
 * part of a pattern.
 */
export const HANDED_ON =
  '(?:(?:\\b(?:default|coalesce|print|ternary)|\\bprintf\\s+"[^"]*"(?:\\s+[^\\s"]+)*|:=|\\bdict\\s(?:(?!\\)|\\}\\}).)*?"[\\w-]+"|\\b[Rr]egistry["\']?\\s*:)\\s*)';

/** What stands before the default of `dig`, which is its last text: a value that is not quoted follows it. Parts of a pattern. */
export const DUG = { before: '\\bdig(?:\\s+"[^"]*")+\\s+', behind: '\\s+[^"\'`\\s]' } as const;

/** Beginnings of references: before an expression or a format, handed on as a quoted text, or alone in a line of a helper. */
function beginningPattern(texts: readonly string[], isHelper: boolean): RegExp {
  const words = `(?:${texts.map(escaped).join('|')})`;
  const forms = [
    `${START}${words}(?=/?(?:\\{\\{|%[a-z]))`,
    `(?<=${HANDED_ON}["'\`])${words}(?=/?["'\`])`,
    `(?<=${DUG.before}["'\`])${words}(?=/?["'\`]${DUG.behind})`,
    ...(isHelper ? [`(?<=^\\s*)${words}(?=/?\\s*$)`] : []),
  ];
  return new RegExp(forms.join('|'), 'g');
}

/** Parts of references that fields make together, as all that a field says which may hold one. */
function partPattern(texts: readonly string[]): RegExp {
  const words = [...texts].sort((a, b) => b.length - a.length).map(escaped);
  const field = `(?<=(?:^\\s*(?:- +)*|[{,]\\s*)["']?[\\w.-]*(?:registry|repository|repo|image|name|hub|url|host)["']?:\\s*["']?(?:oci://)?)`;
  return new RegExp(`${field}(?:${words.join('|')})(?=/?["']?\\s*(?:[,}]|(?:#.*)?$))`, 'gi');
}

/** Quoted texts inside of expressions, as a whole. */
function comparedPattern(texts: readonly string[]): RegExp {
  return new RegExp(`(?<=\\{\\{(?:(?!\\}\\}).)*["'\`])(?:${texts.map(escaped).join('|')})(?=["'\`])`, 'g');
}

/** A registry by itself is a word that may stand anywhere: only as a whole value it is what a program is given. */
function registryPattern(texts: readonly string[]): RegExp {
  const words = texts.map(escaped).join('|');
  return new RegExp(`(?<=[:=]\\s*|["'\`]|^\\s*- +)(?:${words})(?=["'\`]|\\s*(?:[,}\\]]|#.*)?$)`, 'g');
}

function replacer(literals: readonly Literal[], isHelper: boolean): (line: string) => string {
  const wanted = new Map(literals.map((literal) => [literal.text, literal.wanted]));
  const textsOf = (kind: Literal['kind']): readonly string[] =>
    literals.filter((literal) => literal.kind === kind).map(({ text }) => text);
  const [whole, names, beginnings] = [textsOf(undefined), textsOf('name'), textsOf('beginning')];
  const parts = literals.filter(({ kind, isSplit }) => kind !== undefined && isSplit === true).map(({ text }) => text);
  const compared = textsOf('compared');
  const isTelling = (text: string): boolean => /[:/@]/.test(text);
  // a name stays at the end of what it becomes, a registry does not
  const isName = (text: string): boolean => wanted.get(text)?.endsWith(text) === true;
  const telling = whole.filter(isTelling);
  const single = whole.filter((text) => !isTelling(text) && isName(text));
  const registries = whole.filter((text) => !isTelling(text) && !isName(text));
  const patterns = [
    ...(telling.length > 0 ? [wordPattern(telling)] : []),
    ...(single.length > 0 ? [fieldPattern(single)] : []),
    ...(registries.length > 0 ? [registryPattern(registries)] : []),
    ...(names.length > 0 ? [namePattern(names)] : []),
    ...(beginnings.length > 0 ? [beginningPattern(beginnings, isHelper)] : []),
    ...(parts.length > 0 ? [partPattern(parts)] : []),
    ...(compared.length > 0 ? [comparedPattern(compared)] : []),
  ];
  return (line) => patterns.reduce((text, pattern) => text.replace(pattern, (word) => wanted.get(word) ?? word), line);
}

/**
 * Replaces references that are written into templates, files and CRDs, and lists every line that changed. Comment
 * lines stay, and so do files that are not UTF-8, since they could not be written back byte by byte.
 */
export function patchLiterals(
  file: ChartText,
  literals: readonly Literal[],
): { readonly text: string; readonly patches: readonly LinePatch[] } {
  if (file.text.includes('\ufffd')) return { text: file.text, patches: [] };
  const isHelper = /\{\{-?\s*define\b/.test(file.text);
  const replace = replacer(literals, isHelper);
  const replaceWhole = replacer(
    literals.filter(({ kind }) => kind !== 'beginning'),
    isHelper,
  );
  const { address, shown } = file;
  const patches: LinePatch[] = [];
  const lines = file.text.split('\n').map((before, index) => {
    const after = /^\s*#/.test(before) ? before : replace(before);
    if (after !== before) {
      const isBeginning = replaceWhole(before) === before;
      patches.push({ address, shown, line: index + 1, before: before.trim(), after: after.trim(), isBeginning });
    }
    return after;
  });
  return { text: lines.join('\n'), patches };
}
