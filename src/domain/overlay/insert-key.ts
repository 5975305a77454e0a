import { type Document, isMap, isPair, isScalar, type Node, type YAMLMap } from 'yaml';
import { parseValues, type ValuePath } from '../chart/values-tree.ts';
import { locate } from './locate.ts';
import { quoted } from './scalar-text.ts';

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function block(path: readonly string[], value: string, indent: string): string {
  const [key, ...rest] = path;
  if (key === undefined) return '';
  const name = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key) ? key : JSON.stringify(key);
  if (rest.length === 0) return `${indent}${name}: ${quoted(value)}\n`;
  return `${indent}${name}:\n${block(rest, value, `${indent}  `)}`;
}

function firstKeyOffset(map: YAMLMap): number | undefined {
  const pair = map.items[0];
  return isPair(pair) && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}

/** A key of a block map, put before its first key: comments above that key stay above the inserted lines. */
function intoBlockMap(text: string, map: YAMLMap, path: readonly string[], value: string): string | undefined {
  const first = firstKeyOffset(map);
  if (first === undefined) return undefined;
  const column = columnOf(text, first);
  const lineStart = first - column;
  const indent = text.slice(lineStart, first);
  // the first key of a list item stands behind its dash: the new lines then follow in its place
  if (/\S/.test(indent))
    return `${text.slice(0, first)}${block(path, value, ' '.repeat(column)).trimStart()}${' '.repeat(column)}${text.slice(first)}`;
  return `${text.slice(0, lineStart)}${block(path, value, indent)}${text.slice(lineStart)}`;
}

function flowEntry(path: readonly string[], value: string): string {
  return [...path]
    .reverse()
    .reduce(
      (inner, key, index) => (index === 0 ? `${JSON.stringify(key)}: ${inner}` : `${JSON.stringify(key)}: {${inner}}`),
      quoted(value),
    );
}

function intoFlowMap(text: string, map: YAMLMap, path: readonly string[], value: string): string | undefined {
  const start = map.range?.[0];
  if (start === undefined || text[start] !== '{') return undefined;
  const more = map.items.length > 0 ? ', ' : '';
  return `${text.slice(0, start + 1)}${flowEntry(path, value)}${more}${text.slice(start + 1)}`;
}

function intoEmpty(
  text: string,
  document: Document,
  above: ValuePath,
  path: readonly string[],
  value: string,
): string | undefined {
  const parent = document.getIn(above.slice(0, -1), true) as Node | undefined;
  const key = above.at(-1);
  const pair = isMap(parent)
    ? parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key))
    : undefined;
  if (pair === undefined || !isScalar(pair.key) || pair.key.range === undefined || pair.key.range === null)
    return undefined;
  const indent = ' '.repeat(columnOf(text, pair.key.range[0]) + 2);
  const node = pair.value as Node | null;
  const end = node?.range?.[1] ?? pair.key.range[1];
  const colon = text.indexOf(':', pair.key.range[1]);
  const after = Math.max(end, colon + 1);
  const lineEnd = text.indexOf('\n', after);
  const rest = lineEnd < 0 ? '' : text.slice(lineEnd + 1);
  const line = text.slice(0, colon + 1) + text.slice(after, lineEnd < 0 ? text.length : lineEnd);
  return `${line}\n${block(path, value, indent)}${rest}`;
}

function atTop(text: string, path: readonly string[], value: string): string {
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${gap}${block(path, value, '')}`;
}

/**
 * Adds a key that the document does not have yet, with every map on the way to it, and changes nothing else. Undefined
 * when there is no place for it (a scalar or list stands in the way).
 */
export function insertKey(text: string, path: ValuePath, value: string, name: string): string | undefined {
  const document = parseValues(text, name);
  const at = locate(document, path);
  if (at.kind !== 'absent') return undefined;
  const missing = path.slice(at.depth).map(String);
  if (document.contents === null) return atTop(text, path.map(String), value);
  const node = at.parent;
  if (isMap(node)) {
    if (node.flow) return intoFlowMap(text, node, missing, value);
    return at.depth === 0 ? atTop(text, missing, value) : intoBlockMap(text, node, missing, value);
  }
  const isNull = node === null || (isScalar(node) && node.value === null);
  return isNull ? intoEmpty(text, document, path.slice(0, at.depth), missing, value) : undefined;
}
