import { isMap, isScalar, isSeq, type Pair } from 'yaml';

/** The last pair of each key that a map gives several times; merges are no such keys. */
function lastDoubled(pairs: readonly Pair[]): readonly Pair[] {
  const last = new Map<unknown, Pair>();
  const doubled = new Set<unknown>();
  for (const pair of pairs) {
    const name = isScalar(pair.key) ? pair.key.value : pair;
    if (name !== '<<' && last.has(name)) doubled.add(name);
    last.set(name, pair);
  }
  return [...last].flatMap(([name, pair]) => (doubled.has(name) ? [pair] : []));
}

/**
 * Takes away what maps of a document say by a key that they give once more before: then the one before counts. Whether there was
 * any such key.
 */
export function dropLastDoubled(node: unknown): boolean {
  if (isSeq(node)) return node.items.map(dropLastDoubled).includes(true);
  if (!isMap(node)) return false;
  const dropped = new Set(lastDoubled(node.items));
  node.items = node.items.filter((pair) => !dropped.has(pair));
  return node.items.map(({ value }) => dropLastDoubled(value)).includes(true) || dropped.size > 0;
}
