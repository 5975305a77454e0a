import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { type Problem, problemAt } from './problems.ts';
import { fieldsOf, isMergeKey, isUnquotedTemplate, itemsOf, placeOf, resolved } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

// Aliases of aliases can stand for more nodes than fit in memory; no input of ours comes near this number.
const NODE_LIMIT = 200_000;

/** What a document says, as plain data for a schema check; not `whole` when it says too much. */
export interface PlainData {
  readonly data: unknown;
  readonly whole: boolean;
  readonly problems: readonly Problem[];
}

/**
 * Turns a node into maps, lists and scalars: aliases followed, merge keys merged. Keys that are no scalars, merge
 * keys without a map, and documents that aliases blow up to more than 200 000 values are problems.
 */
export function plainData(source: YamlSource, root: Node): PlainData {
  const problems: Problem[] = [];
  let nodes = 0;

  function checkKeys(map: YAMLMap): void {
    for (const { key, value } of map.items) {
      const node = key as Node;
      if (isMergeKey(key)) {
        const target = value === null ? undefined : resolved(source, value as Node);
        const sources = isSeq(target) ? itemsOf(source, target) : [target];
        if (sources.every((item) => isMap(item))) continue;
        const complaint = {
          what: 'the merge key << names no map',
          instead: 'write "<<: *anchor" with the anchor of a map',
        };
        problems.push(problemAt(placeOf(source, node), complaint));
      } else if (!isScalar(key)) {
        const template = isUnquotedTemplate(source, map);
        const what = template ? 'a template that is not quoted is read as a map' : 'a key must be text';
        const instead = template ? 'put quotes around the whole value' : 'write one word before the colon';
        problems.push(problemAt(placeOf(source, template ? map : node), { what, instead }));
      }
    }
  }

  function convert(node: Node): unknown {
    nodes += 1;
    if (nodes > NODE_LIMIT) return null;
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return itemsOf(source, node).map(convert);
    if (!isMap(node)) return null;
    checkKeys(node);
    const record: Record<string, unknown> = Object.create(null);
    for (const field of fieldsOf(source, node)) record[field.name] = convert(field.value);
    return record;
  }

  const data = convert(root);
  if (nodes > NODE_LIMIT) {
    const complaint = {
      what: `its aliases stand for more than ${NODE_LIMIT} values`,
      instead: `write them out instead`,
    };
    problems.push(problemAt({ file: source.file, line: 1, column: 1 }, complaint));
  }
  return { data, whole: nodes <= NODE_LIMIT, problems };
}
