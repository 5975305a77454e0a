import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { ValuePath } from '../chart/values-tree.ts';

/** Where a path leads in a YAML document. */
export type Location =
  | { readonly kind: 'scalar'; readonly node: Scalar }
  /** The value is an alias (`*name`), or comes through one: this is the alias itself when it stands at the path. */
  | { readonly kind: 'alias'; readonly node: Node }
  /** The path's last key (and perhaps more) is not there: `parent` is the deepest node that is, at `depth` steps. */
  | { readonly kind: 'absent'; readonly parent: Node | null; readonly depth: number }
  | { readonly kind: 'other' };

function keyOf(pair: Pair): string {
  if (isScalar(pair.key))
    return typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? String(pair.key.value));
  return String(pair.key);
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair): pair is Pair => isPair(pair) && keyOf(pair) === key);
}

function child(node: Node | null, step: string | number): { readonly found: boolean; readonly node: Node | null } {
  if (isMap(node)) {
    const pair = pairOf(node, String(step));
    return { found: pair !== undefined, node: (pair?.value ?? null) as Node | null };
  }
  if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
    return { found: true, node: node.items[step] as Node };
  }
  return { found: false, node: null };
}

/** Follows a path through a document without entering aliases: a value behind one is `absent` below the alias. */
export function locate(document: Document, path: ValuePath): Location {
  let node = document.contents as Node | null;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) return { kind: 'other' };
    const next = child(node, step);
    if (!next.found) return { kind: 'absent', parent: node, depth };
    node = next.node;
  }
  if (isAlias(node)) return { kind: 'alias', node };
  if (isScalar(node)) return { kind: 'scalar', node };
  return node === null ? { kind: 'absent', parent: null, depth: path.length } : { kind: 'other' };
}
