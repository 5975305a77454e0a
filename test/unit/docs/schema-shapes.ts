import { choice, type Shape } from './source-types.ts';

type Json = Readonly<Record<string, unknown>>;

function objectAt(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  return { ...value };
}

/** Reads JSON Schemas as shapes. `narrower` names paths (`charts[].error.code`) whose shape is given, not read. */
export class SchemaShapes {
  readonly #definitions: Json;
  readonly #narrower: ReadonlyMap<string, Shape>;

  constructor(schema: unknown, narrower: ReadonlyMap<string, Shape>) {
    this.#definitions = objectAt(objectAt(schema, 'the schema').$defs, '$defs');
    this.#narrower = narrower;
  }

  /** A definition below `$defs`, or a property below it. */
  definition(name: string, ...keys: readonly string[]): Json {
    const start = objectAt(this.#definitions[name], name);
    return keys.reduce((node, key) => objectAt(objectAt(node.properties, key)[key], key), start);
  }

  /** The shape that a schema allows; throws for objects that are open or require what they do not describe. */
  shapeOf(written: unknown, path = ''): Shape {
    const node = this.#resolved(objectAt(written, path));
    const narrower = this.#narrower.get(path);
    if (narrower !== undefined) return narrower;
    if (typeof node.const === 'string' || typeof node.const === 'number') return { literal: node.const };
    if (Array.isArray(node.enum)) return choice(node.enum.map((literal) => ({ literal })));
    if (Array.isArray(node.anyOf)) return choice(node.anyOf.map((one) => this.shapeOf(one, path)));
    if (Array.isArray(node.type)) return choice(node.type.map((type) => this.shapeOf({ type }, path)));
    switch (node.type) {
      case 'integer':
        return 'number';
      case 'string':
      case 'boolean':
      case 'null':
        return node.type;
      case 'array':
        return { listOf: this.shapeOf(node.items, `${path}[]`) };
      case 'object':
        return this.#object(node, path);
    }
    throw new Error(`${path} has no type`);
  }

  #resolved(node: Json): Json {
    if (typeof node.$ref !== 'string') return node;
    return this.#resolved(this.definition(node.$ref.replace('#/$defs/', '')));
  }

  #object(node: Json, path: string): Shape {
    if (typeof node.additionalProperties === 'object') {
      const keys = node.propertyNames === undefined ? 'string' : this.shapeOf(node.propertyNames, `${path}{key}`);
      return { tableOf: this.shapeOf(node.additionalProperties, `${path}{}`), keys };
    }
    if (node.additionalProperties !== false) throw new Error(`${path} is open`);
    const required = new Set(Array.isArray(node.required) ? node.required : []);
    const entries = Object.entries(objectAt(node.properties, path)).map(([key, value]) => {
      const shape = this.shapeOf(value, path === '' ? key : `${path}.${key}`);
      return [key, { shape, required: required.delete(key) }] as const;
    });
    if (required.size > 0) throw new Error(`${path} requires ${[...required].join(', ')} and does not describe it`);
    return { object: Object.fromEntries(entries) };
  }
}
