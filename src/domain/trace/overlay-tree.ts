import { nodeAt, type ValueNode, type ValuePath } from '../chart/values-tree.ts';

/** A text to be set at a path of the values. */
export interface Assignment {
  readonly path: ValuePath;
  readonly text: string;
}

const NOWHERE = { kind: 'layer', layer: -1, path: [] } as const;

function setAt(node: ValueNode | undefined, path: ValuePath, text: string): ValueNode {
  const [step, ...rest] = path;
  if (step === undefined) return { kind: 'string', value: text, origin: NOWHERE };
  if (typeof step === 'number') {
    const items = node?.kind === 'list' ? [...node.items] : [];
    items[step] = setAt(items[step], rest, text);
    return { kind: 'list', items };
  }
  const entries = new Map(node?.kind === 'map' ? node.entries : []);
  entries.set(step, setAt(entries.get(step), rest, text));
  return { kind: 'map', entries };
}

/**
 * The smallest values document that sets these texts over `values`. Helm replaces lists, so a list with a changed
 * item is repeated whole, its other items as they are.
 */
export function overlayTree(values: ValueNode, assignments: readonly Assignment[]): ValueNode {
  let overlay: ValueNode = { kind: 'map', entries: new Map() };
  for (const { path, text } of assignments) {
    const list = path.findIndex((step) => typeof step === 'number');
    const base = list < 0 ? [] : path.slice(0, list);
    if (list >= 0 && nodeAt(overlay, base) === undefined) overlay = graft(overlay, base, nodeAt(values, base));
    overlay = setAt(overlay, path, text);
  }
  return overlay;
}

function graft(tree: ValueNode, path: ValuePath, node: ValueNode | undefined): ValueNode {
  const [step, ...rest] = path;
  if (node === undefined) return tree;
  if (step === undefined) return node;
  const entries = new Map(tree.kind === 'map' ? tree.entries : []);
  const under = entries.get(String(step)) ?? { kind: 'map', entries: new Map() };
  entries.set(String(step), graft(under, rest, node));
  return { kind: 'map', entries };
}
