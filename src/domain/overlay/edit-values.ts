import type { Node } from 'yaml';
import { MirrorError } from '../../errors.ts';
import { formatPath, nodeAt, parseValues, stringLeaves, type ValuePath, valuesOf } from '../chart/values-tree.ts';
import { insertKey } from './insert-key.ts';
import { locate } from './locate.ts';
import { applyEdits, quoted, scalarSource, type ValueEdit } from './scalar-text.ts';

/** A change of one value in one values file. `before` is undefined where the key is new. */
export interface LeafEdit {
  readonly path: ValuePath;
  readonly before: string | undefined;
  readonly edits: readonly ValueEdit[];
}

/** The value after the edit. */
export function editedValue(edit: LeafEdit): string {
  return applyEdits(edit.before ?? '', edit.edits);
}

function impossible(name: string, edit: LeafEdit, why: string): MirrorError {
  return new MirrorError(`${name}: ${formatPath(edit.path)} cannot be rewritten in place: ${why}`, {
    code: 'RELOCATION_FAILED',
    origin: 'local',
    hint: 'set this key in the values of the release, then it is relocated there',
  });
}

function replaceRange(text: string, node: Node, source: string): string {
  const [start, end] = node.range ?? [0, 0];
  return text.slice(0, start) + source + text.slice(end);
}

function editOne(text: string, edit: LeafEdit, name: string): string {
  const at = locate(parseValues(text, name), edit.path);
  const after = editedValue(edit);
  if (at.kind === 'alias') return replaceRange(text, at.node, quoted(after));
  if (at.kind === 'scalar' && typeof at.node.value === 'string') {
    const [start, end] = at.node.range ?? [0, 0];
    const source = scalarSource(text.slice(start, end), at.node, at.node.value, edit.edits);
    if (source === undefined) throw impossible(name, edit, 'its block text has the reference in another form');
    return replaceRange(text, at.node, source);
  }
  if (at.kind === 'scalar' && at.node.value === null && (at.node.source ?? '') !== '')
    return replaceRange(text, at.node, quoted(after));
  if (at.kind === 'scalar' && at.node.value === null) {
    const [start] = at.node.range ?? [0];
    const blank = text[start - 1] === ':' ? ' ' : '';
    return `${text.slice(0, start)}${blank}${quoted(after)}${text.slice(start)}`;
  }
  const inserted = at.kind === 'absent' ? insertKey(text, edit.path, after, name) : undefined;
  if (inserted === undefined) throw impossible(name, edit, 'something else stands at this path');
  return inserted;
}

function leafMap(text: string, name: string): ReadonlyMap<string, string> {
  const values = valuesOf(parseValues(text, name), (path) => ({ kind: 'layer', layer: -1, path }));
  return new Map(stringLeaves(values).map((leaf) => [JSON.stringify(leaf.path), leaf.value]));
}

function checkResult(before: string, after: string, edits: readonly LeafEdit[], name: string): void {
  const wanted = new Map(edits.map((edit) => [JSON.stringify(edit.path), edit]));
  const old = leafMap(before, name);
  const now = leafMap(after, name);
  const values = valuesOf(parseValues(after, name), (path) => ({ kind: 'layer', layer: -1, path }));
  for (const edit of edits) {
    const node = nodeAt(values, edit.path);
    if (node?.kind !== 'string' || node.value !== editedValue(edit))
      throw impossible(name, edit, 'the file reads differently afterwards');
  }
  for (const [path, value] of old) {
    const edit = wanted.get(path);
    if (edit === undefined && now.get(path) !== value) {
      const other: LeafEdit = { path: JSON.parse(path) as ValuePath, before: value, edits: [] };
      throw impossible(name, other, 'it shares an anchor with a value that changes');
    }
  }
}

/**
 * Rewrites values at their own place in the text: comments, order, spelling of numbers and every other byte stay. The
 * result is read again: each edited value must be there, and no other string may have changed.
 *
 * @throws MirrorError RELOCATION_FAILED, naming the key.
 */
export function editValues(text: string, edits: readonly LeafEdit[], name: string): string {
  const ordered = [...edits].sort((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1));
  const result = ordered.reduce((current, edit) => editOne(current, edit, name), text);
  checkResult(text, result, ordered, name);
  return result;
}
