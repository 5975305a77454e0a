import { describe, expect, it, test } from 'vitest';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import type { Residue } from '../../../../src/domain/proof/compare.ts';
import { brokenLimits } from '../../../../src/domain/proof/definition-limits.ts';

const TARGET = 'r.test/m';

function definition(limit: string): string {
  return [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    'spec:',
    '  group: acme.io',
    '  names: { kind: Plane }',
    '  versions:',
    '    - name: v1',
    '      schema:',
    '        openAPIV3Schema:',
    '          properties:',
    '            spec:',
    '              properties:',
    '                list:',
    '                  items:',
    '                    additionalProperties:',
    '                      type: string',
    `                      ${limit}`,
    '',
  ].join('\n');
}

function plane(image: string, apiVersion = 'acme.io/v1'): string {
  return `---\n# Source: c/templates/p.yaml\napiVersion: ${apiVersion}\nkind: Plane\nmetadata: { name: one }\nspec:\n  list:\n    - image: ${image}\n`;
}

function broken(limit: string, relocated: string, original = ''): readonly Residue[] {
  const definitions = [{ shown: 'c/crds/p.yaml', text: definition(limit) }];
  return brokenLimits({ relocated: readRendered(relocated), original: readRendered(original), definitions }, TARGET);
}

const MOVED = plane(`${TARGET}/acme/plane:1`);
const ORIGINAL = plane('quay.io/acme/plane:1');

describe('a definition that does not allow what a resource has now', () => {
  test.each([
    ['pattern: ^(quay\\.io/acme)/[a-z]+:\\d+$', 'pattern ^(quay\\.io/acme)/[a-z]+:\\d+$'],
    ["enum: ['quay.io/acme/plane:1']", 'enum ["quay.io/acme/plane:1"]'],
    ['maxLength: 20', 'maxLength 20'],
  ])('is told with its file and line: %s', (limit, said) => {
    expect(broken(limit, MOVED, ORIGINAL)).toEqual([
      {
        place: 'c/templates/p.yaml: Plane one spec.list[0].image',
        expected: `what c/crds/p.yaml, line 17 allows: ${said}`,
        found: `${TARGET}/acme/plane:1`,
      },
    ]);
    expect(broken(limit, MOVED)).toHaveLength(1);
  });

  test.each([
    ['pattern: ^[a-z./]+:\\d+$', MOVED],
    ["enum: ['r.test/m/acme/plane:1']", MOVED],
    ['maxLength: 21', MOVED],
    ['pattern: ^(?i)[$', MOVED],
    ['maxLength: 20', plane(`${TARGET}/acme/plane:1`, 'acme.io/v2')],
    ['maxLength: 5', ORIGINAL],
  ])('is none that allows it, of another version, or of what was not moved: %s', (limit, relocated) => {
    expect(broken(limit, relocated, ORIGINAL)).toEqual([]);
  });

  it('is none that did not allow the original', () => {
    expect(broken('maxLength: 5', MOVED, ORIGINAL)).toEqual([]);
  });
});
