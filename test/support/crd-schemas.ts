import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapped(value: unknown, change: (schema: Schema) => Schema): Schema {
  return isSchema(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, isSchema(one) ? change(one) : one]))
    : {};
}

/**
 * The schema of a CRD as a strict one of JSON Schema: what it does not name is an error, unless it preserves unknown fields, since
 * a cluster would drop it without a word.
 */
function strict(schema: Schema): Schema {
  const { properties, items, additionalProperties, nullable, format: _, ...rest } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('x-') && key !== 'default'));
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const type = intOrString ? ['integer', 'string'] : own.type;
  return {
    ...own,
    ...(type === undefined ? {} : { type: nullable === true ? [type, 'null'].flat() : type }),
    ...(properties === undefined ? {} : { properties: mapped(properties, strict) }),
    ...(isSchema(items) ? { items: strict(items) } : {}),
    ...(isSchema(additionalProperties) ? { additionalProperties: strict(additionalProperties) } : {}),
    ...(properties !== undefined && additionalProperties === undefined && !isOpen
      ? { additionalProperties: false }
      : {}),
  };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (isSchema(node) ? node[key] : undefined), value);
}

/** What a CRD finds wrong with an object of one of its versions, one line each. */
export function crdProblems(crdFile: string, object: unknown): readonly string[] {
  const crd: unknown = parse(readFileSync(crdFile, 'utf8'));
  const apiVersion = `${String(at(crd, 'spec', 'group'))}/`;
  const versions: unknown = at(crd, 'spec', 'versions');
  const wanted = String(at(object, 'apiVersion'));
  const found = (Array.isArray(versions) ? versions : []).find(
    (one: unknown) => apiVersion + at(one, 'name') === wanted,
  );
  const schema = at(found, 'schema', 'openAPIV3Schema');
  if (!isSchema(schema) || at(found, 'served') !== true) return [`${wanted} is not served`];
  if (at(crd, 'spec', 'names', 'kind') !== at(object, 'kind')) return [`${String(at(object, 'kind'))} is another kind`];
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  // a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
  const validate = ajv.compile(strict(schema) as AnySchemaObject);
  validate(object);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
