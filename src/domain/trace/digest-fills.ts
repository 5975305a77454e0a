import { stringLeaves, type ValueNode } from '../chart/values-tree.ts';
import type { Digest } from '../reference.ts';
import type { Fill } from './fills.ts';

function offsetsOf(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) found.push(at);
  return found;
}

/**
 * Where one platform is copied, its digest is another than the index's: every value that pins the old digest gets the
 * copied one, at every place in it. Digests are unique, so no tracing is needed.
 */
export function digestFills(values: ValueNode, copied: ReadonlyMap<Digest, Digest>): readonly Fill[] {
  const changes = [...copied].filter(([from, to]) => from !== to);
  return stringLeaves(values).flatMap(({ path, value }) =>
    changes.flatMap(([from, to]): readonly Fill[] => {
      const hex = from.slice(from.indexOf(':') + 1);
      return offsetsOf(value, hex).map((offset) => {
        const slot = { id: 0, kind: 'host', path, value, offset, length: hex.length } as const;
        return { slot, text: to.slice(to.indexOf(':') + 1) };
      });
    }),
  );
}
