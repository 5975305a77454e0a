import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AnySchemaObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isScalar, type Node } from 'yaml';
import { PACKAGE_ROOT } from '../package-root.ts';
import { plainData } from './plain-data.ts';
import { type Complaint, type Problem, problemAt } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { schemaProblem } from './schema-problems.ts';
import { placeOf } from './yaml-nodes.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** The schemas that ship in `schemas/`. */
export type SchemaName =
  | 'catalog'
  | 'catalog-lock'
  | 'chart-overrides'
  | 'configuration'
  | 'bundle'
  | 'inventory'
  | 'plan'
  | 'report'
  | 'repositories';

/** A document that was read. `root` may be used where `problems` is empty, and leniently where it is not. */
interface CheckedDocument {
  readonly source: YamlSource;
  readonly root: Node;
  readonly problems: readonly Problem[];
}

/** One document with everything that its schema finds wrong, or the reasons why there is none to check. */
export type DocumentRead =
  | { readonly kind: 'read'; readonly document: CheckedDocument }
  | { readonly kind: 'empty' }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** The absolute path of a file that ships with the tool, such as `chart-overrides.yaml`. */
export function shippedPath(name: string): string {
  return join(PACKAGE_ROOT, name);
}

const load = createRequire(import.meta.url);
const compiled = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  // most runs of most commands have no document to check, and it takes a while to load
  const { Ajv2020 }: typeof import('ajv/dist/2020.js') = load('ajv/dist/2020.js');
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    keywords: ['patternErrorMessage'],
  });
  // a checked boundary: ajv validates the schema itself against its meta-schema and throws when it is none
  const validate = ajv.compile(load(shippedPath(`schemas/${name}.schema.json`)) as AnySchemaObject);
  compiled.set(name, validate);
  return validate;
}

interface Check {
  readonly problems: readonly Problem[];
  /** False when the document says more than can be read. */
  readonly whole: boolean;
}

function checked(source: YamlSource, root: Node, schema: SchemaName): Check {
  const { data, whole, problems } = plainData(source, root);
  const validate = validatorOf(schema);
  if (!whole || validate(data)) return { problems, whole };
  const seen = new Set(problems.map(({ line, column }) => `${line}:${column}`));
  // what is wrong with a key is said by the error before this one
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames');
  const violations = errors.map((error) => schemaProblem(source, root, error));
  return { problems: [...problems, ...violations.filter(({ line, column }) => !seen.has(`${line}:${column}`))], whole };
}

/** Said of a file that must hold something and does not. */
export function emptyProblem(file: string, instead: string): Problem {
  return problemAt({ file, line: 1, column: 1 }, { what: 'this file is empty', instead });
}

/** The top node of a document; undefined where it says nothing but `---` and comments. */
export function rootOf(source: YamlSource): Node | undefined {
  const root = source.document.contents;
  if (root === null || (isScalar(root) && root.value === null && (root.source ?? '') === '')) return undefined;
  return root;
}

/** Reads a file that must hold one YAML document, and checks it against a schema. `file` is the name to show. */
export async function readDocument(
  files: InputFiles,
  path: string,
  file: string,
  schema: SchemaName,
): Promise<DocumentRead> {
  const read = await readYaml(files, path, file);
  if (read.kind === 'problems' && read.sources === undefined) return read;
  // a key that stands twice is a problem, and hides no other
  const repeats = read.kind === 'problems' ? read.problems : [];
  const filled = (read.sources ?? []).flatMap((source) => {
    const root = rootOf(source);
    return root === undefined ? [] : [{ source, root }];
  });
  const [first, second] = filled;
  if (second !== undefined) {
    const complaint: Complaint = { what: 'a second document begins here', instead: 'write one document for each file' };
    return { kind: 'problems', problems: [...repeats, problemAt(placeOf(second.source, second.root), complaint)] };
  }
  if (first === undefined) return { kind: 'empty' };
  const { problems: found, whole } = checked(first.source, first.root, schema);
  const problems = [...repeats, ...found];
  return whole ? { kind: 'read', document: { ...first, problems } } : { kind: 'problems', problems };
}

/** What the schema finds wrong with a value that a program wrote: the place as a JSON pointer, and the reason. Empty for nothing. */
export function schemaFaults(value: unknown, schema: SchemaName): readonly string[] {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = 'it is wrong' }) => `${instancePath || '/'} ${message}`,
  );
}
