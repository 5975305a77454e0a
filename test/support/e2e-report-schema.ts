import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ROOT } from './shared-charts.ts';

/** What is wrong with a report by its published schema, one line each; none when it fits. */
export function schemaProblems(report: unknown): readonly string[] {
  const schema: unknown = JSON.parse(readFileSync(join(ROOT, 'schemas', 'report.schema.json'), 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Error('the schema is no object');
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  const validate = ajv.compile(schema);
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
