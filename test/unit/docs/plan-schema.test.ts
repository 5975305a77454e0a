import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../../../src/config/documents.ts';
import { splitPlan } from '../../../src/domain/run-plan/split.ts';
import { makeKey, policyOf } from '../../support/made-signatures.ts';
import { plannedChart, plannedImage, planOf } from '../domain/run-plan/plans.ts';
import { readDocument, tableRows, wordIn } from './documents.ts';
import { SchemaShapes } from './schema-shapes.ts';
import { type Shape, SourceTypes } from './source-types.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/plan.schema.json'), 'utf8')) as AnySchemaObject;
const types = new SourceTypes([
  'src/domain/artifacts/artifact-choice.ts',
  'src/domain/plan/destination.ts',
  'src/domain/report/reported-error.ts',
  'src/domain/report/reported-ecr.ts',
  'src/domain/run-plan/plan.ts',
  'src/domain/signatures/policy.ts',
]);
const shapes = new SchemaShapes(schema, new Map<string, Shape>());

describe('plan.schema.json', () => {
  it('is a schema that ajv takes', () => {
    const ajv = new Ajv2020({
      allErrors: true,
      strict: true,
      allowUnionTypes: true,
      keywords: ['patternErrorMessage'],
    });
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  it('describes the type of a plan, key by key', () => {
    expect(shapes.shapeOf(schema)).toEqual(types.shapeOf('Plan'));
  });

  it('fits what is made', () => {
    const plan = planOf({ charts: [plannedChart('a')], images: [plannedImage('a', { x: 1 }), plannedImage('b')] });
    const rule = { kind: 'regexp', text: 'x' } as const;
    const signatures = policyOf([makeKey()], { identity: rule, issuer: rule }, '{}');
    const signed = planOf({ options: { ...plan.options, signatures } });
    for (const one of [plan, signed, ...splitPlan(plan, 2)]) expect(schemaFaults(one, 'plan')).toEqual([]);
  });
});

describe('docs/plans.md', () => {
  it('explains every decision', () => {
    const words = tableRows(readDocument('docs/plans.md'), 'Decision').map(([word]) => wordIn(word));
    expect(words).toEqual(types.wordsOf('ImageDecision'));
  });
});
