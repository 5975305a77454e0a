import type { ArchiveTree } from '../chart/archive-tree.ts';
import { textsBelow } from '../chart/chart-files.ts';
import { type ChartTree, valueKeys } from '../chart/chart-tree.ts';
import { isBlank, nodeAt, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { actionsIn, callsIn, type Expression } from '../overlay/template-calls.ts';
import { looksLikeRegistry, parseReference } from '../reference.ts';
import { withoutNilGuards } from './candidates.ts';

/** What templates take where a value is empty: names, and whether something works out which. */
interface Defaults {
  readonly names: Set<string>;
  isChosen: boolean;
}

const COMMENT = /\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}|^\s*#.*$/gm;
const ACTION = /\{\{[\s\S]*?\}\}/g;
const VALUE = /^\$?\.Values((?:\.[A-Za-z_]\w*)+)$/;
const TAKES_OVER = /^(?:default|coalesce|or)$/;
const CHOOSES = /^(?:get|index|dig|pluck|ternary)$/;
/** A part of a reference that is not its name. */
const NO_NAME = /regist|hub$|host$|prefix|tag$|version|digest|^\.Chart\./i;

/** A name without its tag, the same however it is written. */
function nameOf(text: string): string {
  const bare = text.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
  const reference = parseReference(bare);
  return reference === undefined ? bare : `${reference.registry}/${reference.repository}`;
}

function pathIn(said: Expression): string | undefined {
  return said.kind === 'word' ? VALUE.exec(said.text)?.[1]?.slice(1) : undefined;
}

/** Whether an expression works out a name: it looks it up, or puts it together of more than the chart and a registry. */
function choosesName(said: Expression): boolean {
  return callsIn(said).some(({ name, args }) => {
    const isOpen = (arg: Expression): boolean =>
      arg.kind === 'word' && /^[.$]./.test(arg.text) && !NO_NAME.test(arg.text);
    return CHOOSES.test(name) || (name === 'printf' && args.some(isOpen));
  });
}

/** What a file gives to a variable. */
function assigned(text: string, variable: string): readonly Expression[] {
  return [...text.matchAll(ACTION)]
    .flatMap(([action]) => actionsIn(action))
    .flatMap((action) => (action.variable === variable && action.said !== undefined ? [action.said] : []));
}

/** The defaults of the values of one chart, by their path in it. */
class DefaultsOf {
  readonly all = new Map<string, Defaults>();

  #of(path: string): Defaults {
    const known = this.all.get(path) ?? { names: new Set<string>(), isChosen: false };
    this.all.set(path, known);
    return known;
  }

  #add(path: string, said: Expression, text: string): void {
    const found = this.#of(path);
    if (said.kind === 'text') {
      const name = nameOf(said.text);
      if (name !== '' && !looksLikeRegistry(said.text)) found.names.add(name);
    } else if (said.kind === 'call') found.isChosen ||= choosesName(said);
    else if (/^\$\w/.test(said.text)) for (const one of assigned(text, said.text)) this.#add(path, one, '');
  }

  /** What stands beside values in calls that take the first that is not empty. */
  readCalls(text: string): void {
    for (const [action] of text.matchAll(ACTION)) {
      if (!action.includes('.Values.')) continue;
      const calls = actionsIn(action).flatMap(({ said }) => callsIn(said));
      for (const { name, args } of calls.filter((call) => TAKES_OVER.test(call.name))) {
        // `default` has the value last, the others have it first
        const [value, others] = name === 'default' ? [args.at(-1), args.slice(0, -1)] : [args[0], args.slice(1)];
        const path = value && pathIn(value);
        if (path !== undefined) for (const other of others) this.#add(path, other, text);
      }
    }
  }

  /** What templates spell out where a condition found a value empty. */
  readBranches(text: string): void {
    for (const { path, empty } of branchesIn(text)) {
      // what goes on behind the value is no part of it
      if (new RegExp(`\\.Values\\.${path.replaceAll('.', '\\.')}[^{}]*\\}\\}/`).test(text)) continue;
      for (const name of namesIn(empty)) this.#of(path).names.add(name);
    }
  }
}

const SPELLED =
  /(?:^|\n)\s*(?:- +)?["']?image["']?: *["']?([a-z0-9][^\s"'{}#]*)|["`]([a-z0-9][a-z0-9._-]*(?:\/[a-z0-9._-]+)+)(?=["`:@])/g;

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(SPELLED)].map(([, whole = '', quoted = whole]) => nameOf(quoted));
}

/** A condition that asks for a value alone, and the text that is taken where the value is empty. */
interface Branch {
  readonly path: string;
  readonly empty: string;
}

const CONDITION = /^\{\{-?\s*(?:else\s+)?if\s+(not\s+)?\$?\.Values\.([\w.]+)\s*-?\}\}$/;

function branchesIn(text: string): readonly Branch[] {
  const actions = [...text.matchAll(ACTION)].map((match) => ({ said: match[0], at: match.index }));
  return actions.flatMap(({ said, at }, index): readonly Branch[] => {
    const [, negation, path] = CONDITION.exec(said) ?? [];
    if (path === undefined) return [];
    let depth = 0;
    let turn: number | undefined;
    for (const one of actions.slice(index + 1)) {
      if (/^\{\{-?\s*(?:if|with|range|define|block)\b/.test(one.said)) depth += 1;
      else if (depth === 0 && /^\{\{-?\s*else\b/.test(one.said)) turn ??= one.at;
      else if (/^\{\{-?\s*end\b/.test(one.said)) {
        if (depth === 0) {
          const empty = negation === undefined ? text.slice(turn ?? one.at, one.at) : text.slice(at, turn ?? one.at);
          return [{ path, empty }];
        }
        depth -= 1;
      }
    }
    return [];
  });
}

function isOfNames(path: string): boolean {
  return !NO_NAME.test(path.split('.').at(-1) ?? '');
}

/**
 * The values for which templates have more than one name where they are empty, by kind, by branch or looked up: set to one of these
 * names, such a value would bring it in place of all others. Read are the conditions and defaults that say the value's own path.
 */
export function severalDefaults(tree: ArchiveTree, chart: ChartTree, prefix: ValuePath = []): readonly ValuePath[] {
  const defaults = new DefaultsOf();
  for (const { text } of textsBelow(tree, { ...chart, subcharts: [] }, 'templates/')) {
    const read = withoutNilGuards(text.replace(COMMENT, ''));
    defaults.readCalls(read);
    defaults.readBranches(read);
  }
  const own = [...defaults.all]
    .filter(([path, { names, isChosen }]) => isOfNames(path) && (isChosen || names.size > 1))
    .map(([path]) => path.split('.'))
    .map((path) => (path[0] === 'global' ? path : [...prefix, ...path]));
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) => severalDefaults(tree, sub, [...prefix, key])),
  );
  return [...own, ...below];
}

/** Those of the paths at which values have nothing, or nothing yet. */
export function emptyAmong(values: ValueNode, paths: readonly ValuePath[]): readonly ValuePath[] {
  return paths.filter((path) => {
    const node = nodeAt(values, path);
    return node === undefined || isBlank(node);
  });
}
