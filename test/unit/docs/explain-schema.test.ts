import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readDocument, tableRows, wordIn } from './documents.ts';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/explain.schema.json'), 'utf8')) as AnySchemaObject;
const types = new SourceTypes([
  'src/domain/images/image-use.ts',
  'src/domain/report/reported-error.ts',
  'src/domain/report/reported-proof.ts',
  'src/domain/explain/report.ts',
]);

/** Where the schema says more than the type: text that is always one of a union, and exit codes. */
const NARROWER: ReadonlyMap<string, Shape> = new Map([
  ['exitCode', 'number'],
  ['releases[].error.origin', 'string'],
]);
const shapes = new SchemaShapes(schema, NARROWER);

describe('explain.schema.json', () => {
  it('is a schema that ajv takes', () => {
    expect(() => new Ajv2020({ allErrors: true, strict: true }).compile(schema)).not.toThrow();
  });

  it('describes the type of the report, key by key', () => {
    expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('ExplainReport'));
  });
});

describe('docs/explain.md', () => {
  it('explains every evidence', () => {
    const words = tableRows(readDocument('docs/explain.md'), 'Evidence').map(([word]) => wordIn(word));
    expect(words).toEqual(types.wordsOf('ExplainedEvidence'));
    expect(shapes.definition('evidence').enum).toEqual(words);
  });
});
