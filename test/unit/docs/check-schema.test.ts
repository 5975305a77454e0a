import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { IMAGE_VERDICTS } from '../../../src/domain/check/report.ts';
import { readDocument, tableRows, wordIn } from './documents.ts';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/check.schema.json'), 'utf8')) as AnySchemaObject;
const types = new SourceTypes([
  'src/domain/report/reported-error.ts',
  'src/domain/check/references.ts',
  'src/domain/check/report.ts',
]);

/** Where the schema says more than the type: text that is always one of a union, and exit codes. */
const NARROWER: ReadonlyMap<string, Shape> = new Map([
  ['exitCode', 'number'],
  ['errors[].origin', 'string'],
]);
const shapes = new SchemaShapes(schema, NARROWER);

describe('check.schema.json', () => {
  it('is a schema that ajv takes', () => {
    expect(() => new Ajv2020({ allErrors: true, strict: true }).compile(schema)).not.toThrow();
  });

  it('describes the type of the report, key by key', () => {
    expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('CheckReport'));
  });

  it('names the verdicts in the order of the table', () => {
    expect(shapes.definition('imageVerdict').enum).toEqual(types.wordsOf('ImageVerdict'));
    expect(IMAGE_VERDICTS).toEqual(types.wordsOf('ImageVerdict'));
  });
});

describe('docs/check.md', () => {
  it('explains every verdict', () => {
    const words = tableRows(readDocument('docs/check.md'), 'Verdict').map(([word]) => wordIn(word));
    expect(words).toEqual(types.wordsOf('ImageVerdict'));
  });
});
