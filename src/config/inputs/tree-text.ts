import type { Tree, TreeMap } from './tree.ts';

// A literal block means the same at any indentation when its first line has no blank in front, no line has one at its end,
// and it ends in one line end at most.
function literalOf(tree: Tree): readonly string[] | undefined {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  const text = tree.value;
  const lines = text.replace(/\n$/, '').split('\n');
  const isPlain = lines.every((line) => /^[^\p{Cc}\u2028\u2029\ufeff]*$/u.test(line) && !/\s$/.test(line));
  if (lines.length < 2 || !isPlain || /^\s/.test(text) || lines.at(-1) === '') return undefined;
  return [text.endsWith('\n') ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

function inlineOf(tree: Tree): string | undefined {
  switch (tree.kind) {
    case 'scalar':
      return tree.written;
    case 'map':
      return tree.fields.size === 0 ? '{}' : undefined;
    case 'list':
      return tree.items.length === 0 ? '[]' : undefined;
  }
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function below(head: string, tree: Tree): readonly string[] {
  const literal = literalOf(tree);
  if (literal !== undefined) return [`${head} ${literal[0]}`, ...literal.slice(1)];
  const inline = inlineOf(tree);
  if (inline !== undefined) return [`${head} ${inline}`];
  return [head, ...indented(linesOf(tree))];
}

function itemLines(tree: Tree): readonly string[] {
  if (inlineOf(tree) !== undefined) return below('-', tree);
  const [first = '', ...rest] = linesOf(tree);
  return [`- ${first}`, ...indented(rest)];
}

function linesOf(tree: Tree): readonly string[] {
  switch (tree.kind) {
    case 'scalar':
      return [tree.written];
    case 'list':
      return tree.items.flatMap(itemLines);
    case 'map':
      return [...tree.fields.values()].flatMap(({ written, value }) => below(`${written}:`, value));
  }
}

/** A map as YAML, every scalar in its own spelling. It means the same when each line that is not empty is indented further. */
export function treeText(tree: TreeMap): string {
  if (tree.fields.size === 0) return '{}\n';
  return `${linesOf(tree).join('\n')}\n`;
}
