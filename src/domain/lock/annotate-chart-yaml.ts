import { type Document, isMap, isPair, isScalar, type Scalar } from 'yaml';
import { MirrorError } from '../../errors.ts';
import { pullContinuations } from '../chart/continuation-lines.ts';
import { keyText, parseValues, readValues, valuesOf } from '../chart/values-document.ts';
import { firstDifference, nodeAt, textNode, type ValueNode, withNode } from '../chart/values-tree.ts';
import { editValues } from '../overlay/edit-values.ts';
import { editImageList } from './edit-image-list.ts';
import type { NamedImage } from './image-list.ts';
import { readImageList } from './read-image-list.ts';

const BOM = '\ufeff';

/** How a list that is there already is taken. */
export interface AnnotateOptions {
  /** Whether images that it names and that are not given go. Without, they stay. */
  readonly exact?: boolean;
}

function refused(file: string, key: string, why: string, cause?: unknown): MirrorError {
  return new MirrorError(`${file}: the annotation ${JSON.stringify(key)} ${why}`, {
    code: 'CHART_ARCHIVE_REFUSED',
    origin: 'source',
    hint: 'correct it in the chart: it must be a text that lists maps such as {name: nginx, image: docker.io/library/nginx:1.27}',
    cause,
  });
}

function impossible(file: string, key: string, cause?: unknown): MirrorError {
  return new MirrorError(`${file}: the annotation ${JSON.stringify(key)} cannot be written in place`, {
    code: 'RELOCATION_FAILED',
    origin: 'local',
    hint: 'write annotations as a plain block map in this file, with the list below a | of its own',
    cause,
  });
}

function treeOf(document: Document): ValueNode {
  return valuesOf(document, (path) => ({ kind: 'layer', layer: -1, path }));
}

/** The text of the annotation; empty where it has none. */
function textOf(tree: ValueNode, key: string, file: string): string {
  const node = nodeAt(tree, ['annotations', key]);
  switch (node?.kind) {
    case undefined:
    case 'null':
      return '';
    case 'string':
      return node.value;
    case 'plain':
    case 'map':
    case 'list':
      throw refused(file, key, 'is no text');
  }
}

interface Place {
  readonly key: Scalar;
  readonly value: Scalar;
}

/** Where the annotation stands, if all around it is in block style and nothing is shared. */
function placeOf(document: Document, annotation: string): Place | undefined {
  let node: unknown = document.contents;
  let place: Place | undefined;
  for (const step of ['annotations', annotation]) {
    if (!isMap(node) || node.flow === true) return undefined;
    const pair = node.items.findLast((one) => isPair(one) && keyText(one.key) === step);
    if (pair === undefined) return undefined;
    node = pair.value;
    place = isScalar(pair.key) && isScalar(node) ? { key: pair.key, value: node } : undefined;
  }
  return place;
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  const different = a.findIndex((line, index) => line !== b[index]);
  return different < 0 ? a.length : different;
}

/** The lines of a text without its last line ends. */
function linesOf(text: string): readonly string[] {
  let end = text.length;
  while (text[end - 1] === '\n') end -= 1;
  return text.slice(0, end).split('\n');
}

/** A block text with other lines below its header. Lines that are shared with what was there keep their bytes. */
function blockWith(source: string, before: string, after: string): string | undefined {
  const [header = '', ...body] = source.split('\n');
  const [old, now] = [linesOf(before), linesOf(after)];
  const first = old.findIndex((line) => line !== '');
  const indent = (body[first] ?? '').replace(/\r$/, '').length - (old[first] ?? '').length;
  if (first < 0 || indent <= 0) return undefined;
  const head = sharedLength(old, now);
  const most = Math.min(old.length, now.length) - head;
  const tail = Math.min(sharedLength([...old].reverse(), [...now].reverse()), most);
  const ending = header.endsWith('\r') ? '\r' : '';
  const pad = ' '.repeat(indent);
  const fresh = now.slice(head, now.length - tail).map((line) => `${line === '' ? '' : pad + line}${ending}`);
  return [header, ...body.slice(0, head), ...fresh, ...body.slice(old.length - tail)].join('\n');
}

/** A block with all lines of a text below its header, in the style of `mark`: `|`, or `>`, which may say something else so. */
function blockOf(mark: string, source: string, value: string): string {
  const [header = '', ...body] = source.split('\n');
  const indent = /^ */.exec(body.find((line) => /\S/.test(line)) ?? '')?.[0] ?? '';
  const ending = header.endsWith('\r') ? '\r\n' : '\n';
  const blank = source.slice(source.trimEnd().length);
  const lines = linesOf(value).map((line) => (line === '' ? '' : indent + line));
  return [header.replace(/[|>]/, mark).replace(/\r$/, ''), ...lines].join(ending) + blank;
}

/** The ways to write another text into a block, the gentlest first. */
function blockEdits(text: string, { value }: Place, before: string, after: string): readonly string[] {
  const [start, end] = value.range ?? [0, 0];
  const source = text.slice(start, end);
  const marks = value.type === 'BLOCK_FOLDED' ? ['>', '|'] : ['|'];
  const sources = [blockWith(source, before, after), ...marks.map((mark) => blockOf(mark, source, after))];
  return sources.flatMap((one) => (one === undefined ? [] : [text.slice(0, start) + one + text.slice(end)]));
}

const BARE_KEY = /^[A-Za-z][A-Za-z0-9._-]*\/[A-Za-z0-9._-]+$/;

/** Turns a text in quotes, alone behind its key, into a block text below the key. */
function intoBlock(text: string, annotation: string, after: string, file: string): string | undefined {
  const place = placeOf(parseValues(text, file), annotation);
  const [keyStart = 0, keyEnd = 0] = place?.key.range ?? [];
  const [start, end] = place?.value.range ?? [0, 0];
  if (place === undefined || !after.endsWith('\n')) return undefined;
  const eol = lineEnd(text);
  const column = keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1);
  const lines = linesOf(after).map((line) => `${eol}${' '.repeat(column + 2)}${line}`);
  const key = BARE_KEY.test(annotation) ? annotation : text.slice(keyStart, keyEnd);
  const rest = text.slice(end);
  const ended = /\r?\n|$/.exec(rest)?.index ?? rest.length;
  const line = `${key}${text.slice(keyEnd, start)}|${rest.slice(0, ended)}`;
  return `${text.slice(0, keyStart)}${line}${lines.join('')}${rest.slice(ended)}`;
}

function saysExactly(text: string, wanted: ValueNode, file: string): boolean {
  try {
    return firstDifference(wanted, treeOf(parseValues(text, file))) === undefined;
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'RENDER_FAILED') return false;
    throw error;
  }
}

/** The whole text with the annotation set to a text, by the first way that says exactly this and nothing else. */
function rewrite(text: string, key: string, before: string, after: string, file: string): string {
  const { text: readable, document } = readValues(text, file);
  const path = ['annotations', key] as const;
  const node = nodeAt(treeOf(document), path);
  const wanted = withNode(treeOf(document), path, textNode(after));
  const says = (one: string): boolean => saysExactly(one, wanted, file);
  const place = placeOf(document, key);
  const isBlock = place?.value.type === 'BLOCK_LITERAL' || place?.value.type === 'BLOCK_FOLDED';
  const inPlace = place !== undefined && isBlock ? blockEdits(readable, place, before, after).find(says) : undefined;
  if (inPlace !== undefined) return pullContinuations(inPlace);
  const set = node?.kind === 'string' ? before : undefined;
  const edits = [{ offset: 0, length: set?.length ?? 0, text: after }];
  const quoted = editValues(readable, [{ path, before: set, edits }], file);
  const block = set === undefined || isBlock ? intoBlock(quoted, key, after, file) : undefined;
  return pullContinuations(block !== undefined && says(block) ? block : quoted);
}

/**
 * The text of a Chart.yaml whose annotation `key` lists these images; every other byte stays as it was. Where the annotation is
 * new it is a literal block, or a quoted text in brackets; where it is there it keeps its style, and images that it lists
 * already keep all that is said of them (`editImageList`). Nothing to add and nothing to take away: the same text.
 * `file` names it in errors.
 *
 * @throws MirrorError CHART_ARCHIVE_REFUSED when the annotation is no list of images, or the file no YAML; RELOCATION_FAILED
 * when there is no place for the annotation.
 */
export function annotateChartYaml(
  text: string,
  key: string,
  images: readonly NamedImage[],
  file: string,
  options: AnnotateOptions = {},
): string {
  const mark = text.startsWith(BOM) ? BOM : '';
  const body = text.slice(mark.length);
  const before = textOf(readTree(body, file, key), key, file);
  if (readImageList(before) === undefined) throw refused(file, key, 'is no YAML list of maps that each have an image');
  const after = editImageList(before, images, options.exact ?? false);
  if (after === undefined) throw impossible(file, key);
  if (after === before) return text;
  try {
    return mark + rewrite(body, key, before, after, file);
  } catch (error) {
    if (error instanceof MirrorError && /^(?:RELOCATION|RENDER)_FAILED$/.test(error.code))
      throw impossible(file, key, error);
    throw error;
  }
}

function readTree(text: string, file: string, key: string): ValueNode {
  try {
    return treeOf(readValues(text, file).document);
  } catch (error) {
    if (!(error instanceof MirrorError)) throw error;
    throw refused(file, key, `cannot be read: ${error.message}`, error);
  }
}
