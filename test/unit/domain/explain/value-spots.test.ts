import { describe, expect, it } from 'vitest';
import type { ValuesLayer } from '../../../../src/domain/addon.ts';
import type { ArchiveTree } from '../../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { nodeAt, type ValuePath } from '../../../../src/domain/chart/values-tree.ts';
import { lineOfValue, spotFinder } from '../../../../src/domain/explain/value-spots.ts';
import { archive, chartYaml } from '../chart/trees.ts';

describe('the line of a value', () => {
  it.each<[string, ValuePath, number | undefined]>([
    ['a: 1\nb:\n  c: x\n', ['b', 'c'], 3],
    ['a: 1\r\nb: 2\r\n', ['b'], 2],
    ['l:\n  - x\n  - { b: 1 }\n', ['l', 1, 'b'], 3],
    ['# note\n\nt: |\n  text\n', ['t'], 3],
    ['x: &x { a: 1 }\nb: *x\n', ['b'], 2],
    ['x: &x { a: 1 }\nb:\n  <<: *x\n', ['b', 'a'], 3],
    ['a: 1\na: 2\n', ['a'], 2],
    ['a: 1\n', ['b'], undefined],
    ['a: {}\n', ['a'], undefined],
  ])('%j %j: %s', (text, path, line) => {
    expect(lineOfValue(text, path)).toBe(line);
  });
});

describe('where a value is set', () => {
  const packed = archive({
    'Chart.yaml': chartYaml('deep'),
    'values.yaml': 'image:\n  tag: "9"\n',
  });
  const tree: ArchiveTree = archive(
    {
      'Chart.yaml': chartYaml('shop'),
      'values.yaml': 'one: 1\ntwo: x\n',
      'charts/kv/Chart.yaml': chartYaml('kv'),
      'charts/kv/values.yaml': '# kv\nname: kv\nglobal:\n  registry: quay.io\n',
    },
    { 'charts/deep-1.0.0.tgz': packed },
  );
  const chart = readChartTree(tree, 'shop');
  const layers: readonly ValuesLayer[] = [
    { origin: 'shipped-override', name: 'chart-overrides.yaml (shipped):40', text: 'one: 2\n' },
    { origin: 'values-file', name: 'my.yaml', text: '\nkv:\n  name: other\n' },
    { origin: 'inline', name: 'catalog.yaml:12', text: 'two: y\nthree: z\n' },
  ];

  function spot(path: ValuePath, of: readonly ValuesLayer[] = []) {
    const node = nodeAt(effectiveValues(tree, chart, of), path);
    if (node === undefined || node.kind === 'map' || node.kind === 'list') throw new Error('no scalar');
    return spotFinder(tree, chart, of)(node.origin);
  }

  it.each<[ValuePath, string, number]>([
    [['two'], 'shop/values.yaml', 2],
    [['kv', 'name'], 'shop/charts/kv/values.yaml', 2],
    [['deep', 'image', 'tag'], 'shop/charts/deep/values.yaml', 2],
    [['global', 'registry'], 'shop/charts/kv/values.yaml', 4],
  ])('is in a file of the chart: %j', (path, file, line) => {
    expect(spot(path)).toEqual({ file, line });
  });

  it.each<[ValuePath, string, number]>([
    [['one'], 'chart-overrides.yaml (shipped)', 40],
    [['kv', 'name'], 'my.yaml', 3],
    [['three'], 'catalog.yaml', 13],
  ])('is in a layer: %j', (path, file, line) => {
    expect(spot(path, layers)).toEqual({ file, line });
  });

  it('is nowhere where no file sets it', () => {
    expect(spotFinder(tree, chart, layers)({ kind: 'layer', layer: -1, path: ['debug'] })).toBeNull();
  });
});
