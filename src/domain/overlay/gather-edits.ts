import { type FileAddress, formatAddress } from '../chart/archive-tree.ts';
import { nodeAt, type ValueNode, type ValueOrigin, type ValuePath } from '../chart/values-tree.ts';
import type { Fill } from '../trace/fills.ts';
import { fillSlots } from '../trace/slot.ts';
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

/** The first scalar in a node, with its path below the node. */
function firstScalar(node: ValueNode, below: ValuePath = []): { origin: ValueOrigin; below: ValuePath } | undefined {
  const inner: readonly (readonly [string | number, ValueNode])[] =
    node.kind === 'map' ? [...node.entries] : node.kind === 'list' ? [...node.items.entries()] : [];
  if (node.kind !== 'map' && node.kind !== 'list') return { origin: node.origin, below };
  for (const [step, value] of inner) {
    const found = firstScalar(value, [...below, step]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a new key of a list item goes: lists come whole from one place, so the item's other values tell. */
function originInList(values: ValueNode, path: ValuePath): ValueOrigin | undefined {
  const step = path.findLastIndex((one) => typeof one === 'number');
  const item = step < 0 ? undefined : nodeAt(values, path.slice(0, step + 1));
  const scalar = item === undefined ? undefined : firstScalar(item);
  if (scalar === undefined) return undefined;
  const { origin, below } = scalar;
  return { ...origin, path: [...origin.path.slice(0, origin.path.length - below.length), ...path.slice(step + 1)] };
}

/** The place that defines a value, or where it would be defined; undefined for a new key of a map: that goes to the root. */
function originOf(values: ValueNode, path: ValuePath, nulls: Nulls): ValueOrigin | undefined {
  const node = nodeAt(values, path);
  if (node === undefined) return originInList(values, path);
  if (node.kind === 'map' || node.kind === 'list') return undefined;
  return nulls === 'filled' ? (node.nullAt ?? node.origin) : node.origin;
}

/**
 * What becomes of a null of a parent above a default: filled for what a render shows, since the null may delete the default; kept
 * for all else, since what it deletes may be what turns something on.
 */
export type Nulls = 'filled' | 'kept';

/** Joins fills into one change per value. */
export function leafChanges(values: ValueNode, fills: readonly Fill[], nulls: Nulls = 'filled'): readonly LeafChange[] {
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
    return [{ path, before: value, after, edits, origin: originOf(values, path, nulls) }];
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

function overlap(a: ValueEdit, b: ValueEdit): boolean {
  if (a.offset === b.offset) return true;
  return a.offset < b.offset ? b.offset < a.offset + a.length : a.offset < b.offset + b.length;
}

function sameEdit(a: ValueEdit, b: ValueEdit): boolean {
  return a.offset === b.offset && a.length === b.length && a.text === b.text;
}

function union(a: LeafEdit, b: LeafEdit): LeafEdit | undefined {
  const added = b.edits.filter((edit) => !a.edits.some((other) => sameEdit(edit, other)));
  if (added.some((edit) => a.edits.some((other) => overlap(edit, other)))) return undefined;
  return { ...a, edits: [...a.edits, ...added] };
}

/** Edits that cannot hold together: the same value would have to become two different ones. */
export interface EditConflict {
  readonly file: string;
  readonly path: ValuePath;
}

/**
 * Sorts the changes of all releases of a chart into the files that define the values. A value that several aliases of
 * one subchart share, and that they want different, is set for each alias at the root instead. Of `later` only those are
 * taken that agree with what is there.
 */
export function gatherEdits(
  changes: readonly LeafChange[],
  later: readonly LeafChange[] = [],
): {
  readonly files: readonly FileEdits[];
  readonly conflicts: readonly EditConflict[];
} {
  const files = new Map<string, { address: FileAddress; edits: Map<string, LeafEdit> }>();
  const conflicts: EditConflict[] = [];
  const put = (address: FileAddress, edit: LeafEdit): boolean => {
    const file = files.get(formatAddress(address)) ?? { address, edits: new Map<string, LeafEdit>() };
    const key = JSON.stringify(edit.path);
    const before = file.edits.get(key);
    const merged = before === undefined ? edit : union(before, edit);
    if (merged === undefined) return false;
    files.set(formatAddress(address), { address, edits: file.edits.set(key, merged) });
    return true;
  };
  for (const [index, change] of [...changes, ...later].entries()) {
    if (change.origin?.kind === 'layer') continue;
    const { address, edit } = atOrigin(change);
    if (put(address, edit)) continue;
    const fallback = atRoot(change);
    if (!put(fallback.address, fallback.edit) && index < changes.length)
      conflicts.push({ file: formatAddress(address), path: edit.path });
  }
  return {
    files: [...files.values()].map(({ address, edits }) => ({ address, edits: [...edits.values()] })),
    conflicts,
  };
}
