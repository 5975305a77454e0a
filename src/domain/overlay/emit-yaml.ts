import type { ValueNode } from '../chart/values-tree.ts';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function keyText(key: string): string {
  return PLAIN_KEY.test(key) && !RESERVED.test(key) ? key : JSON.stringify(key);
}

function scalarText(node: ValueNode): string | undefined {
  switch (node.kind) {
    case 'string':
      return JSON.stringify(node.value);
    case 'plain':
      return node.source;
    case 'null':
      return 'null';
    case 'map':
      return node.entries.size === 0 ? '{}' : undefined;
    case 'list':
      return node.items.length === 0 ? '[]' : undefined;
  }
}

function lines(node: ValueNode, indent: string): readonly string[] {
  if (node.kind === 'map') {
    return [...node.entries].flatMap(([key, value]) => {
      const scalar = scalarText(value);
      if (scalar !== undefined) return [`${indent}${keyText(key)}: ${scalar}`];
      return [`${indent}${keyText(key)}:`, ...lines(value, `${indent}  `)];
    });
  }
  if (node.kind === 'list') {
    return node.items.flatMap((item) => {
      const scalar = scalarText(item);
      if (scalar !== undefined) return [`${indent}- ${scalar}`];
      const [first, ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${(first ?? '').trimStart()}`, ...rest];
    });
  }
  return [`${indent}${scalarText(node) ?? ''}`];
}

/**
 * A values document as block YAML. Strings are always quoted (helm reads a bare `n` or `on` as a boolean); other
 * scalars keep the spelling of their source, so that `0644`, `1e3` and long integers survive.
 */
export function emitYaml(node: ValueNode): string {
  const scalar = scalarText(node);
  return `${scalar ?? lines(node, '').join('\n')}\n`;
}
