import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/catalog-lock.schema.json'), 'utf8'));
const types = new SourceTypes([
  'src/domain/reference.ts',
  'src/domain/report/reported-error.ts',
  'src/domain/catalog-lock/catalog-lock.ts',
]);
const NARROWER: ReadonlyMap<string, Shape> = new Map([
  ['exitCode', 'number'],
  ['releases[].error.origin', 'string'],
]);

it('catalog-lock.schema.json describes its type, key by key', () => {
  const shapes = new SchemaShapes(schema, NARROWER);
  expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('CatalogLock'));
});
