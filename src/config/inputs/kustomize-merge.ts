import type { Tree, TreeField, TreeMap } from './tree.ts';

/** Two maps put together; `clashes` are keys that hold a map or list in one and something else in the other. */
export interface KustomizeMerge {
  readonly tree: TreeMap;
  readonly clashes: readonly { readonly key: string; readonly at: Tree['at'] }[];
}

function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && (tree.value === null || tree.value === undefined);
}

// a null that is written out stays, as kyaml keeps what a user wrote; a key with nothing behind it goes
function staysNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && isNull(tree) && tree.isBlank !== true;
}

/** Maps without the keys that hold null, at every depth; lists are taken as they are. */
export function withoutNulls(tree: TreeMap): TreeMap {
  const fields = new Map<string, TreeField>();
  for (const [key, field] of tree.fields) {
    if (isNull(field.value)) continue;
    const value = field.value.kind === 'map' ? withoutNulls(field.value) : field.value;
    fields.set(key, { ...field, value });
  }
  return { ...tree, fields };
}

function someValue(tree: TreeMap, isWanted: (value: Tree) => boolean): boolean {
  return [...tree.fields.values()].some(
    ({ value }) => isWanted(value) || (value.kind === 'map' && someValue(value, isWanted)),
  );
}

/** Whether a map holds null below any of its keys. */
export function holdsNull(tree: TreeMap): boolean {
  return someValue(tree, isNull);
}

/** Whether a map has keys with nothing behind them. */
export function holdsBlank(tree: TreeMap): boolean {
  return someValue(tree, (value) => isNull(value) && !staysNull(value));
}

/** A map in which what is nothing at all is null, as kustomize spells `valuesInline` out before it puts it together. */
export function withNullsWritten(tree: TreeMap): TreeMap {
  const fields = new Map<string, TreeField>();
  for (const [key, field] of tree.fields) {
    const { value } = field;
    if (isNull(value))
      fields.set(key, { ...field, value: { kind: 'scalar', at: value.at, value: null, written: 'null' } });
    else fields.set(key, value.kind === 'map' ? { ...field, value: withNullsWritten(value) } : field);
  }
  return { ...tree, fields };
}

/** Whether a map holds a directive of a strategic merge (`$patch`), at any depth. */
export function holdsDirective(tree: TreeMap): boolean {
  return [...tree.fields].some(
    ([key, { value }]) => key === '$patch' || (value.kind === 'map' && holdsDirective(value)),
  );
}

/**
 * Values put on top of others as kustomize does it for `valuesInline` (`merge2.Merge` in kyaml/yaml/merge2/merge2.go): maps are
 * joined, lists and scalars replaced; null on top takes the key away, so that what is under all this, the chart's own
 * value, counts again. Of the kinds that do not fit together, which kustomize refuses, the one on top is taken and told.
 */
export function kustomizeMerged(under: TreeMap, over: TreeMap, path = ''): KustomizeMerge {
  const fields = new Map<string, TreeField>();
  const clashes: { readonly key: string; readonly at: Tree['at'] }[] = [];
  for (const [key, field] of under.fields) {
    if (over.fields.has(key)) continue;
    if (isNull(field.value) && !staysNull(field.value)) continue;
    const value = field.value.kind === 'map' ? kustomizeMerged(field.value, emptied(field.value)).tree : field.value;
    fields.set(key, { ...field, value });
  }
  for (const [key, field] of over.fields) {
    const name = path === '' ? key : `${path}.${key}`;
    const before = under.fields.get(key);
    if (isNull(field.value)) continue;
    if (field.value.kind === 'map' && before?.value.kind === 'map') {
      const both = kustomizeMerged(before.value, field.value, name);
      fields.set(key, { ...field, value: both.tree });
      clashes.push(...both.clashes);
      continue;
    }
    if (before !== undefined && !isNull(before.value) && before.value.kind !== field.value.kind)
      clashes.push({ key: name, at: field.value.at });
    fields.set(key, { ...field, value: field.value.kind === 'map' ? withoutNulls(field.value) : field.value });
  }
  return { tree: { ...over, fields }, clashes };
}

function emptied(tree: TreeMap): TreeMap {
  return { ...tree, fields: new Map() };
}
