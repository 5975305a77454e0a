import { parsePlain } from '../images/parse-plain.ts';
import { isPlainList, isPlainMap, type Plain } from '../images/plain.ts';
import type { RenderedDocument } from '../images/rendered-documents.ts';
import type { Residue } from './compare.ts';
import { mayLimit } from './limit-lines.ts';

/** A file with definitions of custom resources. */
export interface DefinitionFile {
  readonly shown: string;
  readonly text: string;
}

/** The schema of a kind, and the file that defines it. */
interface Definition {
  readonly schema: Plain;
  readonly file: DefinitionFile;
}

/** What a schema does not take, and the words of the schema that say so. */
interface Broken {
  readonly path: string;
  readonly found: string;
  readonly limit: string;
  readonly words: string;
}

const LIMITS = /\b(?:pattern|enum|maxLength)["']?:/;

function at(value: Plain | undefined, ...keys: readonly string[]): Plain | undefined {
  return keys.reduce<Plain | undefined>((inner, key) => (isPlainMap(inner) ? inner[key] : undefined), value);
}

function textAt(value: Plain | undefined, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}

function kindKey(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

/** The schemas of a definition, each under version and kind: apiextensions.k8s.io/v1, and v1beta1 with one schema for all. */
function schemasIn(value: Plain, file: DefinitionFile): readonly (readonly [string, Definition])[] {
  const [group, kind] = [textAt(value, 'spec', 'group'), textAt(value, 'spec', 'names', 'kind')];
  const versions = at(value, 'spec', 'versions');
  return (isPlainList(versions) ? versions : []).flatMap((version) => {
    const schema = at(version, 'schema', 'openAPIV3Schema') ?? at(value, 'spec', 'validation', 'openAPIV3Schema');
    const key = kindKey(`${group}/${textAt(version, 'name')}`, kind);
    return schema === undefined ? [] : [[key, { schema, file }] as const];
  });
}

/** The names of all fields on the way to a text with the target. */
function namesIn(value: Plain, target: string): readonly string[] {
  if (typeof value === 'string') return [];
  const inner = isPlainList(value) ? value.map((item) => ['', item] as const) : Object.entries(value);
  return inner.flatMap(([name, item]) => {
    const below = namesIn(item, target);
    const isHere = typeof item === 'string' ? item.includes(target) : below.length > 0;
    // a text in a list has no name of its own, and its list has
    const isList = isPlainList(item) && item.some((one) => typeof one === 'string' && one.includes(target));
    return isHere || isList ? [name, ...below] : below;
  });
}

function definitionsOf(
  files: readonly DefinitionFile[],
  resources: readonly Resource[],
  target: string,
): ReadonlyMap<string, Definition> {
  const kinds = new Set(resources.map(({ kind }) => kind));
  const names = new Set(resources.flatMap(({ value }) => namesIn(value, target)));
  const found = files.flatMap((file) => {
    // such files are long: only those are read that may say something
    if (!LIMITS.test(file.text) || ![...kinds].some((kind) => file.text.includes(kind))) return [];
    return file.text.split(/^---(?: .*)?$/m).flatMap((text) => {
      const parsed = LIMITS.test(text) && mayLimit(text, names) ? parsePlain(text) : undefined;
      return parsed === undefined || 'reason' in parsed ? [] : schemasIn(parsed.value, file);
    });
  });
  return new Map(found);
}

function isMatch(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    // what only RE2 reads says nothing here
    return true;
  }
}

function brokenBy(schema: Plain, path: string, found: string): readonly Broken[] {
  const [pattern, most, allowed] = [textAt(schema, 'pattern'), textAt(schema, 'maxLength'), at(schema, 'enum')];
  const broken: Broken[] = [];
  if (pattern !== '' && !isMatch(pattern, found))
    broken.push({ path, found, limit: `pattern ${pattern}`, words: pattern });
  // the length counts characters, not the units of a string: https://json-schema.org, validation, 6.3.1
  if (most !== '' && [...found].length > Number(most))
    broken.push({ path, found, limit: `maxLength ${most}`, words: `maxLength: ${most}` });
  if (isPlainList(allowed) && !allowed.includes(found)) {
    const [first = ''] = allowed;
    broken.push({
      path,
      found,
      limit: `enum ${JSON.stringify(allowed)}`,
      words: typeof first === 'string' ? first : '',
    });
  }
  return broken;
}

/** The texts in a resource that its schema does not take. Fields that the schema does not name are not looked at. */
function brokenIn(value: Plain, schema: Plain | undefined, path: string): readonly Broken[] {
  if (schema === undefined) return [];
  if (typeof value === 'string') return brokenBy(schema, path, value);
  if (isPlainList(value))
    return value.flatMap((item, index) => brokenIn(item, at(schema, 'items'), `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, inner]) => {
    const part = at(schema, 'properties', key) ?? at(schema, 'additionalProperties');
    return brokenIn(inner, part, path === '' ? key : `${path}.${key}`);
  });
}

function lineOf({ shown, text }: DefinitionFile, words: string): string {
  const index = words === '' ? -1 : text.split('\n').findIndex((line) => line.includes(words));
  return index < 0 ? shown : `${shown}, line ${index + 1}`;
}

interface Resource {
  readonly key: string;
  readonly kind: string;
  readonly shown: string;
  readonly value: Plain;
}

function resourcesIn(documents: readonly RenderedDocument[]): readonly Resource[] {
  return documents.flatMap(({ content, template }): readonly Resource[] => {
    if (content.kind !== 'object') return [];
    const { value } = content;
    const kind = textAt(value, 'kind');
    const shown = `${template}: ${kind} ${textAt(value, 'metadata', 'name')}`;
    return [{ key: kindKey(textAt(value, 'apiVersion'), kind), kind, shown, value }];
  });
}

function placeOf(shown: string, { path, limit }: Broken): string {
  return `${shown} ${path} ${limit}`;
}

/** Renders whose custom resources are held against definitions: the relocated one and, where it is known, the original. */
export interface Limited {
  readonly relocated: readonly RenderedDocument[];
  readonly original: readonly RenderedDocument[];
  readonly definitions: readonly DefinitionFile[];
}

/**
 * What an API server would refuse of a relocated chart though it took the original: texts with the target in custom resources that
 * `pattern`, `enum` or `maxLength` of a definition in the same chart do not allow (Kubernetes, "Extend the Kubernetes API with
 * CustomResourceDefinitions", validation). Each is told with the file and the line that forbids it.
 */
export function brokenLimits({ relocated, original, definitions }: Limited, target: string): readonly Residue[] {
  const resources = resourcesIn(relocated.filter(({ text }) => text.includes(target)));
  if (resources.length === 0) return [];
  const all = definitionsOf(definitions, resources, target);
  const limited = (one: Resource): readonly Broken[] => brokenIn(one.value, all.get(one.key)?.schema, '');
  const before = new Set(
    all.size === 0
      ? []
      : resourcesIn(original).flatMap((one) => limited(one).map((broken) => placeOf(one.shown, broken))),
  );
  return resources.flatMap((one) => {
    const file = all.get(one.key)?.file;
    if (file === undefined) return [];
    return limited(one)
      .filter((broken) => broken.found.includes(target) && !before.has(placeOf(one.shown, broken)))
      .map((broken) => ({
        place: `${one.shown} ${broken.path}`,
        expected: `what ${lineOf(file, broken.words)} allows: ${broken.limit}`,
        found: broken.found,
      }));
  });
}
