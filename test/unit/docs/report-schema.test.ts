import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type {
  ChartStatus,
  ImageStatus,
  Report,
  ReportedChart,
  ReportedImage,
  ReportedProof,
} from '../../../src/domain/report/report.ts';
import { choice, type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const types = new SourceTypes([
  'src/errors.ts',
  'src/domain/addon.ts',
  'src/domain/chart/chart-tree.ts',
  'src/domain/report/report.ts',
]);

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: unknown, what: string): Json {
  if (!isObject(value)) throw new Error(`${what} is no object`);
  return value;
}

// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/report.schema.json'), 'utf8')) as AnySchemaObject;
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);

function resolved(node: Json): Json {
  const reference = node.$ref;
  if (typeof reference !== 'string') return node;
  return resolved(objectAt(objectAt(schema.$defs, '$defs')[reference.replace('#/$defs/', '')], reference));
}

/** Where the schema says more than the type: text that is always one of a union, and exit codes. */
const NARROWER: ReadonlyMap<string, Shape> = new Map([
  ['exitCode', 'number'],
  ['charts[].error.code', 'string'],
  ['images[].error.code', 'string'],
  ['charts[].error.origin', 'string'],
  ['images[].error.origin', 'string'],
  ['charts[].dependencies[].state', 'string'],
]);

function shapeOfObject(node: Json, path: string): Shape {
  const { properties, additionalProperties, propertyNames } = node;
  if (isObject(additionalProperties)) {
    const keys = isObject(propertyNames) ? shapeOfSchema(propertyNames, `${path}{key}`) : 'string';
    return { tableOf: shapeOfSchema(additionalProperties, `${path}{}`), keys };
  }
  if (additionalProperties !== false) throw new Error(`${path} is open`);
  const required = new Set(Array.isArray(node.required) ? node.required : []);
  const entries = Object.entries(objectAt(properties, path)).map(([key, value]) => {
    const shape = shapeOfSchema(objectAt(value, key), path === '' ? key : `${path}.${key}`);
    return [key, { shape, required: required.delete(key) }] as const;
  });
  if (required.size > 0) throw new Error(`${path} requires ${[...required].join(', ')}, which it does not describe`);
  return { object: Object.fromEntries(entries) };
}

function shapeOfSchema(written: Json, path: string): Shape {
  const node = resolved(written);
  const narrower = NARROWER.get(path);
  if (narrower !== undefined) return narrower;
  if (node.const !== undefined) return { literal: node.const as string | number };
  if (Array.isArray(node.enum)) return choice(node.enum.map((literal) => ({ literal })));
  if (Array.isArray(node.anyOf)) return choice(node.anyOf.map((one) => shapeOfSchema(objectAt(one, path), path)));
  if (Array.isArray(node.type)) return choice(node.type.map((type) => shapeOfSchema({ type }, path)));
  switch (node.type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return node.type;
    case 'array':
      return { listOf: shapeOfSchema(objectAt(node.items, path), `${path}[]`) };
    case 'object':
      return shapeOfObject(node, path);
  }
  throw new Error(`${path} has no type`);
}

function words(definition: string, ...keys: readonly string[]): unknown {
  const start = objectAt(objectAt(schema.$defs, '$defs')[definition], definition);
  return keys.reduce((node, key) => objectAt(node[key], key), start).enum;
}

const CHARTS: Readonly<Record<ChartStatus, null>> = {
  pushed: null,
  'pushed-unproven': null,
  present: null,
  ready: null,
  'ready-unproven': null,
  failed: null,
  refused: null,
  'not-proven': null,
  unfinished: null,
};

const IMAGES: Readonly<Record<ImageStatus, null>> = {
  copied: null,
  present: null,
  'present-unverified': null,
  kept: null,
  'to-copy': null,
  unconfirmed: null,
  refused: null,
  failed: null,
  'not-needed': null,
  unfinished: null,
};

function keysOf<T extends string>(table: Readonly<Record<T, null>>): readonly T[] {
  return Object.keys(table) as T[];
}

const PLACE = { file: 'catalog.yaml', line: 2, column: 5, key: 'addons[0]' };
const PROVEN: ReportedProof = {
  state: 'proven',
  references: 2,
  schemaChecked: true,
  reason: null,
  residue: [],
  unexplained: [],
  explained: { comment: 1 },
};
const UNPROVEN: ReportedProof = {
  ...PROVEN,
  state: 'not-proven',
  reason: 'dependencies were left out: cache',
  residue: [{ place: 'a/templates/a.yaml Pod/a', expected: 'b', found: null, literals: ['a/templates/a.yaml:3'] }],
  unexplained: [{ template: 'a/templates/a.yaml', line: 3, text: 'quay.io/a/b' }],
};

function chartOf(status: ChartStatus): ReportedChart {
  const bad = status === 'failed' || status === 'refused';
  return {
    chart: 'a',
    release: 'a',
    namespace: bad ? null : 'a',
    requested: '^1.0.0',
    version: bad ? null : '1.0.1',
    source: 'oci://ghcr.io/org/a',
    sourceDigest: null,
    destination: bad ? null : 'oci://registry.example.com/a:1.0.1',
    status,
    kubeVersion: '1.34.0',
    declared: [PLACE, { ...PLACE, key: undefined }],
    dependencies: [{ path: 'b', version: '1', alias: null, condition: 'b.enabled', state: 'vendored' }],
    proof: status === 'not-proven' ? UNPROVEN : PROVEN,
    consumer: { ...PROVEN, written: !bad },
    edits: [
      { file: 'values.yaml', key: 'image', line: null, before: null, after: 'registry.example.com/a' },
      { file: 'a/templates/a.yaml', key: null, line: 3, before: 'image: a', after: 'image: registry.example.com/a' },
    ],
    images: ['quay.io/a/b:1'],
    declaredImages: [{ image: 'quay.io/a/b:1', annotation: 'images of a', rendered: true }],
    notes: ['a note'],
    error: bad ? { code: 'CHART_TAG_TAKEN', origin: 'destination', message: 'taken', hint: null } : null,
  };
}

function imageOf(status: ImageStatus): ReportedImage {
  return {
    source: 'quay.io/a/b:1',
    destination: 'registry.example.com/a/b:1',
    digest: null,
    platforms: ['linux/amd64', 'linux/arm/v7'],
    status,
    bytes: status === 'copied' ? 12 : null,
    usedBy: [{ chart: 'a', version: '1.0.1', release: 'a', places: ['a/templates/a.yaml Pod/a'] }],
    error: status === 'failed' ? { code: 'RATE_LIMITED', origin: 'source', message: 'later', hint: 'wait' } : null,
  };
}

const REPORT: Report = {
  version: 1,
  mode: 'values',
  scanOnly: false,
  target: 'registry.example.com/platform',
  startedAt: '2026-11-21T02:17:00.000Z',
  finishedAt: '2026-11-21T02:18:00.000Z',
  interrupted: false,
  exitCode: 1,
  tools: { helm: '4.3.1', crane: 'unknown' },
  totals: {
    addons: { declared: 9, done: 3, failed: 6, unmirrorable: 1 },
    charts: { pushed: 1, failed: 1 },
    images: { copied: 1 },
    bytesCopied: 12,
  },
  charts: keysOf(CHARTS).map(chartOf),
  images: keysOf(IMAGES).map(imageOf),
  unmirrorable: [{ key: 'b', place: PLACE, reason: 'no chart' }],
  notes: ['one'],
};

function problemsOf(value: unknown): readonly string[] {
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('report.schema.json', () => {
  it('describes the type of the report, key by key', () => {
    expect(shapeOfSchema(schema, '')).toEqual(types.shapeOf('Report'));
  });

  it('names the words of every union of the sources', () => {
    expect(words('chartStatus')).toEqual(types.wordsOf('ChartStatus'));
    expect(words('imageStatus')).toEqual(types.wordsOf('ImageStatus'));
    expect(words('errorCode')).toEqual(types.wordsOf('ErrorCode'));
    expect(words('error', 'properties', 'origin')).toEqual(types.wordsOf('Origin'));
    const state = objectAt(schema.$defs, '$defs').chart;
    const dependency = shapeOfSchema(objectAt(state, 'chart'), '');
    const fact = types.shapeOf('DependencyFact');
    expect(propertyOf(listItem(propertyOf(dependency, 'dependencies')), 'state')).toEqual(propertyOf(fact, 'state'));
  });

  it('takes a report with every status', () => {
    expect(problemsOf(REPORT)).toEqual([]);
  });

  it.each([
    ['an unknown key', { ...REPORT, more: true }, ' must NOT have additional properties'],
    ['an unknown status', { ...REPORT, charts: [{ ...chartOf('ready'), status: 'done' }] }, '/charts/0/status'],
    ['a missing key', { ...REPORT, images: [{ ...imageOf('kept'), digest: undefined }] }, "required property 'digest'"],
    [
      'a status that no total can have',
      { ...REPORT, totals: { ...REPORT.totals, images: { done: 1 } } },
      '/totals/images',
    ],
    ['an exit code that writes no report', { ...REPORT, exitCode: 2 }, '/exitCode'],
  ])('refuses %s', (_, report, expected) => {
    expect(problemsOf(report).join('\n')).toContain(expected);
  });
});

function propertyOf(shape: Shape, key: string): Shape {
  const found = typeof shape === 'object' && 'object' in shape ? shape.object[key] : undefined;
  if (found === undefined) throw new Error(`there is no property ${key}`);
  return found.shape;
}

function listItem(shape: Shape): Shape {
  if (typeof shape === 'object' && 'listOf' in shape) return shape.listOf;
  throw new Error('this is no list');
}
