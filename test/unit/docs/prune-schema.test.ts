import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { KEEP_REASONS } from '../../../src/domain/prune/plan.ts';
import { readDocument, tableRows, wordIn } from './documents.ts';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/prune.schema.json'), 'utf8')) as AnySchemaObject;
const types = new SourceTypes([
  'src/domain/report/reported-error.ts',
  'src/domain/prune/removal-order.ts',
  'src/domain/prune/plan.ts',
  'src/domain/prune/report.ts',
]);

/** Where the schema says more than the type: text that is always one of a union, and exit codes. */
const NARROWER: ReadonlyMap<string, Shape> = new Map([
  ['exitCode', 'number'],
  ['error.origin', 'string'],
]);
const shapes = new SchemaShapes(schema, NARROWER);

describe('prune.schema.json', () => {
  it('is a schema that ajv takes', () => {
    expect(() => new Ajv2020({ allErrors: true, strict: true }).compile(schema)).not.toThrow();
  });

  it('describes the type of the report, key by key', () => {
    expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('PruneReport'));
  });

  it('names the words of every union of the sources', () => {
    expect(shapes.definition('reason').enum).toEqual(types.wordsOf('KeepReason'));
    expect(shapes.definition('state').enum).toEqual(types.wordsOf('ReportedState'));
    expect(KEEP_REASONS).toEqual(types.wordsOf('KeepReason'));
  });
});

describe('docs/prune.md', () => {
  const document = readDocument('docs/prune.md');

  it('explains every reason to stay, every state and every end', () => {
    const words = (head: string) => tableRows(document, head).map(([word]) => wordIn(word));
    expect(words('Reason')).toEqual(types.wordsOf('KeepReason'));
    expect(words('State')).toEqual(types.wordsOf('ReportedState'));
    expect(words('End')).toEqual(types.wordsOf('ReportedEnd'));
  });
});
