import { describe, expect, it } from 'vitest';
import type { DeclaredReference } from '../../../../src/domain/images/declared.ts';
import { noImageGap } from '../../../../src/domain/images/gaps.ts';
import { parseReference } from '../../../../src/domain/reference.ts';
import { podWith, usesIn } from './rendered.ts';

function declared(text: string, where = 'web.image'): DeclaredReference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(text);
  return {
    reference,
    where,
    longer: undefined,
    texts: [],
    own: [],
    isWhole: true,
    hasRegistry: true,
    hasRegistryKey: false,
  };
}

function podOf(image: string): ReturnType<typeof usesIn> {
  return usesIn(`apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "${image}"}]}`);
}

describe('a chart that renders no image', () => {
  it('is told when it declares some', () => {
    const gap = noImageGap([declared('quay.io/org/a:1'), declared('quay.io/org/a:1', 'annotation images of web')], []);
    expect(gap).toBe(
      'the chart renders no image with these values, though it declares quay.io/org/a:1: a value that it needs may be missing',
    );
  });

  it('names three at most', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => declared(`quay.io/org/${name}:1`));
    expect(noImageGap(many, [])).toContain('quay.io/org/a:1, quay.io/org/b:1, quay.io/org/c:1 and 2 more:');
  });

  it('is also one that renders bases and examples only', () => {
    const uses = usesIn(podWith('env: [{name: REGISTRY, value: quay.io}]').replace('own:1', 'auto'));
    expect(uses.map(({ role }) => role)).toEqual(['example', 'base']);
    expect(noImageGap([declared('quay.io/org/a:1')], uses)).toContain('renders no image');
  });

  it.each([
    ['that declares none', [], []],
    ['that renders one', [declared('quay.io/org/a:1')], podOf('own:1')],
  ])('is no gap for a chart %s', (_, declarations, uses) => {
    expect(noImageGap(declarations, uses)).toBeUndefined();
  });
});
