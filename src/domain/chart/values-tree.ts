import type { FileAddress } from './archive-tree.ts';

/** A path in values: map keys and list indexes. */
export type ValuePath = readonly (string | number)[];

/** Where a value is defined: in a file of the chart, or in one of the layers that are given to helm. */
export type ValueOrigin =
  | { readonly kind: 'chart'; readonly address: FileAddress; readonly path: ValuePath }
  | { readonly kind: 'layer'; readonly layer: number; readonly path: ValuePath };

/**
 * Where a leaf is defined. `nullAt` is a null above it, in the values of a parent chart, that deletes it with some versions and
 * values: what is to hold always has to be written there.
 */
interface Defined {
  readonly origin: ValueOrigin;
  readonly nullAt?: ValueOrigin;
}

/** Effective values with the origin of each leaf. `source` is the scalar's own spelling, for values that are not strings. */
export type ValueNode =
  | { readonly kind: 'map'; readonly entries: Entries }
  | { readonly kind: 'list'; readonly items: readonly ValueNode[] }
  | ({ readonly kind: 'string'; readonly value: string } & Defined)
  | ({ readonly kind: 'plain'; readonly source: string } & Defined)
  | ({ readonly kind: 'null' } & Defined);

/** The entries of a map. */
export type Entries = ReadonlyMap<string, ValueNode>;

/** A map without entries. */
export const EMPTY_MAP: ValueNode = { kind: 'map', entries: new Map() };

/**
 * Helm's merge: maps are merged, everything else is replaced, and a null of a release deletes the key of the weaker. A
 * null in a chart's own file deletes a subchart's default in helm 3, and in helm 4 only sometimes: here the default stays.
 */
export function mergeValues(strong: ValueNode, weak: ValueNode): ValueNode {
  if (strong.kind !== 'map' || weak.kind !== 'map') return strong;
  const entries = new Map(weak.entries);
  for (const [key, node] of strong.entries) {
    const under = weak.entries.get(key);
    if (node.kind !== 'null' || under === undefined)
      entries.set(key, under === undefined ? node : mergeValues(node, under));
    else if (node.origin.kind === 'layer') entries.delete(key);
    else if (under.kind !== 'map' && under.kind !== 'list') entries.set(key, { ...under, nullAt: node.origin });
  }
  return { kind: 'map', entries };
}

/** The node at a path, or undefined. */
export function nodeAt(root: ValueNode, path: ValuePath): ValueNode | undefined {
  let node: ValueNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step));
    else if (node?.kind === 'list' && typeof step === 'number') node = node.items[step];
    else return undefined;
  }
  return node;
}

/** Whether nothing stands there: no such key, a null, or an empty text. */
export function isBlank(node: ValueNode | undefined): boolean {
  return node === undefined || node.kind === 'null' || (node.kind === 'string' && node.value === '');
}

/**
 * Whether a value could be set at a path that has none: what is on the way takes the next step (a map a key, a list has the
 * item), or is not there yet.
 */
export function isSettable(root: ValueNode, path: ValuePath): boolean {
  if (!isBlank(nodeAt(root, path))) return false;
  return path.every((step, index) => {
    const node = nodeAt(root, path.slice(0, index));
    // items of a list have no names: one that is not there cannot be meant
    if (typeof step === 'number') return node?.kind === 'list' && step < node.items.length;
    return isBlank(node) || node?.kind === 'map';
  });
}

/** A map of the values, with its path. */
export interface ValueMap {
  readonly path: ValuePath;
  readonly entries: Entries;
}

/** All maps in document order, each before those inside it. */
export function mapsIn(root: ValueNode, path: ValuePath = []): readonly ValueMap[] {
  if (root.kind === 'list') return root.items.flatMap((item, index) => mapsIn(item, [...path, index]));
  if (root.kind !== 'map') return [];
  const { entries } = root;
  return [{ path, entries }, ...[...entries].flatMap(([key, node]) => mapsIn(node, [...path, key]))];
}

const NOWHERE: ValueOrigin = { kind: 'layer', layer: -1, path: [] };

/** The tree with a node set at a path; maps and list items on the way to it are made where they are missing. */
export function withNode(root: ValueNode | undefined, path: ValuePath, node: ValueNode): ValueNode {
  const [step, ...rest] = path;
  if (step === undefined) return node;
  if (typeof step === 'number' && root?.kind !== 'map') {
    const items = root?.kind === 'list' ? [...root.items] : [];
    items[step] = withNode(items[step], rest, node);
    return { kind: 'list', items };
  }
  const entries = new Map(root?.kind === 'map' ? root.entries : []);
  return { kind: 'map', entries: entries.set(String(step), withNode(entries.get(String(step)), rest, node)) };
}

/** A text that no file defines. */
export function textNode(text: string): ValueNode {
  return { kind: 'string', value: text, origin: NOWHERE };
}

/** A value that is on, and that no file defines. */
export const SWITCHED_ON: ValueNode = { kind: 'plain', source: 'true', origin: NOWHERE };

function stepsOf(node: ValueNode): readonly (string | number)[] {
  if (node.kind === 'map') return [...node.entries.keys()];
  return node.kind === 'list' ? [...node.items.keys()] : [];
}

function sameScalar(a: ValueNode, b: ValueNode): boolean {
  if (a.kind === 'string' && b.kind === 'string') return a.value === b.value;
  if (a.kind === 'plain' && b.kind === 'plain') return a.source === b.source;
  return a.kind === b.kind;
}

/** The path of the first value that two trees do not share; undefined when they say the same. Origins do not count. */
export function firstDifference(a: ValueNode, b: ValueNode, path: ValuePath = []): ValuePath | undefined {
  if (!sameScalar(a, b)) return path;
  for (const step of new Set([...stepsOf(a), ...stepsOf(b)])) {
    const [left, right] = [nodeAt(a, [step]), nodeAt(b, [step])];
    if (left === undefined || right === undefined) return [...path, step];
    const inner = firstDifference(left, right, [...path, step]);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** A string leaf of the effective values. */
export interface StringLeaf {
  readonly path: ValuePath;
  readonly value: string;
  readonly origin: ValueOrigin;
}

/** All string leaves in document order. */
export function stringLeaves(root: ValueNode, path: ValuePath = []): readonly StringLeaf[] {
  switch (root.kind) {
    case 'map':
      return [...root.entries].flatMap(([key, node]) => stringLeaves(node, [...path, key]));
    case 'list':
      return root.items.flatMap((node, index) => stringLeaves(node, [...path, index]));
    case 'string':
      return [{ path, value: root.value, origin: root.origin }];
    case 'plain':
    case 'null':
      return [];
  }
}

/** A string, a number or a boolean of a values tree. */
export interface ScalarLeaf {
  readonly path: ValuePath;
  /** The text, or the spelling of what is none. */
  readonly value: string;
  readonly isText: boolean;
}

/** All leaves that are not null, in document order. */
export function scalarLeaves(root: ValueNode, path: ValuePath = []): readonly ScalarLeaf[] {
  switch (root.kind) {
    case 'map':
      return [...root.entries].flatMap(([key, node]) => scalarLeaves(node, [...path, key]));
    case 'list':
      return root.items.flatMap((node, index) => scalarLeaves(node, [...path, index]));
    case 'string':
      return [{ path, value: root.value, isText: true }];
    case 'plain':
      return [{ path, value: root.source, isText: false }];
    case 'null':
      return [];
  }
}

/** The last key of a path, as in `a.b[0]` the `b`; empty for none. */
export function lastKey(path: ValuePath): string {
  return String(path.findLast((step) => typeof step === 'string') ?? '');
}

/** `a.b[0].c`: how a path is shown to people. */
export function formatPath(path: ValuePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const safe = /^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? safe : `${text}.${safe}`;
  }, '');
}
