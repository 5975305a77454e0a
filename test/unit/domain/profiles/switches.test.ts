import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../../../src/domain/chart/effective-values.ts';
import { formatPath, type ValuePath } from '../../../../src/domain/chart/values-tree.ts';
import { emitYaml } from '../../../../src/domain/overlay/emit-yaml.ts';
import { switchedOn, switchesOf } from '../../../../src/domain/profiles/switches.ts';
import { archive, chartYaml } from '../chart/trees.ts';
import { values } from '../trace/uses.ts';

/** The switches of a chart with these files, and values of a release on top. */
function switches(files: Readonly<Record<string, string>>, layer?: string): readonly string[] {
  const tree = archive({ 'Chart.yaml': chartYaml('web'), ...files });
  const chart = readChartTree(tree, 'web');
  const layers = layer === undefined ? [] : [{ origin: 'inline', name: 'values', text: layer } as const];
  return switchesOf(chart, effectiveValues(tree, chart, layers)).map((path) => formatPath(path));
}

function subchart(name: string, text: string, ...lines: readonly string[]): Readonly<Record<string, string>> {
  return {
    [`charts/${name}/Chart.yaml`]: chartYaml(name, '1.0.0', ...lines),
    [`charts/${name}/values.yaml`]: text,
  };
}

/** A chart with one dependency, whose values are `text`. */
function withDependency(entry: string, own: string, text: string): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': chartYaml('web', '1.0.0', 'dependencies:', `  - ${entry}`),
    'values.yaml': own,
    ...subchart('cache', text),
  };
}

describe('the switches of a chart', () => {
  it.each(['false', 'False', 'FALSE', 'no', 'No', 'off', 'OFF', 'n', 'N'])('are booleans that are off: %s', (off) => {
    expect(switches({ 'values.yaml': `a: { enabled: ${off} }\n` })).toEqual(['a.enabled']);
  });

  it.each(['true', 'yes', 'on', '"false"', "'no'", '0', '""', 'null', '[]', '{}', 'none', 'offline'])(
    'are nothing else: %s',
    (other) => {
      expect(switches({ 'values.yaml': `a: { enabled: ${other} }\n` })).toEqual([]);
    },
  );

  it('stand in lists and in lists of lists, too', () => {
    expect(switches({ 'values.yaml': 'extras: [{ active: false }, { deep: [[{ active: no }]] }, false]\n' })).toEqual([
      'extras[0].active',
      'extras[1].deep[0][0].active',
      'extras[2]',
    ]);
  });

  it('are those of the values of the release, not of the defaults', () => {
    const files = { 'values.yaml': 'a: false\nb: true\nc: false\n' };
    expect(switches(files, 'a: true\nb: off\nc: ~\nd: { e: false }\n')).toEqual(['b', 'd.e']);
  });

  it('are those of subcharts as well, below the names that their parents give them', () => {
    const files = {
      'Chart.yaml': chartYaml(
        'web',
        '1.0.0',
        'dependencies:',
        '  - { name: cache, version: 1.0.0, alias: one }',
        '  - { name: cache, version: 1.0.0, alias: two }',
      ),
      ...subchart('cache', 'metrics: { enabled: false }\n'),
    };
    expect(switches(files, 'two: { metrics: { enabled: true } }\n')).toEqual(['one.metrics.enabled']);
  });
});

describe('a subchart that is off', () => {
  const INNER = 'metrics: { enabled: false }\n';

  it.each([
    [
      'its condition',
      '{ name: cache, version: 1.0.0, condition: cache.enabled }',
      'cache: { enabled: false }\n',
      'cache.enabled',
    ],
    [
      'a condition spelled no',
      '{ name: cache, version: 1.0.0, condition: cache.enabled }',
      'cache: { enabled: no }\n',
      'cache.enabled',
    ],
    ['a condition elsewhere', '{ name: cache, version: 1.0.0, condition: useCache }', 'useCache: off\n', 'useCache'],
    [
      'the first of its conditions that there is',
      '{ name: cache, version: 1.0.0, condition: "x.y,cache.enabled" }',
      'cache: { enabled: false }\n',
      'cache.enabled',
    ],
    [
      'the first condition that is a boolean',
      '{ name: cache, version: 1.0.0, condition: "mode,cache.enabled" }',
      'mode: text\ncache: { enabled: false }\n',
      'cache.enabled',
    ],
    ['its tag', '{ name: cache, version: 1.0.0, tags: [back] }', 'tags: { back: false }\n', 'tags.back'],
    [
      'its alias',
      '{ name: cache, version: 1.0.0, alias: store, condition: store.enabled }',
      'store: { enabled: false }\n',
      'store.enabled',
    ],
  ])('by %s has that one switch', (_, entry, own, path) => {
    expect(switches(withDependency(entry, own, INNER))).toEqual([path]);
  });

  it.each([
    ['without a condition', '{ name: cache, version: 1.0.0 }', ''],
    ['whose condition nothing sets', '{ name: cache, version: 1.0.0, condition: cache.enabled }', ''],
    ['whose first condition is on', '{ name: cache, version: 1.0.0, condition: "a,b" }', 'a: true\nb: true\n'],
    ['with one tag that is on', '{ name: cache, version: 1.0.0, tags: [one, two] }', 'tags: { two: true }\n'],
  ])('%s is not off: its own switches count', (_, entry, own) => {
    expect(switches(withDependency(entry, own, INNER))).toEqual(['cache.metrics.enabled']);
  });

  it('by its tags is on where a condition says so, since conditions win', () => {
    const entry = '{ name: cache, version: 1.0.0, condition: cache.enabled, tags: [back] }';
    const own = 'tags: { back: false }\ncache: { enabled: true }\n';
    expect(switches(withDependency(entry, own, INNER))).toEqual(['tags.back', 'cache.metrics.enabled']);
  });

  it('by a tag that is off stays on while another of its tags is on', () => {
    const entry = '{ name: cache, version: 1.0.0, tags: [one, two] }';
    expect(switches(withDependency(entry, 'tags: { one: false, two: true }\n', INNER))).toEqual([
      'tags.one',
      'cache.metrics.enabled',
    ]);
  });

  it('in a subchart is off by a condition below its parent', () => {
    const files = {
      'Chart.yaml': chartYaml('web', '1.0.0', 'dependencies:', '  - { name: cache, version: 1.0.0 }'),
      ...subchart(
        'cache',
        'inner: { enabled: false, deep: false }\n',
        'dependencies:',
        '  - { name: inner, version: 1.0.0, condition: inner.enabled }',
      ),
      'charts/cache/charts/inner/Chart.yaml': chartYaml('inner'),
    };
    expect(switches(files)).toEqual(['cache.inner.enabled']);
    expect(switches(files, 'cache: { inner: { enabled: true } }\n')).toEqual(['cache.inner.deep']);
  });
});

describe('turning switches on', () => {
  function overlay(text: string, ...paths: readonly ValuePath[]): string {
    return emitYaml(switchedOn(values(text), paths));
  }

  it('says nothing but that they are on', () => {
    expect(overlay('a: { b: no, c: 1 }\nd: off\n', ['a', 'b'], ['d'])).toBe('a:\n  b: true\nd: true\n');
  });

  it('repeats a list whole, since helm replaces lists, with all the switches in it', () => {
    const text = 'l: [{ name: one, active: false }, { name: two, active: no }]\n';
    expect(overlay(text, ['l', 1, 'active'])).toBe(
      'l:\n  - name: "one"\n    active: false\n  - name: "two"\n    active: true\n',
    );
    expect(overlay(text, ['l', 0, 'active'], ['l', 1, 'active'])).toBe(
      'l:\n  - name: "one"\n    active: true\n  - name: "two"\n    active: true\n',
    );
  });
});
