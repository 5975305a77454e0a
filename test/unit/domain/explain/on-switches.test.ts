import { expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { formatPath } from '../../../../src/domain/chart/values-tree.ts';
import { switchedOff, switchesThatAreOn } from '../../../../src/domain/explain/on-switches.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { archive, chartYaml } from '../chart/trees.ts';

const tree = archive({
  'Chart.yaml': chartYaml(
    'shop',
    '1.0.0',
    'dependencies:',
    '  - { name: kv, version: 1.0.0, condition: "store.enabled, kv.enabled", alias: store }',
  ),
  'values.yaml': [
    'a: true',
    'b: "true"',
    'c: yes',
    'd: false',
    'list: [{ full: true, keep: 1 }]',
    'kv: { enabled: true }',
    '',
  ].join('\n'),
  'charts/kv/Chart.yaml': chartYaml('kv'),
  'charts/kv/values.yaml': 'inner: on\n',
});
const chart = readChartTree(tree, 'shop');
const values = effectiveValues(tree, chart, []);

it('finds booleans that are on as helm reads them, and conditions that no value sets', () => {
  expect(switchesThatAreOn(chart, values).map(formatPath)).toEqual([
    'store.enabled',
    'a',
    'c',
    'list[0].full',
    'kv.enabled',
    'store.inner',
  ]);
});

it('turns them off with whole lists, which helm replaces', () => {
  expect(emitYaml(switchedOff(values, [['a'], ['list', 0, 'full']]))).toBe(
    'a: false\nlist:\n  - full: false\n    keep: 1\n',
  );
});
