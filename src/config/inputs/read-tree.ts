import { rootOf } from '../documents.ts';
import type { Problem } from '../problems.ts';
import { parseYaml } from '../yaml-source.ts';
import { type Tree, treeOf } from './tree.ts';

/** The documents of a text that say something, as trees; or all that is wrong with it. */
export type TreesRead =
  | { readonly kind: 'trees'; readonly trees: readonly Tree[] }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** Reads the YAML documents of a text. `file` is how messages name it. */
export function readTrees(file: string, text: string): TreesRead {
  const read = parseYaml(file, text);
  if (read.kind === 'problems') return read;
  const trees: Tree[] = [];
  for (const source of read.sources) {
    const root = rootOf(source);
    const tree = root === undefined ? undefined : treeOf(source, root);
    if (root !== undefined && tree === undefined) {
      const what = 'its aliases stand for more than 200000 values';
      return { kind: 'problems', problems: [{ file, line: 1, column: 1, what, instead: 'write them out instead' }] };
    }
    if (tree !== undefined) trees.push(tree);
  }
  return { kind: 'trees', trees };
}
