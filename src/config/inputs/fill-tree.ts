import type { Fill } from './template-text.ts';
import type { Tree, TreeField, TreeMap } from './tree.ts';
import { textScalar } from './tree-merge.ts';

/** A tree with the templates in its texts and keys filled in; where one could not be, the text says why. */
export function filledTree(tree: Tree, fill: Fill): Tree {
  switch (tree.kind) {
    case 'scalar': {
      if (typeof tree.value !== 'string' || !tree.value.includes('{{')) return tree;
      const { text, open } = fill(tree.value);
      return { ...textScalar(tree.at, text), ...(open === undefined ? {} : { open }) };
    }
    case 'list':
      return { ...tree, items: tree.items.map((item) => filledTree(item, fill)) };
    case 'map': {
      const fields = new Map<string, TreeField>();
      for (const [key, field] of tree.fields) {
        const name = key.includes('{{') ? fill(key).text : key;
        const written = name === key ? field.written : JSON.stringify(name);
        fields.set(name, { written, value: filledTree(field.value, fill) });
      }
      return { ...tree, fields };
    }
  }
}

/** A value that was taken out of values because a template in it could not be filled in. */
export interface OpenValue {
  readonly key: string;
  readonly at: Tree['at'];
  readonly reason: string;
}

function isOpen(tree: Tree): string | undefined {
  switch (tree.kind) {
    case 'scalar':
      return tree.open;
    case 'list':
      return tree.items.map(isOpen).find((reason) => reason !== undefined);
    case 'map':
      return [...tree.fields.values()].map(({ value }) => isOpen(value)).find((reason) => reason !== undefined);
  }
}

/**
 * Values without those that hold a template that is still there, and which these are. A list in which there is one goes as a
 * whole: its elements have no names.
 */
export function closedTree(tree: TreeMap, path = ''): { readonly tree: TreeMap; readonly left: readonly OpenValue[] } {
  const fields = new Map<string, TreeField>();
  const left: OpenValue[] = [];
  for (const [key, field] of tree.fields) {
    const name = path === '' ? key : `${path}.${key}`;
    const { value } = field;
    const reason = key.includes('{{') ? 'its key is a template' : isOpen(value);
    if (reason === undefined) fields.set(key, field);
    else if (value.kind !== 'map' || key.includes('{{')) left.push({ key: name, at: value.at, reason });
    else {
      const inside = closedTree(value, name);
      fields.set(key, { ...field, value: inside.tree });
      left.push(...inside.left);
    }
  }
  return { tree: { ...tree, fields }, left };
}
