import { type FileAddress, formatAddress } from '../chart/archive-tree.ts';
import { nodeAt, type ValueNode, type ValueOrigin, type ValuePath } from '../chart/values-tree.ts';
import { fillSlots } from '../trace/slot.ts';
import type { Fill } from '../trace/solve.ts';
import type { LeafEdit } from './edit-values.ts';
import type { ValueEdit } from './scalar-text.ts';

/** A change of a value as templates see it, with the place where that value is defined. */
export interface LeafChange {
  readonly path: ValuePath;
  readonly before: string | undefined;
  readonly after: string;
  readonly edits: readonly ValueEdit[];
  readonly origin: ValueOrigin | undefined;
}

/** Changes of one chart file. */
export interface FileEdits {
  readonly address: FileAddress;
  readonly edits: readonly LeafEdit[];
}

function originOf(values: ValueNode, path: ValuePath): ValueOrigin | undefined {
  const node = nodeAt(values, path);
  return node === undefined || node.kind === 'map' || node.kind === 'list' ? undefined : node.origin;
}

/** Joins fills into one change per value. */
export function leafChanges(values: ValueNode, fills: readonly Fill[]): readonly LeafChange[] {
  const groups = new Map<string, Fill[]>();
  for (const fill of fills) {
    const key = JSON.stringify(fill.slot.path);
    groups.set(key, [...(groups.get(key) ?? []), fill]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { path, value } = first.slot;
    const after = fillSlots(value ?? '', group);
    const edits = group.map(({ slot, text }): ValueEdit => ({ offset: slot.offset, length: slot.length, text }));
    return [{ path, before: value, after, edits, origin: originOf(values, path) }];
  });
}

const ROOT_VALUES: FileAddress = ['values.yaml'];

function atRoot(change: LeafChange): { readonly address: FileAddress; readonly edit: LeafEdit } {
  const edits = [{ offset: 0, length: 0, text: change.after }];
  return { address: ROOT_VALUES, edit: { path: change.path, before: undefined, edits } };
}

function atOrigin(change: LeafChange): { readonly address: FileAddress; readonly edit: LeafEdit } {
  if (change.origin?.kind !== 'chart') return atRoot(change);
  const { address, path } = change.origin;
  return { address, edit: { path, before: change.before, edits: change.edits } };
}

function sameEdits(a: LeafEdit, b: LeafEdit): boolean {
  return JSON.stringify(a.edits) === JSON.stringify(b.edits);
}

function union(a: LeafEdit, b: LeafEdit): LeafEdit | undefined {
  const edits = new Map(a.edits.map((edit) => [`${edit.offset}:${edit.length}`, edit]));
  for (const edit of b.edits) {
    const key = `${edit.offset}:${edit.length}`;
    const other = edits.get(key);
    if (other !== undefined && other.text !== edit.text) return undefined;
    edits.set(key, edit);
  }
  return { ...a, edits: [...edits.values()] };
}

/** Edits that cannot hold together: the same value would have to become two different ones. */
export interface EditConflict {
  readonly file: string;
  readonly path: ValuePath;
}

/**
 * Sorts the changes of all releases of a chart into the files that define the values. A value that several aliases of
 * one subchart share, and that they want different, is set for each alias at the root instead.
 */
export function gatherEdits(changes: readonly LeafChange[]): {
  readonly files: readonly FileEdits[];
  readonly conflicts: readonly EditConflict[];
} {
  const files = new Map<string, { address: FileAddress; edits: Map<string, LeafEdit> }>();
  const conflicts: EditConflict[] = [];
  const put = (address: FileAddress, edit: LeafEdit): boolean => {
    const file = files.get(formatAddress(address)) ?? { address, edits: new Map<string, LeafEdit>() };
    const key = JSON.stringify(edit.path);
    const before = file.edits.get(key);
    const merged = before === undefined || sameEdits(before, edit) ? edit : union(before, edit);
    if (merged === undefined) return false;
    files.set(formatAddress(address), { address, edits: file.edits.set(key, merged) });
    return true;
  };
  for (const change of changes) {
    if (change.origin?.kind === 'layer') continue;
    const { address, edit } = atOrigin(change);
    if (put(address, edit)) continue;
    const fallback = atRoot(change);
    if (!put(fallback.address, fallback.edit)) conflicts.push({ file: formatAddress(address), path: edit.path });
  }
  return {
    files: [...files.values()].map(({ address, edits }) => ({ address, edits: [...edits.values()] })),
    conflicts,
  };
}
