import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, parseDocument, type Scalar } from 'yaml';
import { MirrorError, oneLine } from '../../errors.ts';
import type { FileAddress } from './archive-tree.ts';

/** A path in values: map keys and list indexes. */
export type ValuePath = readonly (string | number)[];

/** Where a value is defined: in a file of the chart, or in one of the layers that are given to helm. */
export type ValueOrigin =
  | { readonly kind: 'chart'; readonly address: FileAddress; readonly path: ValuePath }
  | { readonly kind: 'layer'; readonly layer: number; readonly path: ValuePath };

/** Effective values with the origin of each leaf. `source` is the scalar's own spelling, for values that are not strings. */
export type ValueNode =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, ValueNode> }
  | { readonly kind: 'list'; readonly items: readonly ValueNode[] }
  | { readonly kind: 'string'; readonly value: string; readonly origin: ValueOrigin }
  | { readonly kind: 'plain'; readonly source: string; readonly origin: ValueOrigin }
  | { readonly kind: 'null'; readonly origin: ValueOrigin };

/** A map without entries. */
export const EMPTY_MAP: ValueNode = { kind: 'map', entries: new Map() };

/** Parses values as helm does: YAML 1.1 scalars, merge keys, the last of two equal keys. */
export function parseValues(text: string, name: string): Document {
  const document = parseDocument(text, {
    version: '1.1',
    uniqueKeys: false,
    merge: true,
    intAsBigInt: true,
    stringKeys: false,
  });
  const error = document.errors[0];
  if (error !== undefined) {
    throw new MirrorError(`${name} is not readable YAML: ${oneLine(error.message)}`, {
      code: 'RENDER_FAILED',
      origin: 'source',
      hint: 'check the file with helm lint',
      cause: error,
    });
  }
  return document;
}

interface Walk {
  readonly document: Document;
  readonly originAt: (path: ValuePath) => ValueOrigin;
  readonly open: Set<Node>;
}

function scalarNode(scalar: Scalar, path: ValuePath, walk: Walk): ValueNode {
  const origin = walk.originAt(path);
  if (typeof scalar.value === 'string') return { kind: 'string', value: scalar.value, origin };
  if (scalar.value === null || scalar.value === undefined) return { kind: 'null', origin };
  return { kind: 'plain', source: scalar.source ?? String(scalar.value), origin };
}

function keyText(key: unknown): string {
  if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  return String(key);
}

function mapEntries(items: readonly unknown[], path: ValuePath, walk: Walk): ReadonlyMap<string, ValueNode> {
  const entries = new Map<string, ValueNode>();
  const own = new Map<string, ValueNode>();
  for (const pair of items) {
    if (!isPair(pair)) continue;
    const key = keyText(pair.key);
    const value = pair.value as Node | null;
    if (key === '<<') {
      const merged = nodeOf(value, path, walk);
      const sources = merged.kind === 'list' ? merged.items : [merged];
      for (const source of sources) {
        if (source.kind !== 'map') continue;
        for (const [name, node] of source.entries) if (!entries.has(name)) entries.set(name, node);
      }
    } else own.set(key, nodeOf(value, [...path, key], walk));
  }
  for (const [key, node] of own) entries.set(key, node);
  return entries;
}

function nodeOf(node: Node | null, path: ValuePath, walk: Walk): ValueNode {
  if (node === null) return { kind: 'null', origin: walk.originAt(path) };
  if (isAlias(node)) {
    const target = node.resolve(walk.document);
    if (target === undefined || walk.open.has(target)) return { kind: 'null', origin: walk.originAt(path) };
    walk.open.add(target);
    const resolved = nodeOf(target, path, walk);
    walk.open.delete(target);
    return resolved;
  }
  if (isMap(node)) return { kind: 'map', entries: mapEntries(node.items, path, walk) };
  if (isSeq(node))
    return { kind: 'list', items: node.items.map((item, index) => nodeOf(item as Node, [...path, index], walk)) };
  return isScalar(node) ? scalarNode(node, path, walk) : { kind: 'null', origin: walk.originAt(path) };
}

/** The values of one document as a tree. `originAt` names the origin of each path in it. Not a map: an empty one. */
export function valuesOf(document: Document, originAt: (path: ValuePath) => ValueOrigin): ValueNode {
  const contents = document.contents as Node | null;
  const node = nodeOf(contents, [], { document, originAt, open: new Set() });
  return node.kind === 'map' ? node : EMPTY_MAP;
}

/** Helm's merge: maps are merged, everything else is replaced, and null in the stronger deletes the key of the weaker. */
export function mergeValues(strong: ValueNode, weak: ValueNode): ValueNode {
  if (strong.kind !== 'map' || weak.kind !== 'map') return strong;
  const entries = new Map(weak.entries);
  for (const [key, node] of strong.entries) {
    const under = weak.entries.get(key);
    if (node.kind === 'null' && under !== undefined) entries.delete(key);
    else entries.set(key, under === undefined ? node : mergeValues(node, under));
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

/** `a.b[0].c`: how a path is shown to people. */
export function formatPath(path: ValuePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const safe = /^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? safe : `${text}.${safe}`;
  }, '');
}
