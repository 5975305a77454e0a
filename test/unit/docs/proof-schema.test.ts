import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/proof.schema.json'), 'utf8')) as AnySchemaObject;

it('proof.schema.json describes the type of the file, key by key', () => {
  const types = new SourceTypes([
    'src/domain/addon.ts',
    'src/domain/ecr/least-policy.ts',
    'src/domain/images/evidence.ts',
    'src/domain/report/reported-proof.ts',
    'src/domain/report/proof-file.ts',
  ]);
  const shapes = new SchemaShapes(schema, new Map<string, Shape>());
  expect(() => new Ajv2020({ allErrors: true, strict: true }).compile(schema)).not.toThrow();
  expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('ProofFile'));
});
