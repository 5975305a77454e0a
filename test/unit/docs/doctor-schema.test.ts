import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { doctorReport, fine } from '../../../src/domain/doctor/finding.ts';
import { readDocument, tableRows, wordIn } from './documents.ts';
import { SchemaShapes } from './schema-shapes.ts';
import { SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/doctor.schema.json'), 'utf8')) as AnySchemaObject;
const types = new SourceTypes(['src/domain/doctor/finding.ts']);
const shapes = new SchemaShapes(schema, new Map());

describe('doctor.schema.json', () => {
  const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

  it('takes what doctor prints, and nothing else', () => {
    const report = doctorReport([fine('disk', 'output directory', 'it can be written')]);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...report, extra: 1 })).toBe(false);
    expect(validate({ ...report, findings: [{ ...report.findings[0], judgement: 'bad' }] })).toBe(false);
  });

  it('describes the type of the report, key by key', () => {
    expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('DoctorReport'));
  });

  it('names the words of every union, and docs/doctor.md explains them', () => {
    expect(shapes.definition('area').enum).toEqual(types.wordsOf('Area'));
    expect(shapes.definition('judgement').enum).toEqual(types.wordsOf('Judgement'));
    const areas = tableRows(readDocument('docs/doctor.md'), 'Area').map(([word]) => wordIn(word));
    expect(areas).toEqual(types.wordsOf('Area'));
  });
});
