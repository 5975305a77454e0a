import { textNode, type ValueNode, type ValuePath } from '../chart/values-tree.ts';
import { flowYaml } from '../overlay/emit-yaml.ts';

/**
 * The form in which a key takes a pull secret: a list of `{name}`, a list of texts, one text, or a text that is printed
 * as it is and so has to be the list's YAML.
 */
export type SecretShape = 'objects' | 'strings' | 'text' | 'yaml';

function objectItem(name: string, like: ValueNode | undefined): ValueNode {
  const keys = like?.kind === 'map' ? [...like.entries.keys()] : [];
  // a list of maps whose only key has another name is read by that name
  const [only = 'name', ...others] = keys.includes('name') ? ['name'] : keys;
  return { kind: 'map', entries: new Map([[others.length === 0 ? only : 'name', textNode(name)]]) };
}

function itemsOf(present: ValueNode | undefined): readonly ValueNode[] {
  return present?.kind === 'list' ? present.items : [];
}

/** The value that names a secret in this form, behind what the list has already: helm replaces lists. */
export function secretNode(shape: SecretShape, present: ValueNode | undefined, secret: string): ValueNode {
  const items = itemsOf(present);
  switch (shape) {
    case 'objects':
      return { kind: 'list', items: [...items, objectItem(secret, items[0])] };
    case 'strings':
      return { kind: 'list', items: [...items, textNode(secret)] };
    case 'text':
      return textNode(secret);
    case 'yaml':
      return textNode(flowYaml({ kind: 'list', items: [...items, objectItem(secret, undefined)] }));
  }
}

const ONE = /secret$|name$/i;
const ALL: readonly SecretShape[] = ['objects', 'strings', 'text', 'yaml'];

function expected(path: ValuePath, present: ValueNode | undefined): SecretShape {
  const key = String(path.at(-1) ?? '');
  if (present?.kind === 'string' || (present?.kind !== 'list' && ONE.test(key))) return 'text';
  return /^pull/i.test(key) || /names$/i.test(key) ? 'strings' : 'objects';
}

/**
 * The forms that a key may take, the likeliest first: what it holds decides, then the form in which a template reads it,
 * then its own name.
 */
export function likelyShapes(
  path: ValuePath,
  present: ValueNode | undefined,
  hint: SecretShape | undefined,
): readonly SecretShape[] {
  const [item] = itemsOf(present);
  if (item !== undefined) return item.kind === 'map' ? ['objects'] : ['strings'];
  const isText = present?.kind === 'string' && present.value !== '';
  const first = isText ? 'text' : (hint ?? expected(path, present));
  const others = isText ? (['yaml'] as const) : ALL;
  return [first, ...others.filter((shape) => shape !== first)];
}
