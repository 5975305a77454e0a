import { type Document, isMap, isPair, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { kindOfPlain } from '../chart/plain-scalar.ts';
import { parseValues, readScalar } from '../chart/values-document.ts';
import type { ValueNode, ValuePath } from '../chart/values-tree.ts';
import { flowYaml, keyName, quoted } from './emit-yaml.ts';
import { type Absent, locate } from './locate.ts';

/** The line end that a text uses. */
function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset after the line that an offset stands in. */
function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Puts whole lines at an offset that begins a line, or at the end of a text whose last line is not ended. */
function insertLines(text: string, offset: number, lines: readonly string[]): string {
  const end = lineEnd(text);
  const before = text.slice(0, offset);
  const gap = before === '' || before.endsWith('\n') ? '' : end;
  return `${before}${gap}${lines.map((line) => line + end).join('')}${text.slice(offset)}`;
}

function blockLines(path: readonly string[], value: string, indent: string): readonly string[] {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return [`${indent}${keyName(key)}: ${value}`];
  return [`${indent}${keyName(key)}:`, ...blockLines(rest, value, `${indent}  `)];
}

function keyOffset(pair: unknown): number | undefined {
  return isPair(pair) && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}

/** The start of the comment and blank lines that stand right above a line. */
function aboveComments(text: string, start: number): number {
  let at = start;
  while (at > 0) {
    const above = lineStart(text, at - 1);
    if (!/^\s*(?:#|$)/.test(text.slice(above, at).trimEnd())) return at;
    at = above;
  }
  return at;
}

/** A key of a block map, put before its first key and the comments of that. */
function intoBlockMap(text: string, map: YAMLMap, path: readonly string[], value: string): string | undefined {
  const first = keyOffset(map.items[0]);
  if (first === undefined) return undefined;
  const start = lineStart(text, first);
  const indent = text.slice(start, first);
  if (/^ *$/.test(indent)) return insertLines(text, aboveComments(text, start), blockLines(path, value, indent));
  // the first key of a list item stands behind its dash: the new lines then take its place
  if (!/^ *(?:- +)+$/.test(indent)) return undefined;
  const column = ' '.repeat(first - start);
  const [head = '', ...rest] = [...blockLines(path, value, column), ''];
  return `${text.slice(0, first)}${head.trimStart()}${lineEnd(text)}${insertLines('', 0, rest.slice(0, -1))}${column}${text.slice(first)}`;
}

function chain(path: readonly string[], value: string): string {
  const [key = '', ...rest] = path;
  return rest.length === 0 ? `${quoted(key)}: ${value}` : `${quoted(key)}: {${chain(rest, value)}}`;
}

function intoFlowMap(text: string, map: YAMLMap, path: readonly string[], value: string): string | undefined {
  const start = map.range?.[0];
  if (start === undefined || text[start] !== '{') return undefined;
  const more = map.items.length > 0 ? ', ' : '';
  return `${text.slice(0, start + 1)}${chain(path, value)}${more}${text.slice(start + 1)}`;
}

/** Puts a word in place of a null (`~`, or nothing), with the blanks that it needs on both sides. */
export function replaceNull(text: string, node: Node, word: string): string {
  const [start, end] = node.range ?? [0, 0];
  const before = /[^\s[{,]/.test(text[start - 1] ?? ' ') ? ' ' : '';
  const after = /[^\s,}\]]/.test(text[end] ?? ' ') ? ' ' : '';
  return `${text.slice(0, start)}${before}${word}${after}${text.slice(end)}`;
}

/** Lines below a key that has no value yet. What stands in its place for null goes. */
function intoEmpty(text: string, pair: Pair, node: Node, path: readonly string[], value: string): string | undefined {
  const key = keyOffset(pair);
  if (key === undefined || node.range === undefined || node.range === null) return undefined;
  const [start, end] = node.range;
  const rest = text.slice(end);
  const cleared = `${end > start && /^(?:\r?\n|$)/.test(rest) ? text.slice(0, start).trimEnd() : text.slice(0, start)}${rest}`;
  const column = ' '.repeat(key - lineStart(text, key) + 2);
  return insertLines(cleared, nextLine(cleared, cleared.length - rest.length), blockLines(path, value, column));
}

/** Behind the last key of the whole document, or before the first one where something else follows. */
function atTop(text: string, document: Document, path: readonly string[], value: string): string | undefined {
  const root = document.contents as Node | null;
  const first = isMap(root) ? keyOffset(root.items[0]) : undefined;
  const start = first === undefined ? undefined : lineStart(text, first);
  const lines = blockLines(path, value, ' '.repeat(first === undefined ? 0 : first - (start ?? 0)));
  const tail = text.slice(root?.range?.[2] ?? 0);
  if (!/^(?:---|\.\.\.)/m.test(tail)) return insertLines(text, text.length, lines);
  if (start !== undefined) return insertLines(text, start, lines);
  // an empty document between markers: behind its own, if that is the only one
  return tail.match(/^(?:---|\.\.\.)/gm)?.length === 1 ? insertLines(text, text.length, lines) : undefined;
}

function insertAbsent(
  text: string,
  document: Document,
  at: Absent,
  path: ValuePath,
  value: string,
): string | undefined {
  const missing = path.slice(at.depth);
  if (missing.some((step) => typeof step === 'number')) return undefined;
  const keys = missing.map(String);
  const { parent, pair } = at;
  if (keys.length === 0) return undefined;
  if (isMap(parent)) {
    if (parent.flow === true) return intoFlowMap(text, parent, keys, value);
    return at.depth === 0 ? atTop(text, document, keys, value) : intoBlockMap(text, parent, keys, value);
  }
  if (parent === null) return at.depth === 0 ? atTop(text, document, keys, value) : undefined;
  if (!isScalar(parent) || readScalar(parent).kind !== 'null') return undefined;
  if (at.depth === 0) return atTop(text, document, keys, value);
  if (at.inFlow || pair === undefined || parent.tag !== undefined)
    return replaceNull(text, parent, `{${chain(keys, value)}}`);
  return intoEmpty(text, pair, parent, keys, value);
}

/**
 * Adds a key that the document does not have yet, with every map on the way to it, and changes nothing else. Undefined
 * when there is no place for it (a scalar or list stands in the way).
 */
export function insertKey(text: string, path: ValuePath, value: string, name: string): string | undefined {
  return insertSource(text, path, quoted(value), name);
}

/** The same for a whole node, in flow style. */
export function insertNode(text: string, path: ValuePath, node: ValueNode, name: string): string | undefined {
  return insertSource(text, path, flowYaml(node), name);
}

function insertSource(text: string, path: ValuePath, source: string, name: string): string | undefined {
  const document = parseValues(text, name);
  const at = locate(document, path);
  return at.kind === 'absent' ? insertAbsent(text, document, at, path, source) : undefined;
}

/** Adds a key to a map behind the merge that would bring it, so that its own value wins. */
export function insertAfterMerge(
  text: string,
  map: YAMLMap,
  merge: Pair,
  key: string,
  value: ValueNode,
): string | undefined {
  const start = keyOffset(merge);
  const end = (merge.value as Node | null)?.range?.[1];
  // go-yaml takes the number 1.1 and the text "1.1" for two keys of one map, and helm then keeps any of the two
  if (start === undefined || end === undefined || kindOfPlain(key) !== 'string') return undefined;
  if (map.flow === true) return `${text.slice(0, end)}, ${quoted(key)}: ${flowYaml(value)}${text.slice(end)}`;
  const column = ' '.repeat(start - lineStart(text, start));
  const offset = text[end - 1] === '\n' ? end : nextLine(text, end);
  return insertLines(text, offset, blockLines([key], flowYaml(value), column));
}
