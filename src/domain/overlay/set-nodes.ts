import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node } from 'yaml';
import { MirrorError } from '../../errors.ts';
import { parseValues, readValues, valuesOf } from '../chart/values-document.ts';
import { firstDifference, formatPath, type ValueNode, type ValuePath, withNode } from '../chart/values-tree.ts';
import { flowYaml } from './emit-yaml.ts';
import { insertNode } from './insert-key.ts';
import { locate } from './locate.ts';

/** A node to be set in a values file. */
export interface NodeSetting {
  readonly path: ValuePath;
  readonly node: ValueNode;
}

function impossible(name: string, path: ValuePath): MirrorError {
  return new MirrorError(`${name}: ${formatPath(path)} cannot be set in place`, {
    code: 'RELOCATION_FAILED',
    origin: 'local',
    hint: 'leave it to the consumer values',
  });
}

function existingNode(root: Node | null, path: ValuePath): Node | undefined {
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) node = node.get(step, true);
    else if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else return undefined;
  }
  return (isScalar(node) || isCollection(node)) && !isAlias(node) ? node : undefined;
}

function setOne(text: string, { path, node }: NodeSetting, name: string): string {
  const document = parseValues(text, name);
  const at = locate(document, path);
  if (at.kind === 'absent') {
    const inserted = insertNode(text, path, node, name);
    if (inserted !== undefined) return inserted;
  }
  const present = at.kind === 'scalar' || at.kind === 'other' ? existingNode(document.contents, path) : undefined;
  if (present?.range === undefined || present.range === null) throw impossible(name, path);
  const [start, end] = present.range;
  const gap = text.slice(0, start).endsWith(':') ? ' ' : '';
  const ended = /\r?\n$/.exec(text.slice(start, end))?.[0] ?? '';
  return `${text.slice(0, start)}${gap}${flowYaml(node)}${ended}${text.slice(end)}`;
}

/**
 * Sets whole nodes in a values file, in flow style at their own place or as new keys; every other byte stays. The result is
 * read again: it must say what was set, and otherwise what it said before.
 *
 * @throws MirrorError RELOCATION_FAILED, naming the key.
 */
export function setNodes(text: string, settings: readonly NodeSetting[], name: string): string {
  const treeOf = (one: Document): ValueNode => valuesOf(one, (path) => ({ kind: 'layer', layer: -1, path }));
  const { text: readable, document } = readValues(text, name);
  const wanted = settings.reduce((tree, { path, node }) => withNode(tree, path, node), treeOf(document));
  const after = settings.reduce((current, setting) => setOne(current, setting, name), readable);
  const different = firstDifference(wanted, treeOf(parseValues(after, name)));
  if (different !== undefined) throw impossible(name, different);
  return after;
}
