import type { ChartText } from '../chart/chart-files.ts';
import type { ValuePath } from '../chart/values-tree.ts';
import { withSpots } from './replace-spots.ts';
import { type Action, actionsIn, type Call, callsIn, type Expression, type QuotedText } from './template-calls.ts';

/** A value that was moved, where it stands, and what it became: what templates compare it with has to move along. */
export interface ComparedValue {
  readonly text: string;
  readonly wanted: string;
  readonly paths: readonly ValuePath[];
}

// of the chart, or of a subchart: files of these names elsewhere are not evaluated
const TEMPLATE = /^[^/]+((?:\/charts\/[^/]+)*)\/templates\//;

/** How deep below the parent a chart is whose template this is; undefined for what helm does not evaluate. */
export function templateDepth(shown: string): number | undefined {
  const below = TEMPLATE.exec(shown)?.[1];
  return below === undefined ? undefined : (below.match(/\/charts\//g) ?? []).length;
}

/** The path of a value as the templates of a chart name it: a subchart sees its own, and globals. */
function pathsSeen({ paths }: ComparedValue, depth: number): readonly string[] {
  return paths.flatMap((path) => {
    const global = path.indexOf('global');
    const own = path.slice(depth).join('.');
    return global >= 0 && global <= depth ? [own, path.slice(global).join('.')] : [own];
  });
}

/** Functions whose result is the value, or what stands for it. */
const SAME = /^(?:default|coalesce|required|lower|trim|trimSuffix|trimPrefix|toString|tpl)$/;
const COMPARES = /^(?:eq|ne|contains|hasPrefix|hasSuffix)$/;
const LOOKS_UP = /^(?:get|index|hasKey)$/;

/** What a file says of one value: which of its expressions are the value, and which variables are tables that it is looked up in. */
class Mentions {
  readonly #seen: ReadonlySet<string>;
  readonly #lastKeys: ReadonlySet<string>;
  readonly #isTelling: boolean;
  readonly #variables = new Set<string>();
  readonly #tables = new Set<string>();

  constructor(value: ComparedValue, depth: number, actions: readonly Action[]) {
    this.#seen = new Set(pathsSeen(value, depth));
    this.#lastKeys = new Set(value.paths.flatMap((path) => path.filter((step) => typeof step === 'string').slice(-1)));
    // a single word may be the value of many things
    this.#isTelling = /[/.:]/.test(value.text);
    for (const { variable, said } of actions)
      if (variable !== undefined && said !== undefined && this.#isOwn(said)) this.#variables.add(variable);
    if (this.#isTelling) for (const call of actions.flatMap(({ said }) => callsIn(said))) this.#noteTable(call);
  }

  #noteTable({ name, args: [table, ...keys] }: Call): void {
    if (LOOKS_UP.test(name) && table?.kind === 'word' && keys.some((key) => this.#isOwn(key)))
      this.#tables.add(table.text);
  }

  #isOwnPath(text: string): boolean {
    const own = /(?:^|\.)Values\.(.+)$/.exec(text)?.[1];
    if (own !== undefined) return this.#seen.has(own);
    if (!/^[.$]/.test(text)) return false;
    return this.#isTelling && (this.#variables.has(text) || this.#lastKeys.has(text.split(/[.$]/).at(-1) ?? ''));
  }

  #isOwn(said: Expression): boolean {
    switch (said.kind) {
      case 'text':
        return false;
      case 'word':
        return this.#isOwnPath(said.text);
      case 'call':
        return this.#isOwnCall(said);
    }
  }

  #isOwnCall({ name, args }: Call): boolean {
    const [first, ...keys] = args;
    if (/^(?:index|get)$/.test(name) && first?.kind === 'word')
      return (
        keys.every(({ kind }) => kind === 'text') &&
        this.#isOwnPath([first, ...textsAmong(keys)].map(({ text }) => text).join('.'))
      );
    const others = args.filter(({ kind }) => kind !== 'text');
    return SAME.test(name) && others.length > 0 && others.every((arg) => this.#isOwn(arg));
  }

  /** The quoted texts with which the value is compared, or by which it is looked up, in one call. */
  textsOf({ name, args }: Call, variable: string | undefined): readonly QuotedText[] {
    const [first, second] = args;
    const isOwn = (arg: Expression): boolean => this.#isOwn(arg);
    const isCompared = this.#isTelling ? COMPARES.test(name) : /^(?:eq|ne)$/.test(name);
    if (isCompared && args.some(isOwn)) return textsAmong(args);
    if (name === 'has' && first !== undefined && isOwn(first) && isCall(second, 'list')) return textsAmong(second.args);
    if (!this.#isTelling) return [];
    if (LOOKS_UP.test(name) && isCall(first, 'dict') && args.slice(1).some(isOwn)) return keysOf(first);
    if (name === 'set' && first?.kind === 'word' && this.#tables.has(first.text)) return textsAmong(args.slice(1, 2));
    return name === 'dict' && variable !== undefined && this.#tables.has(variable) ? keysOf({ args }) : [];
  }
}

function isCall(said: Expression | undefined, name: string): said is Call {
  return said?.kind === 'call' && said.name === name;
}

function textsAmong(args: readonly Expression[]): readonly QuotedText[] {
  return args.flatMap((arg) => (arg.kind === 'text' ? [arg] : []));
}

function keysOf({ args }: Pick<Call, 'args'>): readonly QuotedText[] {
  return textsAmong(args.filter((_, index) => index % 2 === 0));
}

/** Only the outermost call of an assignment is what the variable becomes. */
function textsIn({ variable, said }: Action, mentions: Mentions): readonly QuotedText[] {
  return callsIn(said).flatMap((call) => mentions.textsOf(call, call === said ? variable : undefined));
}

/**
 * What a template becomes line by line where expressions compare a moved value with what it was, or look something up by it: in
 * the same expression as the value, or by a variable of the file. What only looks alike (text that is printed, arguments of
 * `default`, other values) stays, and so do files that helm does not evaluate.
 */
export function comparedIn(file: ChartText, values: readonly ComparedValue[]): (line: string) => string {
  const depth = templateDepth(file.shown);
  const standing = values.filter(({ text }) => file.text.includes(text));
  if (depth === undefined || standing.length === 0) return (line) => line;
  const actions = file.text.split('\n').flatMap((line) => (line.includes('{{') ? actionsIn(line) : []));
  const known = standing.map((value) => ({ value, mentions: new Mentions(value, depth, actions) }));
  return (line) => {
    if (!line.includes('{{')) return line;
    const own = known.filter(({ value }) => line.includes(value.text));
    if (own.length === 0) return line;
    const spots = actionsIn(line).flatMap((action) =>
      own.flatMap(({ value: { text, wanted }, mentions }) =>
        textsIn(action, mentions).flatMap((said) => (said.text === text ? [{ ...said, wanted }] : [])),
      ),
    );
    return withSpots(line, spots);
  };
}
