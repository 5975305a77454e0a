import { describe, expect, it } from 'vitest';
import { crdForms } from '../../../../src/domain/pull-secret/crd-forms.ts';

function crd(kind: string, ...types: readonly string[]): string {
  const fields = types.map(
    (type) =>
      `            imagePullSecrets:\n              description: type of secrets\n              items:\n                properties: {}\n                type: ${type}\n              type: array\n            other: {}`,
  );
  return `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  names:\n    kind: ${kind}\n  versions:\n    - schema:\n${fields.join('\n')}\n`;
}

describe('the form of lists in custom resources', () => {
  it('is that of the items in the definition', () => {
    const forms = crdForms([`${crd('Policy', 'string')}---\n${crd('Tool', 'object', 'object')}`]);
    expect([...forms]).toEqual([
      ['Policy', 'strings'],
      ['Tool', 'objects'],
    ]);
  });

  it('is open where a definition says both, or nothing', () => {
    expect(crdForms([crd('Tool', 'object', 'string'), crd('Other')]).size).toBe(0);
  });
});
