import { EMPTY_MAP, nodeAt, type ValueNode, type ValuePath, withText } from '../chart/values-tree.ts';

/** A text to be set at a path of the values. */
export interface Assignment {
  readonly path: ValuePath;
  readonly text: string;
}

/**
 * The smallest values document that sets these texts over `values`. Helm replaces lists, so a list with a changed
 * item is repeated whole, its other items as they are.
 */
export function overlayTree(values: ValueNode, assignments: readonly Assignment[]): ValueNode {
  let overlay = EMPTY_MAP;
  for (const { path, text } of assignments) {
    const list = path.findIndex((step) => typeof step === 'number');
    const base = list < 0 ? [] : path.slice(0, list);
    if (list >= 0 && nodeAt(overlay, base) === undefined) overlay = graft(overlay, base, nodeAt(values, base));
    overlay = withText(overlay, path, text);
  }
  return overlay;
}

function graft(tree: ValueNode, path: ValuePath, node: ValueNode | undefined): ValueNode {
  const [step, ...rest] = path;
  if (node === undefined) return tree;
  if (step === undefined) return node;
  const entries = new Map(tree.kind === 'map' ? tree.entries : []);
  const under = entries.get(String(step)) ?? EMPTY_MAP;
  entries.set(String(step), graft(under, rest, node));
  return { kind: 'map', entries };
}
