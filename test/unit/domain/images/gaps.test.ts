import { describe, expect, it } from 'vitest';
import type { DeclaredReference } from '../../../../src/domain/images/declared.ts';
import { declaredOnly, findGaps, noImageGap } from '../../../../src/domain/images/gaps.ts';
import { parseReference } from '../../../../src/domain/reference.ts';
import { podWith, usesIn } from './rendered.ts';

function declared(text: string, where = 'web.image'): DeclaredReference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(text);
  return { reference, where, texts: [], isWhole: true, hasRegistry: true };
}

function podOf(image: string): ReturnType<typeof usesIn> {
  return usesIn(`apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "${image}"}]}`);
}

describe('a chart that renders no image', () => {
  it('is told when it declares some', () => {
    const gap = noImageGap([declared('quay.io/org/a:1'), declared('quay.io/org/a:1', 'annotation images of web')], []);
    expect(gap).toMatchObject({ kind: 'no image', declared: ['quay.io/org/a:1'] });
    expect(gap?.text).toBe(
      'the chart renders no image with these values, though it declares quay.io/org/a:1: a value that it needs may be missing',
    );
  });

  it('names three at most', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => declared(`quay.io/org/${name}:1`));
    expect(noImageGap(many, [])?.text).toContain('quay.io/org/a:1, quay.io/org/b:1, quay.io/org/c:1 and 2 more:');
  });

  it('is also one that renders bases and examples only', () => {
    const uses = usesIn(podWith('env: [{name: REGISTRY, value: quay.io}]').replace('own:1', 'auto'));
    expect(uses.map(({ role }) => role)).toEqual(['example', 'base']);
    expect(noImageGap([declared('quay.io/org/a:1')], uses)?.kind).toBe('no image');
  });

  it.each([
    ['that declares none', [], []],
    ['that renders one', [declared('quay.io/org/a:1')], podOf('own:1')],
  ])('is no gap for a chart %s', (_, declarations, uses) => {
    expect(noImageGap(declarations, uses)).toBeUndefined();
  });
});

describe('an image that is declared but not rendered', () => {
  it('is told once with all its tags and places', () => {
    const gaps = declaredOnly(
      [
        declared('quay.io/org/a:1', 'a.image'),
        declared('quay.io/org/a:2', 'b.image'),
        declared('quay.io/org/a:1', 'a.image'),
      ],
      [],
    );
    expect(gaps).toEqual([
      {
        kind: 'declared only',
        declared: 'quay.io/org/a:1, quay.io/org/a:2',
        where: ['a.image', 'b.image'],
        text: 'quay.io/org/a:1, quay.io/org/a:2 is declared (a.image; b.image) but not rendered',
      },
    ]);
  });

  it.each([
    ['under another tag', 'quay.io/org/a:1', 'quay.io/org/a:2'],
    ['with the registry of another value', 'org/a:1', 'quay.io/org/a:1'],
    ['with the owner of another value', 'a:1', 'quay.io/org/a:1'],
    ['at Docker Hub', 'docker.io/library/a:1', 'a:1'],
  ])('is not one that is rendered %s', (_, text, rendered) => {
    expect(declaredOnly([declared(text)], podOf(rendered))).toEqual([]);
  });

  it.each([
    ['another registry', 'ghcr.io/org/a:1', 'quay.io/org/a:1'],
    ['another name', 'a:1', 'quay.io/org/aa:1'],
  ])('is one of %s', (_, text, rendered) => {
    expect(declaredOnly([declared(text)], podOf(rendered))).toHaveLength(1);
  });
});

describe('all gaps of a render', () => {
  it('are in order: no image, declared only, operators', () => {
    const objects = [{ group: 'kibana.k8s.elastic.co', kind: 'Kibana', name: 'logs' }];
    expect(findGaps([declared('quay.io/org/a:1')], [], objects).map(({ kind }) => kind)).toEqual([
      'no image',
      'declared only',
      'operator',
    ]);
    expect(findGaps([], podOf('own:1'), [])).toEqual([]);
  });
});
