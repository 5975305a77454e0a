import { describe, expect, it } from 'vitest';
import { linesWith, literalPlaces, remoteSchema, textsBelow } from '../../../../src/domain/chart/chart-files.ts';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { archive, chartYaml } from './trees.ts';

const TREE = archive(
  {
    'Chart.yaml': chartYaml('shop'),
    'templates/d.yaml': 'image: nginx:1\n',
    'templates/tests/t.yaml': 'image: busybox:1\n',
    'templates.yaml': 'not below templates/',
    'charts/side/Chart.yaml': chartYaml('side'),
    'charts/side/templates/s.yaml': 'side\n',
  },
  { 'charts/kv-1.0.0.tgz': archive({ 'Chart.yaml': chartYaml('kv'), 'templates/k.yaml': 'kv\n' }) },
);
const CHART = readChartTree(TREE, 'shop');

describe('the texts of a folder', () => {
  it('are those of the chart and its subcharts, with the names helm shows and their addresses', () => {
    expect(textsBelow(TREE, CHART, 'templates/').map(({ shown, address }) => [shown, address])).toEqual([
      ['shop/templates/d.yaml', ['templates/d.yaml']],
      ['shop/templates/tests/t.yaml', ['templates/tests/t.yaml']],
      ['shop/charts/side/templates/s.yaml', ['charts/side/templates/s.yaml']],
      ['shop/charts/kv/templates/k.yaml', ['charts/kv-1.0.0.tgz', 'templates/k.yaml']],
    ]);
  });

  it('are none where there is no such folder', () => {
    expect(textsBelow(TREE, CHART, 'crds/')).toEqual([]);
  });
});

describe('lines with a word', () => {
  it('are those in which it stands whole, from 1', () => {
    const text = 'image: nginx:1\nimage: my-nginx:1\nimage: nginx:12\n- "nginx:1"\nquay.io/nginx:1\nnginx:1@sha256:a';
    expect(linesWith(text, 'nginx:1')).toEqual([1, 4]);
  });

  it('are no comment lines, since what is there is written nowhere', () => {
    expect(linesWith('# nginx:1\n  # nginx:1\na: b # nginx:1\n', 'nginx:1')).toEqual([3]);
  });

  it('take the word for a text, not a pattern', () => {
    expect(linesWith('nginxx1\na+b', 'nginx.1')).toEqual([]);
    expect(linesWith('a+b', 'a+b')).toEqual([1]);
  });

  it('make the places of a literal', () => {
    expect(literalPlaces(textsBelow(TREE, CHART, 'templates/'), 'busybox:1')).toEqual([
      'shop/templates/tests/t.yaml:1',
    ]);
    expect(literalPlaces(textsBelow(TREE, CHART, 'templates/'), 'redis:7')).toEqual([]);
  });
});

describe('a schema that leads elsewhere', () => {
  function withSchema(schema: string): string | undefined {
    const tree = archive({
      'Chart.yaml': chartYaml('a'),
      'charts/b/Chart.yaml': chartYaml('b'),
      'charts/b/values.schema.json': schema,
    });
    return remoteSchema(tree, readChartTree(tree, 'a'));
  }

  it('is named, also in a subchart', () => {
    expect(withSchema('{"$ref": "https://example.com/x.json"}')).toBe('charts/b/values.schema.json');
    expect(withSchema('{"$ref":\n"http://example.com/x.json"}')).toBe('charts/b/values.schema.json');
  });

  it.each(['{"$ref": "#/definitions/a"}', '{"$schema": "https://json-schema.org/draft/2020-12/schema"}', '{}'])(
    'is not %s',
    (schema) => {
      expect(withSchema(schema)).toBeUndefined();
    },
  );
});
