import type { Document, Node, Scalar } from 'yaml';
import { MirrorError } from '../../errors.ts';
import { pullContinuations } from '../chart/continuation-lines.ts';
import { parseValues, readScalar, readValues, valuesOf } from '../chart/values-document.ts';
import {
  firstDifference,
  formatPath,
  nodeAt,
  textNode,
  type ValueNode,
  type ValuePath,
  withNode,
} from '../chart/values-tree.ts';
import { flowYaml, quoted } from './emit-yaml.ts';
import { insertAfterMerge, insertKey, replaceNull } from './insert-key.ts';
import { locate } from './locate.ts';
import { applyEdits, flowText, scalarSource, type ValueEdit } from './scalar-text.ts';

/** A change of one value in one values file. `before` is undefined where the key is new: then the text replaces all. */
export interface LeafEdit {
  readonly path: ValuePath;
  readonly before: string | undefined;
  readonly edits: readonly ValueEdit[];
}

/** The value after the edit. */
export function editedValue(edit: LeafEdit): string {
  return applyEdits(edit.before ?? '', edit.edits);
}

function impossible(name: string, path: ValuePath, why: string, cause?: unknown): MirrorError {
  return new MirrorError(`${name}: ${formatPath(path)} cannot be rewritten in place: ${why}`, {
    code: 'RELOCATION_FAILED',
    origin: 'local',
    hint: 'set this key in the values of the release, then it is relocated there',
    cause,
  });
}

function treeOf(document: Document): ValueNode {
  return valuesOf(document, (path) => ({ kind: 'layer', layer: -1, path }));
}

function replaceRange(text: string, node: Node, source: string): string {
  const [start, end] = node.range ?? [0, 0];
  return text.slice(0, start) + source + text.slice(end);
}

function replaceWhole(text: string, node: Scalar, after: string): string {
  const [start, end] = node.range ?? [0, 0];
  const source = text.slice(start, end);
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  // the range of a block ends behind its last line
  return replaceRange(
    text,
    node,
    block ? `${quoted(after)}${/\r?\n$/.exec(source)?.[0] ?? ''}` : flowText(node.type, after),
  );
}

function editScalar(text: string, node: Scalar, edit: LeafEdit, name: string): string {
  const now = readScalar(node);
  const after = editedValue(edit);
  const [start, end] = node.range ?? [0, 0];
  if (now.kind === 'null' || start === end) return replaceNull(text, node, quoted(after));
  const written = now.kind === 'string' ? now.value : now.source;
  if (edit.before === undefined || (now.kind === 'plain' && written === edit.before))
    return now.kind === 'plain' ? replaceRange(text, node, quoted(after)) : replaceWhole(text, node, after);
  if (written !== edit.before) throw impossible(name, edit.path, 'another value stands there');
  const [first, ...more] = edit.edits;
  if (more.length === 0 && first?.offset === 0 && first.length === written.length)
    return replaceWhole(text, node, after);
  const source = scalarSource(text.slice(start, end), node, written, edit.edits);
  if (source === undefined) throw impossible(name, edit.path, 'its block text has the reference in another form');
  return replaceRange(text, node, source);
}

/** Writes a value out where an alias or a merge brings it, so that the anchor and its other users keep theirs. */
function unshare(text: string, path: ValuePath, wanted: ValueNode, name: string): string | undefined {
  const at = locate(parseValues(text, name), path);
  if (at.kind === 'alias') {
    const value = nodeAt(wanted, path.slice(0, at.depth));
    return value === undefined ? undefined : replaceRange(text, at.node, flowYaml(value));
  }
  if (at.kind !== 'merged') return undefined;
  const key = path[at.depth];
  const value = nodeAt(wanted, path.slice(0, at.depth + 1));
  if (key === undefined || value === undefined) return undefined;
  return insertAfterMerge(text, at.map, at.merge, String(key), value);
}

/** An edit of a scalar that stands where the path leads. */
interface ScalarEdit {
  readonly edit: LeafEdit;
  readonly node: Scalar;
}

function scalarEdits(document: Document, edits: readonly LeafEdit[]): readonly ScalarEdit[] {
  return edits.flatMap((edit) => {
    const at = locate(document, edit.path);
    return at.kind === 'scalar' ? [{ edit, node: at.node }] : [];
  });
}

/** From the last scalar to the first, so that the places of the others stay right. */
function editScalars(text: string, edits: readonly ScalarEdit[], name: string): string {
  return [...edits]
    .sort((a, b) => (b.node.range?.[0] ?? 0) - (a.node.range?.[0] ?? 0))
    .reduce((current, { edit, node }) => editScalar(current, node, edit, name), text);
}

function insertOne(text: string, edit: LeafEdit, name: string): string {
  const at = locate(parseValues(text, name), edit.path);
  // those behind anchors are settled at the end, when the anchors say what they are to say
  if (at.kind === 'alias' || at.kind === 'merged') return text;
  const inserted = at.kind === 'absent' ? insertKey(text, edit.path, editedValue(edit), name) : undefined;
  if (inserted === undefined) throw impossible(name, edit.path, 'something else stands at this path');
  return inserted;
}

const SHARED_LIMIT = 1000;

/** Settles every value that comes through an alias or merge and now says something else than it should. */
function settleShared(text: string, wanted: ValueNode, name: string): string {
  let current = text;
  for (let round = 0; round < SHARED_LIMIT; round += 1) {
    const path = firstDifference(wanted, treeOf(parseValues(current, name)));
    if (path === undefined) return current;
    const next = unshare(current, path, wanted, name);
    if (next === undefined) throw impossible(name, path, 'the file would read differently there afterwards');
    current = next;
  }
  throw impossible(name, [], `more than ${SHARED_LIMIT} values share anchors with those that change`);
}

/**
 * Rewrites values at their own place in the text: comments, order, spelling of numbers and every other byte stay. A
 * value that an alias or a merge brings is written out at its own path where the anchor's other users keep theirs. The
 * result is read again: it must say exactly what the edits say, and otherwise what it said before.
 *
 * @throws MirrorError RELOCATION_FAILED, naming the key.
 */
export function editValues(text: string, edits: readonly LeafEdit[], name: string): string {
  const { text: readable, document } = readValues(text, name);
  const ordered = [...edits].sort((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1));
  const wanted = ordered.reduce(
    (tree, edit) => withNode(tree, edit.path, textNode(editedValue(edit))),
    treeOf(document),
  );
  const scalars = scalarEdits(document, ordered);
  const others = ordered.filter((edit) => !scalars.some((one) => one.edit === edit));
  try {
    const edited = editScalars(readable, scalars, name);
    const inserted = others.reduce((current, edit) => insertOne(current, edit, name), edited);
    const settled = settleShared(inserted, wanted, name);
    return readable === text ? settled : pullContinuations(settled);
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'RENDER_FAILED')
      throw impossible(name, ordered[0]?.path ?? [], 'the file would not be readable afterwards', error);
    throw error;
  }
}
