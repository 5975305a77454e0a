import { isMap, type Node } from 'yaml';
import type { MovedAction, MovedRule } from '../domain/addon.ts';
import { fieldOf, itemsOf, stringOf } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

const ACTIONS: Readonly<Record<string, MovedAction>> = { refuse: 'refuse', keep: 'keep', overwrite: 'overwrite' };

/** The rules of a `moved` list that the schema has accepted. */
export function movedRules(source: YamlSource, root: Node): readonly MovedRule[] {
  if (!isMap(root)) return [];
  return itemsOf(source, fieldOf(source, root, 'moved')?.value).flatMap((item) => {
    if (!isMap(item)) return [];
    const match = stringOf(fieldOf(source, item, 'match')?.value);
    const action = ACTIONS[stringOf(fieldOf(source, item, 'action')?.value) ?? ''];
    return match === undefined || action === undefined ? [] : [{ match, action }];
  });
}
