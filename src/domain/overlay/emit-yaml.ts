import type { ValueNode } from '../chart/values-tree.ts';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
// YAML's reader takes the first two for control characters and line ends, though JSON leaves them as they are.
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** A string as a double-quoted scalar that every YAML reader takes for the same string. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A key of a block map: bare where every reader takes it for the same name. */
export function keyName(key: string): string {
  return PLAIN_KEY.test(key) && !RESERVED.test(key) ? key : quoted(key);
}

function scalarText(node: ValueNode): string | undefined {
  switch (node.kind) {
    case 'string':
      return quoted(node.value);
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

/** A value on one line, in the form of JSON but for the spelling of numbers. */
export function flowYaml(node: ValueNode): string {
  if (node.kind === 'map') {
    const entries = [...node.entries].map(([key, value]) => `${quoted(key)}: ${flowYaml(value)}`);
    return `{${entries.join(', ')}}`;
  }
  if (node.kind === 'list') return `[${node.items.map(flowYaml).join(', ')}]`;
  return scalarText(node) ?? 'null';
}

function lines(node: ValueNode, indent: string): readonly string[] {
  if (node.kind === 'map') {
    return [...node.entries].flatMap(([key, value]) => {
      const scalar = scalarText(value);
      if (scalar !== undefined) return [`${indent}${keyName(key)}: ${scalar}`];
      return [`${indent}${keyName(key)}:`, ...lines(value, `${indent}  `)];
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
