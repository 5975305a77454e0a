import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Place } from '../domain/addon.ts';
import { type Field, fieldsOf, isUnquotedTemplate, itemsOf, pathWith, placeOf, sourceTextOf } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

/** The keys that may name a chart's repository, version and release; the first that is there counts. */
const REPOSITORY_KEYS = ['repoUrl', 'repoURL', 'repository'] as const;
const VERSION_KEYS = ['targetRevision', 'version'] as const;
const RELEASE_KEYS = ['releaseName', 'release'] as const;

/** A value as it is written. `number` tells that YAML would have made a number of it. */
export interface WrittenText {
  readonly key: string;
  readonly text: string;
  readonly number: boolean;
  readonly place: Place;
}

/** A map that looks like an addon. `key` is its map key, or the list's key and the index; the place is that of the key. */
export interface Candidate {
  readonly key: string;
  /** The map key if it has one of its own; list items have none. */
  readonly ownKey: string | undefined;
  readonly place: Place;
  readonly chart: WrittenText | undefined;
  /** Every repository key that has a value, in the order of `REPOSITORY_KEYS`; likewise versions and releases. */
  readonly repositories: readonly WrittenText[];
  readonly versions: readonly WrittenText[];
  readonly releases: readonly WrittenText[];
  readonly namespace: WrittenText | undefined;
  /** The names of all its keys, to explain what else it may be. */
  readonly names: readonly string[];
}

function written(source: YamlSource, field: Field | undefined): WrittenText | undefined {
  if (field === undefined) return undefined;
  const { name: key, value } = field;
  const place = placeOf(source, value);
  if (isUnquotedTemplate(source, value)) return { key, text: '{{', number: false, place };
  if (!isScalar(value)) return undefined;
  const isNumber = typeof value.value === 'number' || typeof value.value === 'bigint';
  if (typeof value.value !== 'string' && !isNumber) return undefined;
  const text = (typeof value.value === 'string' ? value.value : sourceTextOf(value)).trim();
  return text === '' ? undefined : { key, text, number: isNumber, place };
}

function candidateOf(source: YamlSource, map: YAMLMap): Omit<Candidate, 'key' | 'ownKey' | 'place'> | undefined {
  const fields = new Map(fieldsOf(source, map).map((field) => [field.name, field]));
  if (fields.has('tag')) return undefined;
  function all(keys: readonly string[]): readonly WrittenText[] {
    return keys.flatMap((key) => written(source, fields.get(key)) ?? []);
  }
  const chart = written(source, fields.get('chart'));
  const repositories = all(REPOSITORY_KEYS);
  const versions = all(VERSION_KEYS);
  if (repositories.length === 0 || (chart === undefined && versions.length === 0)) return undefined;
  const namespace = written(source, fields.get('namespace'));
  return { chart, repositories, versions, releases: all(RELEASE_KEYS), namespace, names: [...fields.keys()] };
}

// Aliases can make a small document stand for an endless one.
const NODE_LIMIT = 200_000;

/** The candidates of a document, from top to bottom; undefined when its aliases stand for more than 200 000 values. */
export type CandidateSearch = readonly Candidate[] | undefined;

/**
 * Finds every map with `chart` and a repository key, or with a repository key and a version key, and without `tag`.
 * Inside an addon that has a chart, only maps with a chart count: what else is there are that addon's own values.
 */
export function findCandidates(source: YamlSource, root: Node): CandidateSearch {
  const found: Candidate[] = [];
  let nodes = 0;

  function search(node: Node, key: string, ownKey: string | undefined, at: Node, path: string, inside: boolean): void {
    nodes += 1;
    if (nodes > NODE_LIMIT) return;
    if (isSeq(node)) {
      for (const [index, item] of itemsOf(source, node).entries()) {
        const original = node.items[index] as Node;
        search(item, `${key}[${index}]`, undefined, original, pathWith(path, index), inside);
      }
      return;
    }
    if (!isMap(node) || isUnquotedTemplate(source, node)) return;
    const candidate = candidateOf(source, node);
    const counts = candidate !== undefined && !(inside && candidate.chart === undefined);
    if (counts) found.push({ key, ownKey, place: placeOf(source, at, path), ...candidate });
    const within = inside || (counts && candidate.chart !== undefined);
    for (const field of fieldsOf(source, node)) {
      search(field.value, field.name, field.name, field.key, pathWith(path, field.name), within);
    }
  }

  search(root, '', undefined, root, '', false);
  return nodes > NODE_LIMIT ? undefined : found;
}
