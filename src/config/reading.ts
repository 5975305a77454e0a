import { isMap, isScalar, type Node } from 'yaml';
import { type Complaint, type Problem, problemAt } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { type Field, fieldsOf, placeOf } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

/** The fields of a map by their names. */
export type Fields = ReadonlyMap<string, Field>;

/** The boolean that YAML read; undefined for everything else. */
export function booleanOf(node: Node | undefined): boolean | undefined {
  return isScalar(node) && typeof node.value === 'boolean' ? node.value : undefined;
}

/** A file that is being read after its schema has checked it, and what more is wrong with it. */
export class Reading {
  readonly source: YamlSource;
  readonly files: InputFiles;
  /** Paths in the file are relative to it. */
  readonly directory: string;
  readonly problems: Problem[] = [];
  readonly #known: ReadonlySet<string>;

  constructor(files: InputFiles, source: YamlSource, directory: string, known: readonly Problem[]) {
    this.files = files;
    this.source = source;
    this.directory = directory;
    this.#known = new Set(known.map((problem) => `${problem.line}:${problem.column}`));
  }

  fields(node: Node | undefined): Fields {
    return new Map((isMap(node) ? fieldsOf(this.source, node) : []).map((field) => [field.name, field]));
  }

  complain(node: Node, complaint: Complaint): void {
    const place = placeOf(this.source, node);
    // the schema has said of this value already what is wrong with it
    if (!this.#known.has(`${place.line}:${place.column}`)) this.problems.push(problemAt(place, complaint));
  }
}
