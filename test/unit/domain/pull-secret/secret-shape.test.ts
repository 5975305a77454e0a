import { describe, expect, it } from 'vitest';
import { nodeAt } from '../../../../src/domain/chart/values-tree.ts';
import { flowYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { likelyShapes, type SecretShape, secretNode } from '../../../../src/domain/pull-secret/secret-shape.ts';
import { values } from '../trace/uses.ts';

function written(shape: SecretShape, yaml: string): string {
  return flowYaml(secretNode(shape, nodeAt(values(`x: ${yaml}`), ['x']), 'mine'));
}

describe('the form of a pull secret', () => {
  it('keeps what a list has: helm replaces lists', () => {
    expect(written('objects', '[{name: own}]')).toBe('[{"name": "own"}, {"name": "mine"}]');
    expect(written('strings', '[own]')).toBe('["own", "mine"]');
  });

  it('takes the only key of the maps that are there', () => {
    expect(written('objects', '[{secretName: own}]')).toBe('[{"secretName": "own"}, {"secretName": "mine"}]');
  });

  it('may be one text, or the text of a list', () => {
    expect([written('text', '""'), written('yaml', '""')]).toEqual(['"mine"', '"[{\\"name\\": \\"mine\\"}]"']);
  });

  it.each([
    ['imagePullSecrets', '[]', undefined, 'objects'],
    ['imagePullSecrets', '[]', 'strings', 'strings'],
    ['imagePullSecrets', '[{name: own}]', 'strings', 'objects'],
    ['imagePullSecrets', '[own]', undefined, 'strings'],
    ['imagePullSecrets', '""', undefined, 'text'],
    ['imagePullSecrets', 'own', 'objects', 'text'],
    ['pullSecrets', '[]', undefined, 'strings'],
    ['imagePullSecretName', '', undefined, 'text'],
  ] as const)('of %s: %s, read as %s, is first tried as %s', (key, yaml, hint, first) => {
    expect(likelyShapes([key], nodeAt(values(`x: ${yaml}`), ['x']), hint)[0]).toBe(first);
  });
});
