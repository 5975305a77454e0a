import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Place } from '../../domain/addon.ts';
import { scalarText } from '../values-text.ts';
import { fieldsOf, isUnquotedTemplate, itemsOf, placeOf, sourceTextOf } from '../yaml-nodes.ts';
import type { YamlSource } from '../yaml-source.ts';

/** A scalar. `written` is its spelling, on one line, so that `0644` and `1.10` stay what they are. */
export interface TreeScalar {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: unknown;
  readonly written: string;
  /** Why a template in it could not be filled in; the text still holds that template. */
  readonly open?: string;
  /** Set for a null that is nothing at all behind its key. */
  readonly isBlank?: true;
}

/** One pair of a map; `written` is how its key is spelled. */
export interface TreeField {
  readonly written: string;
  readonly value: Tree;
}

export interface TreeMap {
  readonly kind: 'map';
  readonly at: Place;
  readonly fields: ReadonlyMap<string, TreeField>;
}

export interface TreeList {
  readonly kind: 'list';
  readonly at: Place;
  readonly items: readonly Tree[];
}

/** A YAML value without anchors and merge keys, each part with its place: what is read, filled in, merged and written again. */
export type Tree = TreeScalar | TreeMap | TreeList;

// Aliases of aliases can stand for more nodes than fit in memory; no input of ours comes near this number.
const NODE_LIMIT = 200_000;

class TooMuch extends Error {}

/** A node as a tree; undefined where its aliases stand for more than 200 000 values. A template without quotes is its text. */
export function treeOf(source: YamlSource, root: Node): Tree | undefined {
  let nodes = 0;

  function convert(node: Node): Tree {
    nodes += 1;
    if (nodes > NODE_LIMIT) throw new TooMuch();
    const at = placeOf(source, node);
    if (isUnquotedTemplate(source, node)) {
      const value = source.text.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0).trim();
      return { kind: 'scalar', at, value, written: JSON.stringify(value) };
    }
    if (isSeq(node)) return { kind: 'list', at, items: itemsOf(source, node).map(convert) };
    if (isMap(node)) {
      const fields = new Map<string, TreeField>();
      for (const { name, key, value } of fieldsOf(source, node)) {
        const written = isScalar(key) ? scalarText(key) : JSON.stringify(name);
        fields.set(name, { written, value: convert(value) });
      }
      return { kind: 'map', at, fields };
    }
    if (isScalar(node)) {
      const isBlank = node.value === null && sourceTextOf(node) === '';
      return { kind: 'scalar', at, value: node.value, written: scalarText(node), ...(isBlank ? { isBlank } : {}) };
    }
    return { kind: 'scalar', at, value: null, written: 'null' };
  }

  try {
    return convert(root);
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

/** The value below keys, in turn. */
export function valueAt(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  let found = tree;
  for (const key of keys) found = found?.kind === 'map' ? found.fields.get(key)?.value : undefined;
  return found;
}

/** The map below keys; undefined where something else or nothing is. */
export function mapAt(tree: Tree | undefined, ...keys: readonly string[]): TreeMap | undefined {
  const found = valueAt(tree, ...keys);
  return found?.kind === 'map' ? found : undefined;
}

/** The elements of the list below keys; none where no list is. */
export function itemsAt(tree: Tree | undefined, ...keys: readonly string[]): readonly Tree[] {
  const found = valueAt(tree, ...keys);
  return found?.kind === 'list' ? found.items : [];
}

/** A scalar as text: a string as YAML read it, anything else as it is spelled. Undefined for null and empty text. */
export function textOf(tree: Tree | undefined): string | undefined {
  if (tree?.kind !== 'scalar' || tree.value === null || tree.value === undefined) return undefined;
  const text = typeof tree.value === 'string' ? tree.value.trim() : tree.written;
  return text === '' ? undefined : text;
}

/** The text below keys. */
export function textAt(tree: Tree | undefined, ...keys: readonly string[]): string | undefined {
  return textOf(valueAt(tree, ...keys));
}

/** The texts of the list below keys, with their places. */
export function textsAt(
  tree: Tree | undefined,
  ...keys: readonly string[]
): readonly { readonly text: string; readonly at: Place }[] {
  return itemsAt(tree, ...keys).flatMap((item) => {
    const text = textOf(item);
    return text === undefined ? [] : [{ text, at: item.at }];
  });
}

/** Whether the value below keys is `true`. */
export function isTrue(tree: Tree | undefined, ...keys: readonly string[]): boolean {
  const found = valueAt(tree, ...keys);
  return found?.kind === 'scalar' && found.value === true;
}

/** Whether the value below keys is `false`. */
export function isFalse(tree: Tree | undefined, ...keys: readonly string[]): boolean {
  const found = valueAt(tree, ...keys);
  return found?.kind === 'scalar' && found.value === false;
}

/** A tree as plain data, for templates and comparisons. */
export function plainOf(tree: Tree): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(plainOf);
    case 'map': {
      const record: Record<string, unknown> = Object.create(null);
      for (const [key, { value }] of tree.fields) record[key] = plainOf(value);
      return record;
    }
  }
}
