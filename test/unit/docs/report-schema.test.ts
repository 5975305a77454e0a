import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { ChartStatus, ImageStatus, Report } from '../../../src/domain/report/report.ts';
import { ERROR_CODES } from '../../../src/errors.ts';
import { chartRow, imageRow, sampleReport } from './sample-report.ts';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/report.schema.json'), 'utf8')) as AnySchemaObject;
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);
const types = new SourceTypes([
  'src/errors.ts',
  'src/domain/addon.ts',
  'src/domain/artifacts/artifact-choice.ts',
  'src/domain/chart/chart-tree.ts',
  'src/domain/ecr/least-policy.ts',
  'src/domain/images/evidence.ts',
  'src/domain/report/report.ts',
  'src/domain/report/reported-artifacts.ts',
  'src/domain/report/reported-changes.ts',
  'src/domain/report/reported-ecr.ts',
  'src/domain/report/reported-error.ts',
  'src/domain/report/reported-hidden.ts',
  'src/domain/report/reported-layers.ts',
  'src/domain/report/reported-pins.ts',
  'src/domain/report/reported-plan.ts',
  'src/domain/report/reported-proof.ts',
  'src/domain/report/reported-pull-secret.ts',
  'src/domain/report/reported-signatures.ts',
]);

/** Where the schema says more than the type: text that is always one of a union, and exit codes. */
const NARROWER: ReadonlyMap<string, Shape> = new Map([
  ['exitCode', 'number'],
  ['changes.previous.exitCode', 'number'],
  ['charts[].error.code', 'string'],
  ['artifacts.rows[].error.code', 'string'],
  ['artifacts.notLookedFor[].error.code', 'string'],
  ['artifacts.rows[].error.origin', 'string'],
  ['artifacts.notLookedFor[].error.origin', 'string'],
  ['images[].error.code', 'string'],
  ['ecr.repositories[].error.code', 'string'],
  ['charts[].error.origin', 'string'],
  ['images[].error.origin', 'string'],
  ['ecr.repositories[].error.origin', 'string'],
  ['charts[].dependencies[].state', 'string'],
]);
const shapes = new SchemaShapes(schema, NARROWER);

function property(shape: Shape, key: string): Shape {
  if (typeof shape === 'object' && 'listOf' in shape) return property(shape.listOf, key);
  const found = typeof shape === 'object' && 'object' in shape ? shape.object[key] : undefined;
  if (found === undefined) throw new Error(`there is no property ${key}`);
  return found.shape;
}

function problemsOf(value: unknown): string {
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('\n');
}

const report: Report = sampleReport(
  types.wordsOf('ChartStatus') as readonly ChartStatus[],
  types.wordsOf('ImageStatus') as readonly ImageStatus[],
);

describe('report.schema.json', () => {
  it('describes the type of the report, key by key', () => {
    expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('Report'));
  });

  it('names the words of every union of the sources', () => {
    expect(shapes.definition('chartStatus').enum).toEqual(types.wordsOf('ChartStatus'));
    expect(shapes.definition('imageStatus').enum).toEqual(types.wordsOf('ImageStatus'));
    expect(shapes.definition('signatureStatus').enum).toEqual(types.wordsOf('SignatureStatus'));
    expect(shapes.definition('artifactStatus').enum).toEqual(types.wordsOf('ArtifactStatus'));
    expect(shapes.definition('repository', 'status').enum).toEqual(types.wordsOf('RepositoryStatus'));
    expect(shapes.definition('errorCode').enum).toEqual([...ERROR_CODES]);
    expect(shapes.definition('error', 'origin').enum).toEqual(types.wordsOf('Origin'));
    const dependencies = shapes.shapeOf(shapes.definition('chart', 'dependencies'));
    expect(property(dependencies, 'state')).toEqual(property(types.shapeOf('DependencyFact'), 'state'));
  });

  it('takes a report with every status', () => {
    expect(report.charts.length).toBeGreaterThan(5);
    expect(report.images.length).toBeGreaterThan(5);
    expect(problemsOf(report)).toBe('');
  });

  it.each([
    ['an unknown key', { ...report, more: true }, 'must NOT have additional properties'],
    ['an unknown status', { ...report, charts: [{ ...chartRow('ready'), status: 'done' }] }, '/charts/0/status'],
    ['an unknown code', { ...report, charts: [withCode('NO_LUCK')] }, '/charts/0/error/code'],
    ['a missing key', { ...report, images: [{ ...imageRow('kept'), digest: undefined }] }, "property 'digest'"],
    ['a total of no status', { ...report, totals: { ...report.totals, images: { done: 1 } } }, '/totals/images'],
    ['an exit code that writes no report', { ...report, exitCode: 2 }, '/exitCode'],
  ])('refuses %s', (_, wrong, expected) => {
    expect(problemsOf(wrong)).toContain(expected);
  });
});

function withCode(code: string): object {
  return { ...chartRow('failed'), error: { code, origin: 'source', message: 'x', hint: null } };
}
