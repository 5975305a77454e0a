// Shares nothing with the finder, on purpose: see sweep.ts.
import { fieldsAround } from './line-maps.ts';

/** A field of a page of text, in whatever form: a key with its value, a variable, or an argument. */
export interface PageField {
  readonly line: number;
  readonly index: number;
  readonly name: string;
  readonly value: string;
}

const FIELD =
  /(?<![\w./-])([\w./-]+)(?:\\*["']\s*:\s*|:\s+|\\*["']?\s*=\s*)\\*["']?([^\s"'\\,{}[\]]+)(?=\\*["']?\s*(?:[,}\]#\\]|$|(?<=\s)--?[a-z]))/gi;
const ITEM = /^(\s*- +["']?)([^\s"',{}[\]=]+)["']?\s*$/;
const FLAG = /^\s*- +["']?--?([\w.-]+)["']?\s*$/;

/** What a variable of a list `{name, value}` is called. */
function variableAt(lines: readonly string[], line: number, index: number): string | undefined {
  return fieldsAround(lines, line, index).find(({ name }) => name === 'name')?.value;
}

/** An argument behind its flag, in a line of its own. */
function argumentAt(lines: readonly string[], line: number): readonly PageField[] {
  const [, before = '', value = ''] = ITEM.exec(lines[line] ?? '') ?? [];
  const flag = value === '' ? undefined : FLAG.exec(lines[line - 1] ?? '')?.[1];
  return flag === undefined ? [] : [{ line, index: before.length, name: flag, value }];
}

/** Several looks at a page ask for its fields. */
const known = new WeakMap<readonly string[], readonly PageField[]>();

/** The fields of a page in the order of its lines, with what is called `value` under the name of its variable. */
export function pageFields(lines: readonly string[]): readonly PageField[] {
  const fields = known.get(lines) ?? readFields(lines);
  known.set(lines, fields);
  return fields;
}

/** What a line says by itself, before its variables are named. */
function plainFields(text: string): readonly Omit<PageField, 'line'>[] {
  return [...text.matchAll(FIELD)].map((match) => {
    const [whole, key = '', value = ''] = match;
    return { index: match.index + whole.length - value.length, name: key, value };
  });
}

function readFields(lines: readonly string[]): readonly PageField[] {
  // definitions of custom resources say the same lines many times
  const byText = new Map<string, readonly Omit<PageField, 'line'>[]>();
  return lines.flatMap((text, line) => {
    const plain = byText.get(text) ?? plainFields(text);
    byText.set(text, plain);
    if (plain.length === 0) return argumentAt(lines, line);
    return plain.map(({ index, name: key, value }) => {
      const name = key === 'value' ? (variableAt(lines, line, index) ?? key) : key;
      return { line, index, name: name.replace(/^-+/, ''), value };
    });
  });
}
