import { EMPTY_MAP, nodeAt, textNode, type ValueNode, type ValuePath, withNode } from '../chart/values-tree.ts';

/** A text to be set at a path of the values. */
export interface Assignment {
  readonly path: ValuePath;
  readonly text: string;
}

/**
 * The smallest values document that sets these nodes over `values`. Helm replaces lists, so a list with a changed
 * item is repeated whole, its other items as they are.
 */
export function overlayOf(
  values: ValueNode,
  settings: readonly { readonly path: ValuePath; readonly node: ValueNode }[],
): ValueNode {
  return settings.reduce<ValueNode>((overlay, { path, node }) => {
    const list = path.findIndex((step) => typeof step === 'number');
    const base = path.slice(0, Math.max(0, list));
    const whole = list < 0 || nodeAt(overlay, base) !== undefined ? undefined : nodeAt(values, base);
    return withNode(whole === undefined ? overlay : withNode(overlay, base, whole), path, node);
  }, EMPTY_MAP);
}

/** The same for texts. */
export function overlayTree(values: ValueNode, assignments: readonly Assignment[]): ValueNode {
  return overlayOf(
    values,
    assignments.map(({ path, text }) => ({ path, node: textNode(text) })),
  );
}
