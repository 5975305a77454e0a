import { describe, expect, it } from 'vitest';
import {
  dependencyFacts,
  fileIn,
  readChartTree,
  valueKeys,
  vendoredFor,
} from '../../../../src/domain/chart/chart-tree.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { archive, chartYaml } from './trees.ts';

const NESTED = archive(
  {
    'Chart.yaml': chartYaml('root', '1.0.0', 'dependencies:', '  - { name: packed, version: 1.0.0 }'),
    'charts/dir/Chart.yaml': chartYaml('dir'),
    'charts/dir/charts/deep/Chart.yaml': chartYaml('deep'),
    'charts/dir/templates/charts/x/Chart.yaml': 'not a chart',
    'charts/_off/Chart.yaml': 'x',
    'charts/.off/Chart.yaml': 'x',
    'charts/README.md': 'x',
    'charts/packed-1.0.0.tgz': 'x',
  },
  {
    'charts/packed-1.0.0.tgz': archive({
      'Chart.yaml': chartYaml('packed', '1.0.0', 'dependencies:', '  - { name: inside, version: 1.0.0 }'),
      'charts/inside/Chart.yaml': chartYaml('inside'),
    }),
  },
);

/** A chart with subcharts of one name in several versions, and declared dependencies on it. */
function several(versions: readonly string[], ...dependencies: readonly string[]) {
  const files = versions.map((version) => [`charts/kv-${version}/Chart.yaml`, chartYaml('kv', version)] as const);
  const declared = dependencies.map((line) => `  - { name: kv, ${line} }`);
  const lines = declared.length === 0 ? [] : ['dependencies:', ...declared];
  return readChartTree(archive({ 'Chart.yaml': chartYaml('a', '1.0.0', ...lines), ...Object.fromEntries(files) }), 'a');
}

describe('reading a chart', () => {
  it('finds subcharts as directories and as archives, at any depth, as helm does', () => {
    const chart = readChartTree(NESTED, 'root 1.0.0');
    const names = (tree: typeof chart): unknown => [tree.metadata.name, ...tree.subcharts.map(names)];
    expect(names(chart)).toEqual(['root', ['dir', ['deep']], ['packed', ['inside']]]);
  });

  it('knows where the files of each chart are', () => {
    const { subcharts } = readChartTree(NESTED, 'root 1.0.0');
    const [dir, packed] = subcharts;
    expect(dir && fileIn(dir.location, 'values.yaml')).toEqual(['charts/dir/values.yaml']);
    expect(packed && fileIn(packed.location, 'values.yaml')).toEqual(['charts/packed-1.0.0.tgz', 'values.yaml']);
    const inside = packed?.subcharts[0];
    expect(inside && fileIn(inside.location, 'x')).toEqual(['charts/packed-1.0.0.tgz', 'charts/inside/x']);
  });

  it('refuses a chart whose Chart.yaml cannot be read, naming file and chart', () => {
    const tree = archive({ 'Chart.yaml': chartYaml('a'), 'charts/b/Chart.yaml': 'name: b\n' });
    const read = (): unknown => readChartTree(tree, 'a 1.0.0');
    expect(read).toThrow(MirrorError);
    expect(read).toThrow(/^charts\/b\/Chart\.yaml of a 1\.0\.0 /);
  });
});

describe('a declared dependency', () => {
  it.each([
    ['the exact version', ['1.0.0', '2.0.0'], '2.0.0', '2.0.0'],
    ['a range', ['1.4.0', '2.0.0'], '^2.0.0', '2.0.0'],
    ['a wildcard', ['1.4.0'], '1.x.x', '1.4.0'],
    ['everything', ['1.4.0'], '*', '1.4.0'],
    ['a version with other spelling', ['v1.0.0'], '1.0.0', 'v1.0.0'],
    ['build metadata, which does not count', ['1.0.0+a'], '1.0.0', '1.0.0+a'],
  ])('is the subchart in its range: %s', (_, versions, range, expected) => {
    const chart = several(versions, `version: "${range}"`);
    const [dependency] = chart.metadata.dependencies;
    expect(dependency && vendoredFor(chart, dependency)?.metadata.version).toBe(expected);
  });

  it('may be of another version where it is the only one of its name: helm renders it too', () => {
    const chart = several(['3.0.0'], 'version: ^1.0.0, alias: store');
    const [dependency] = chart.metadata.dependencies;
    expect(dependency && vendoredFor(chart, dependency)?.metadata.version).toBe('3.0.0');
  });

  it('is not there where no subchart has its name', () => {
    const chart = several([], 'version: 1.0.0');
    const [dependency] = chart.metadata.dependencies;
    expect(dependency && vendoredFor(chart, dependency)).toBeUndefined();
  });
});

describe('the keys of a subchart', () => {
  function keys(versions: readonly string[], ...dependencies: readonly string[]): readonly (readonly string[])[] {
    const chart = several(versions, ...dependencies);
    return chart.subcharts.map((sub) => valueKeys(chart, sub));
  }

  it('are its name, where nobody declares it', () => {
    expect(keys(['1.0.0'])).toEqual([['kv']]);
  });

  it('are its aliases, and its name where it is declared without', () => {
    expect(keys(['1.0.0'], 'version: 1.0.0, alias: one', 'version: 1.x.x, alias: two')).toEqual([['one', 'two']]);
    expect(keys(['1.0.0'], 'version: 1.0.0, alias: one', 'version: 1.0.0')).toEqual([['one', 'kv']]);
    expect(keys(['1.0.0'], 'version: 1.0.0', 'version: ">0"')).toEqual([['kv']]);
  });

  it('are those of the entry whose range it is in', () => {
    expect(keys(['1.1.0', '2.0.0'], 'version: ^1.0.0, alias: one', 'version: ^2.0.0, alias: two')).toEqual([
      ['one'],
      ['two'],
    ]);
  });

  it('are its name, where it is in no range: helm then knows of no alias', () => {
    expect(keys(['3.0.0'], 'version: ^1.0.0, alias: store')).toEqual([['kv']]);
  });
});

describe('the facts of dependencies', () => {
  it('tell for each, at any depth, what stands for it', () => {
    const lines = [
      'dependencies:',
      '  - { name: packed, version: 1.x, alias: p, condition: p.enabled }',
      '  - { name: dir, version: 1.0.0 }',
      '  - { name: gone, version: 9.9.9 }',
    ];
    const tree = { ...NESTED, files: new Map(NESTED.files) };
    const root = archive({ 'Chart.yaml': chartYaml('root', '1.0.0', ...lines) }).files.get('Chart.yaml');
    if (root !== undefined) tree.files.set('Chart.yaml', root);
    const facts = dependencyFacts(readChartTree(tree, 'root'), new Set(['dir']));
    expect(facts).toMatchObject([
      { path: 'p', name: 'packed', version: '1.0.0', alias: 'p', condition: 'p.enabled', state: 'vendored' },
      { path: 'p/inside', name: 'inside', version: '1.0.0', state: 'vendored' },
      { path: 'dir', name: 'dir', version: '1.0.0', alias: undefined, condition: undefined, state: 'fetched' },
      { path: 'gone', name: 'gone', version: '9.9.9', alias: undefined, condition: undefined, state: 'missing' },
    ]);
  });
});
