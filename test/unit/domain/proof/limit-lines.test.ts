import { expect, it } from 'vitest';
import { mayLimit } from '../../../../src/domain/proof/limit-lines.ts';

const BLOCK = `spec:
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        properties:
          spec:
            properties:
              image:
                type: string
              tag:
                maxLength: 20
                type: string
              mirrors:
                items:
                  pattern: ^quay
                  type: string
              labels:
                additionalProperties:
                  enum: [a, b]
`;

it.each([
  ['tag', true],
  ['mirrors', true],
  ['labels', true],
  ['image', false],
  ['spec', false],
])('a limit on %s: %s', (name, isLimited) => {
  expect(mayLimit(BLOCK, new Set([name]))).toBe(isLimited);
});

it('what is written in braces may limit anything', () => {
  expect(mayLimit('properties: { image: { type: string, pattern: ^quay } }', new Set(['other']))).toBe(true);
  expect(mayLimit('{"properties": {"image": {"maxLength": 3}}}', new Set(['other']))).toBe(true);
});
