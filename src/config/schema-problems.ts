import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { nearNames } from '../domain/selection.ts';
import { type Complaint, listed, type Problem, problemAt, shown } from './problems.ts';
import { fieldOf, fieldsOf, itemsOf, placeOf, sourceTextOf } from './yaml-nodes.ts';
import { startOf, type YamlSource } from './yaml-source.ts';

/** What we read of a schema validator's error: the JSON pointer to the value, the keyword that failed and its schema. */
export interface SchemaViolation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly parentSchema?: Readonly<Record<string, unknown>>;
  /** The key of the value that is wrong itself, where `instancePath` is that of its map. */
  readonly propertyName?: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function nodeAt(source: YamlSource, root: Node, steps: readonly string[]): Node {
  let node = root;
  for (const step of steps) {
    const next = isMap(node) ? fieldOf(source, node, step)?.value : itemsOf(source, node)[Number(step)];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function nameOf(steps: readonly string[]): string {
  const last = steps.at(-1);
  if (last === undefined) return 'the document';
  if (!/^[0-9]+$/.test(last)) return shown(last);
  return `item ${Number(last) + 1} of ${nameOf(steps.slice(0, -1))}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  'array,object': 'a list, or a map',
  object: 'a map',
  integer: 'a whole number',
  boolean: 'true or false',
  'object,string': 'a map, or text',
};

function describe(source: YamlSource, node: Node): string {
  if (isMap(node)) return source.text.startsWith('{{', startOf(node)) ? 'a template without quotes' : 'a map';
  if (!isScalar(node)) return 'a list';
  if (node.value === null) return 'empty';
  switch (typeof node.value) {
    case 'number':
      return `read as the number ${String(node.value)}`;
    case 'boolean':
      return `read as the boolean ${String(node.value)}`;
    default:
      return `the text ${shown(String(node.value))}`;
  }
}

function exampleOf(schema: Readonly<Record<string, unknown>> | undefined): string {
  const examples = schema?.examples;
  return Array.isArray(examples) && examples.length > 0 ? `, for example ${JSON.stringify(examples[0])}` : '';
}

function typeComplaint(source: YamlSource, node: Node, name: string, violation: SchemaViolation): Complaint {
  const wanted = String(violation.params.type);
  const what = `${name} is ${describe(source, node)}`;
  const word = TYPE_WORDS[wanted] ?? wanted;
  const isRead = isScalar(node) && node.value !== null && typeof node.value !== 'string';
  if (wanted === 'string' && isRead)
    return { what, instead: `put it in quotes: ${JSON.stringify(sourceTextOf(node))}` };
  if ((wanted === 'array' || wanted === 'array,object') && isScalar(node) && node.value !== null) {
    return { what, instead: `write a list: [${JSON.stringify(sourceTextOf(node))}]` };
  }
  return { what, instead: `write ${word}${exampleOf(violation.parentSchema)}` };
}

function unknownKey(key: string, violation: SchemaViolation): Complaint {
  const properties = violation.parentSchema?.properties;
  const known = isRecord(properties) ? Object.keys(properties) : [];
  const [nearest] = nearNames(key, known);
  const all = known.length === 1 ? shown(known.join()) : `one of ${listed(known, 'or')}`;
  const instead = nearest === undefined ? `write ${all}` : `write ${shown(nearest)} or take it out`;
  return { what: `unknown key ${shown(key)}`, instead };
}

function missingKey(violation: SchemaViolation): Complaint {
  const key = String(violation.params.missingProperty);
  const properties = violation.parentSchema?.properties;
  const schema = isRecord(properties) ? properties[key] : undefined;
  return { what: `${shown(key)} is missing`, instead: `add it${exampleOf(isRecord(schema) ? schema : undefined)}` };
}

function patternComplaint(name: string, text: string, violation: SchemaViolation): Complaint {
  if (text.includes('{{'))
    return { what: `${name} is a template`, instead: 'write the value itself, templates are not evaluated' };
  if (text === '') return { what: `${name} is empty`, instead: `write text${exampleOf(violation.parentSchema)}` };
  const instead = violation.parentSchema?.patternErrorMessage;
  return {
    what: `${name} cannot be ${shown(text)}`,
    instead: typeof instead === 'string' ? instead : 'write another value',
  };
}

function complaintOf(source: YamlSource, node: Node, name: string, violation: SchemaViolation): Complaint {
  const { params } = violation;
  const text = isScalar(node) ? String(node.value) : '';
  const limit = String(params.limit);
  switch (violation.keyword) {
    case 'type':
      return typeComplaint(source, node, name, violation);
    case 'enum': {
      const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : [];
      return { what: `${name} cannot be ${shown(text)}`, instead: `write ${listed(allowed, 'or')}` };
    }
    case 'pattern':
      return patternComplaint(name, text, violation);
    case 'maxLength':
      return { what: `${name} has ${text.length} characters`, instead: `write at most ${limit}` };
    case 'minLength':
      return { what: `${name} is empty`, instead: `write text${exampleOf(violation.parentSchema)}` };
    case 'minItems':
      return { what: `${name} is empty`, instead: 'list at least one' };
    case 'maxItems':
      return {
        what: `${name} has ${isSeq(node) ? node.items.length : 'more'} items`,
        instead: `list at most ${limit}`,
      };
    case 'maxProperties':
      return {
        what: `${name} has ${isMap(node) ? fieldsOf(source, node).length : 'more'} keys`,
        instead: `write at most ${limit}`,
      };
    case 'minimum':
      return { what: `${name} cannot be ${text}`, instead: `write ${limit} or more` };
    case 'maximum':
      return { what: `${name} cannot be ${text}`, instead: `write ${limit} or less` };
    default:
      return { what: `${name} ${violation.message ?? 'is not valid'}`, instead: 'see the schema' };
  }
}

function keyProblem(source: YamlSource, node: Node, key: string, violation: SchemaViolation): Problem {
  const keyNode = (isMap(node) ? fieldOf(source, node, key)?.key : undefined) ?? node;
  return problemAt(placeOf(source, keyNode), complaintOf(source, keyNode, `the key ${shown(key)}`, violation));
}

/** A validator's error as a problem at the place of the value: an unknown or wrong key at the key, a missing one at its map. */
export function schemaProblem(source: YamlSource, root: Node, violation: SchemaViolation): Problem {
  const steps = pointerSteps(violation.instancePath);
  const node = nodeAt(source, root, steps);
  if (violation.propertyName !== undefined) return keyProblem(source, node, violation.propertyName, violation);
  if (violation.keyword === 'additionalProperties') {
    const key = String(violation.params.additionalProperty);
    const keyNode = isMap(node) ? fieldOf(source, node, key)?.key : undefined;
    return problemAt(placeOf(source, keyNode ?? node), unknownKey(key, violation));
  }
  if (violation.keyword === 'required') return problemAt(placeOf(source, node), missingKey(violation));
  return problemAt(placeOf(source, node), complaintOf(source, node, nameOf(steps), violation));
}
