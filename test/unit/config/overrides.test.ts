import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { shippedPath } from '../../../src/config/documents.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { diskFiles } from '../../../src/config/read-text.ts';
import { catalogOf, messagesOf, requestFor } from './inputs.ts';

const KEDA = 'addons: [{chart: keda, repository: https://x.example, values: {n: 4}, valuesFiles: [v.yaml]}]\n';

async function layersOf(files: Readonly<Record<string, string>>, chartOverrides: readonly string[] = []) {
  const all = { 'a.yaml': KEDA, 'v.yaml': 'n: 3\n', 'shipped.yaml': 'overrides:\n  keda:\n    n: 1\n', ...files };
  const catalog = await catalogOf(all, { catalogs: ['a.yaml'], chartOverrides });
  return {
    layers: catalog.addons[0]?.layers.map(({ origin, name, text }) => [origin, name, text]),
    notes: catalog.notes,
  };
}

const SHIPPED = ['shipped-override', 'chart-overrides.yaml (shipped):3', 'n: 1\n'];
const OWN = [
  ['values-file', 'v.yaml', 'n: 3\n'],
  ['inline', 'a.yaml:1', '{n: 4}'],
];

describe('chart overrides', () => {
  it('hands each file to helm as a layer of its own, in order', async () => {
    const files = { 'one.yaml': 'overrides: {keda: {n: 2}}\n', 'two.yaml': 'overrides:\n  keda:\n    n: null\n' };
    expect((await layersOf(files, ['one.yaml', 'two.yaml'])).layers).toEqual([
      SHIPPED,
      ['user-override', 'one.yaml:1', '{n: 2}'],
      ['user-override', 'two.yaml:3', 'n: null\n'],
      ...OWN,
    ]);
  });

  it('reads the file in the working directory when no flag names one', async () => {
    const files = { 'chart-overrides.yaml': 'overrides: {keda: {n: 2}}\n', 'one.yaml': 'overrides: {}\n' };
    expect((await layersOf(files)).layers?.[1]).toEqual(['user-override', 'chart-overrides.yaml:1', '{n: 2}']);
    expect((await layersOf(files, ['one.yaml'])).layers).toEqual([SHIPPED, ...OWN]);
  });

  it('reads the shipped file once when it is the one in the working directory, or is named', async () => {
    const catalogs = [shippedPath('catalogs/eks-addons.yaml')];
    const cwd = shippedPath('.');
    for (const chartOverrides of [[], ['chart-overrides.yaml', './chart-overrides.yaml']]) {
      const request = requestFor({}, { catalogs, chartOverrides, cwd, files: diskFiles });
      const result = await loadCatalog({ ...request, shippedOverrides: shippedPath('chart-overrides.yaml') });
      if (result.kind === 'problems') throw new Error(messagesOf(result).join('\n'));
      const karpenter = result.catalog.addons.find(({ chart }) => chart === 'karpenter');
      expect(karpenter?.layers.map(({ origin }) => origin)).toEqual(['shipped-override']);
    }
  });

  it('resolves an alias to values of another chart', async () => {
    const files = { 'o.yaml': 'overrides:\n  base: &base {n: 0644}\n  keda:\n    <<: *base\n' };
    expect((await layersOf(files, ['o.yaml'])).layers?.[1]).toEqual(['user-override', 'o.yaml:4', '{n: 0644}\n']);
  });

  it('remarks on a chart that is nearly one of the inputs', async () => {
    const files = { 'o.yaml': 'overrides: {kedaa: {n: 2}, quite-different: {n: 2}}\n' };
    expect((await layersOf(files, ['o.yaml'])).notes).toEqual([
      'o.yaml:1: no chart is called "kedaa", perhaps "keda" is meant',
    ]);
  });
});

describe('the shipped overrides', () => {
  it('have a remark before every chart', async () => {
    const lines = (await readFile(shippedPath('chart-overrides.yaml'), 'utf8')).split('\n');
    const charts = lines.flatMap((line, index) => (/^ {2}[a-z0-9-]+:$/.test(line) ? [index] : []));
    expect(charts.length).toBeGreaterThan(30);
    expect(charts.filter((index) => !lines[index - 1]?.startsWith('  # '))).toEqual([]);
  });

  it('switch off no check of a chart', async () => {
    const text = await readFile(shippedPath('chart-overrides.yaml'), 'utf8');
    expect(text).not.toMatch(/insecure|skip|accept_?eula|global\.security/i);
    expect(Object.keys(parse(text))).toEqual(['overrides']);
  });
});
