import {
  type Alias,
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
import { isMerge, keyText, mergedKeys } from '../chart/values-document.ts';
import type { ValuePath } from '../chart/values-tree.ts';

/** Where a path leads in a YAML document. `depth` is how many steps of the path lead to the node named. */
export type Location =
  | { readonly kind: 'scalar'; readonly node: Scalar }
  /** An alias (`*name`) stands at the path or above it. */
  | { readonly kind: 'alias'; readonly node: Alias; readonly depth: number }
  /** The key of step `depth` is not in `map` itself: the merge (`<<`) brings it. */
  | { readonly kind: 'merged'; readonly map: YAMLMap; readonly merge: Pair; readonly depth: number }
  | Absent
  | { readonly kind: 'other' };

/** The key of step `depth` (and perhaps more) is not there. `parent` is the deepest node that is; `pair` holds it. */
export interface Absent {
  readonly kind: 'absent';
  readonly parent: Node | null;
  readonly pair: Pair | undefined;
  /** Whether the parent stands inside a collection in flow style. */
  readonly inFlow: boolean;
  readonly depth: number;
}

/** Which pair of a map says what a key is: the last one of that name, or a merge after it. */
function pairOf(document: Document, map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast(
    (pair): pair is Pair =>
      isPair(pair) && (isMerge(pair) ? mergedKeys(document, pair).has(key) : keyText(pair.key) === key),
  );
}

/** Follows a path through a document without entering aliases and merges. */
export function locate(document: Document, path: ValuePath): Location {
  let node = document.contents as Node | null;
  let pair: Pair | undefined;
  let inFlow = false;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) return { kind: 'alias', node, depth };
    const absent: Absent = { kind: 'absent', parent: node, pair, inFlow, depth };
    inFlow = inFlow || ((isMap(node) || isSeq(node)) && node.flow === true);
    if (isMap(node)) {
      pair = pairOf(document, node, String(step));
      if (pair === undefined) return absent;
      if (isMerge(pair)) return { kind: 'merged', map: node, merge: pair, depth };
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      node = node.items[step] as Node;
      pair = undefined;
    } else return absent;
  }
  if (isAlias(node)) return { kind: 'alias', node, depth: path.length };
  if (isScalar(node)) return { kind: 'scalar', node };
  return node === null ? { kind: 'absent', parent: null, pair, inFlow, depth: path.length } : { kind: 'other' };
}
