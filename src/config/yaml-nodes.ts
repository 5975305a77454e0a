import { isAlias, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap } from 'yaml';
import type { Place } from '../domain/addon.ts';
import { placeAt, startOf, type YamlSource } from './yaml-source.ts';

/** One pair of a map, merge keys (`<<`) already followed. `value` is never an alias. */
export interface Field {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** The node an alias stands for, or the node itself. */
export function resolved(source: YamlSource, node: Node): Node {
  return isAlias(node) ? (node.resolve(source.document) ?? node) : node;
}

/** Whether a key is YAML's merge key: a plain `<<`. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** The name of a key: its text as YAML read it. Keys that are lists or maps have none. */
function keyName(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}

function mergedFields(source: YamlSource, merged: Node): readonly Field[] {
  const target = resolved(source, merged);
  if (isMap(target)) return fieldsOf(source, target);
  if (!isSeq(target)) return [];
  return target.items.flatMap((item) => mergedFields(source, item as Node));
}

function emptyValue(key: Node): Node {
  const empty = new Scalar(null);
  empty.range = key.range ?? null;
  return empty;
}

/**
 * The pairs of a map in the order written, followed by those it merges in that it does not write itself
 * (yaml.org/type/merge: the map's own keys win, then the earlier merged map).
 */
export function fieldsOf(source: YamlSource, map: YAMLMap): readonly Field[] {
  const own: Field[] = [];
  const merged: Field[] = [];
  for (const pair of map.items) {
    const key = pair.key as Node;
    const value = pair.value as Node | null;
    const name = keyName(key);
    if (name === undefined) continue;
    if (isMergeKey(key)) merged.push(...(value === null ? [] : mergedFields(source, value)));
    else own.push({ name, key, value: value === null ? emptyValue(key) : resolved(source, value) });
  }
  const names = new Set<string>();
  return [...own, ...merged].filter((field) => !names.has(field.name) && names.add(field.name));
}

/** The value of a key of a map, or undefined when the map has no such key. */
export function fieldOf(source: YamlSource, map: YAMLMap, name: string): Field | undefined {
  return fieldsOf(source, map).find((field) => field.name === name);
}

/** The elements of a list, aliases resolved; none for anything else. */
export function itemsOf(source: YamlSource, node: Node | undefined): readonly Node[] {
  if (node === undefined || !isSeq(node)) return [];
  return node.items.map((item) => resolved(source, item as Node));
}

/** Text that YAML read as a string; undefined for numbers, booleans, nulls and collections. */
export function stringOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** How a scalar stands in the file, before YAML made a number of it: `1.10`, not 1.1. */
export function sourceTextOf(scalar: Scalar): string {
  return scalar.source ?? String(scalar.value);
}

/** Whether a value is a template that was not quoted: YAML reads `{{ .x }}` as a map in a map. */
export function isUnquotedTemplate(source: YamlSource, node: Node): boolean {
  return isMap(node) && source.text.startsWith('{{', startOf(node));
}

/** Where a node begins, with a key path. */
export function placeOf(source: YamlSource, node: Node, key?: string): Place {
  return placeAt(source, startOf(node), key);
}

/** A key path with one more step: `a.b`, `a[0]`, and `a."b.c"` for a key that has dots or brackets. */
export function pathWith(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  const written = /^[^\s.[\]"]+$/.test(step) ? step : JSON.stringify(step);
  return path === '' ? written : `${path}.${written}`;
}
