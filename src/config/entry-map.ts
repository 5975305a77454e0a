import { isMap, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Place } from '../domain/addon.ts';
import { type Complaint, type Problem, problemAt } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { type Field, fieldsOf, isUnquotedTemplate, pathWith, placeOf, resolved, stringOf } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

/** What an entry's reading depends on beside the entry. `path` is the catalog's absolute path. */
export interface EntryContext {
  readonly files: InputFiles;
  readonly source: YamlSource;
  readonly path: string;
  /** With --latest, versions are checked for form only. */
  readonly latest: boolean;
  /** Problems that the schema found in the catalog; a value that has one is not looked at again. */
  readonly known: readonly Problem[];
}

/** A value below an entry, with its key path; its place is where it is written, behind an alias where the anchor stands. */
export interface EntryValue {
  readonly node: Node;
  readonly key: string;
}

/** An element of a list. `at` is what stands in the list: the value itself, or an alias of it. */
export interface EntryItem extends EntryValue {
  readonly at: Node;
}

/** A map of a catalog entry, or the entry itself. `key` is its key path. Maps below it share its problems. */
export class EntryMap {
  readonly context: EntryContext;
  readonly map: YAMLMap;
  readonly key: string;
  readonly problems: Problem[];
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #known: ReadonlySet<string>;

  constructor(context: EntryContext, map: YAMLMap, key: string, problems: Problem[] = []) {
    this.context = context;
    this.map = map;
    this.key = key;
    this.problems = problems;
    this.#fields = new Map(fieldsOf(context.source, map).map((field) => [field.name, field]));
    this.#known = new Set(context.known.map((problem) => `${problem.line}:${problem.column}`));
  }

  complain(node: Node, complaint: Complaint): void {
    this.problems.push(problemAt(this.placeOf({ node, key: '' }), complaint));
  }

  placeOf({ node, key }: EntryValue): Place {
    return placeOf(this.context.source, node, key);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** Whether the map has no other keys than these. */
  hasOnly(names: readonly string[]): boolean {
    return [...this.#fields.keys()].every((name) => names.includes(name));
  }

  // a map may stand where a problem of its first key does
  #isSound(node: Node): boolean {
    const { line, column } = placeOf(this.context.source, node);
    return isMap(node) || !this.#known.has(`${line}:${column}`);
  }

  /** The value of a key, unless the schema has rejected it; a map always, as what it holds may be sound. */
  node(name: string): Node | undefined {
    const value = this.#fields.get(name)?.value;
    return value !== undefined && this.#isSound(value) ? value : undefined;
  }

  text(name: string): string | undefined {
    return stringOf(this.node(name));
  }

  /** The elements of a list, without those that the schema has rejected. */
  items(name: string): readonly EntryItem[] {
    const list = this.node(name);
    const path = pathWith(this.key, name);
    return (isSeq(list) ? list.items : []).flatMap((item, index) => {
      const at = item as Node;
      const node = resolved(this.context.source, at);
      return this.#isSound(node) ? [{ node, key: pathWith(path, index), at }] : [];
    });
  }

  /** The elements of a list of texts, without those that the schema has rejected. */
  texts(name: string): readonly (EntryItem & { readonly text: string })[] {
    return this.items(name).flatMap((value) => {
      const text = stringOf(value.node);
      return text === undefined ? [] : [{ ...value, text }];
    });
  }

  /** A map below this one. Undefined when the value is no map, or a template without quotes: that has been said. */
  below({ node, key }: EntryValue): EntryMap | undefined {
    if (!isMap(node) || isUnquotedTemplate(this.context.source, node)) return undefined;
    return new EntryMap(this.context, node, key, this.problems);
  }
}
