import { isMap, isScalar, isSeq, type Node, type Scalar, visit } from 'yaml';
import { fieldsOf, itemsOf, sourceTextOf } from './yaml-nodes.ts';
import { placeAt, startOf, type YamlSource } from './yaml-source.ts';

function dedented(text: string, columns: number): string {
  if (columns === 0) return text;
  const indentation = new RegExp(`(?<=\\n) {1,${columns}}`, 'g');
  return text.replace(indentation, '');
}

/** Whether every alias below the node names an anchor below it too, so that its text can stand alone. */
function isSelfContained(source: YamlSource, node: Node, start: number, end: number): boolean {
  let contained = true;
  function look(part: Node): void {
    visit(part, {
      Alias(_key, alias) {
        const target = alias.resolve(source.document);
        const at = target === undefined ? -1 : startOf(target);
        if (at >= start && at < end) return undefined;
        contained = false;
        return visit.BREAK;
      },
    });
  }
  look(node);
  return contained;
}

// JSON strings are YAML's double-quoted ones, but for characters that YAML 1.1 takes for line breaks or rejects.
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// Plain text that means the same inside [] and {} as outside. Whatever YAML 1.1 reads as a number, a date or a
// boolean, and YAML 1.2 as text, is among it: it must stay plain for helm to read it as it would have.
const PLAIN_IN_FLOW = /^[A-Za-z0-9_.+~/-](?:[A-Za-z0-9_.+~/ -]|:(?=[A-Za-z0-9]))*$/;

/** A scalar on one line, as it may stand anywhere in YAML, in the spelling of its source. */
export function scalarText(scalar: Scalar): string {
  const text = sourceTextOf(scalar);
  const isText = typeof scalar.value === 'string';
  if (scalar.tag !== undefined && !isText) return `!<${scalar.tag}> ${quoted(text)}`;
  if (scalar.type !== 'PLAIN' || scalar.tag !== undefined) return quoted(String(scalar.value));
  if (!isText) return text === '' ? 'null' : text;
  const canStayPlain = PLAIN_IN_FLOW.test(text) && !/\s$|\s#|^(?:-|---|\?)(?:\s|$)/.test(text);
  return canStayPlain ? text : quoted(String(scalar.value));
}

/** The node on one line, aliases and merge keys written out, every scalar in the spelling of the source. */
function flowText(source: YamlSource, node: Node): string {
  if (isMap(node)) {
    const pairs = fieldsOf(source, node).map(
      ({ key, value }) => `${flowText(source, key)}: ${flowText(source, value)}`,
    );
    return `{${pairs.join(', ')}}`;
  }
  if (isSeq(node))
    return `[${itemsOf(source, node)
      .map((item) => flowText(source, item))
      .join(', ')}]`;
  return isScalar(node) ? scalarText(node) : 'null';
}

/**
 * A map of values as a YAML document of its own, for helm to read. It is the source's own text with the indentation
 * taken off, so that numbers (`0644`, `1e3`, `1.10`), comments and quoting are as written. Only where an alias
 * inside names an anchor outside is it written anew, on one line, with the aliases resolved and every scalar in its
 * own spelling. Undefined for an empty value.
 */
export function valuesText(source: YamlSource, node: Node): string | undefined {
  if (!isMap(node) || node.range == null) return undefined;
  const [start, end] = node.range;
  if (!isSelfContained(source, node, start, end)) return `${flowText(source, node)}\n`;
  const text = source.text.slice(start, end);
  return node.flow === true ? text : dedented(text, placeAt(source, start).column - 1);
}
