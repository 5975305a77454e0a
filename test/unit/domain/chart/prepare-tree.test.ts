import { describe, expect, it } from 'vitest';
import { textAt } from '../../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { withoutDependency, withoutNotes } from '../../../../src/domain/chart/prepare-tree.ts';
import { archive, chartYaml } from './trees.ts';

describe('leaving notes out', () => {
  it('takes NOTES.txt from the chart and every subchart, and nothing else', () => {
    const files = {
      'Chart.yaml': chartYaml('a'),
      'templates/NOTES.txt': 'x',
      'templates/MYNOTES.txt': 'x',
      'NOTES.txt': 'x',
    };
    const inner = archive(files);
    const tree = withoutNotes(archive({ ...files, 'charts/b/templates/NOTES.txt': 'x' }, { 'charts/c.tgz': inner }));
    const kept = ['Chart.yaml', 'templates/MYNOTES.txt', 'NOTES.txt'];
    expect([...tree.files.keys()]).toEqual(kept);
    expect([...(tree.packed.get('charts/c.tgz')?.files.keys() ?? [])]).toEqual(kept);
  });
});

describe('leaving a dependency out', () => {
  const KV = { name: 'kv', version: '1.0.0', alias: undefined };
  const declared = [
    'dependencies:',
    '  # first',
    '  - name: kv # c',
    '    version: 1.0.0',
    '  - name: side',
    '    version: 2.10',
  ];

  it('takes its entry from Chart.yaml; comments, spelling and long lines stay', () => {
    const long = `description: ${'word '.repeat(60)}end`;
    const text = chartYaml('a', '1.0.0', 'appVersion: 0644 # d', long, ...declared);
    const tree = archive({ 'Chart.yaml': text });
    const after = textAt(withoutDependency(tree, readChartTree(tree, 'a'), KV), ['Chart.yaml']);
    expect(after).toContain('appVersion: 0644 # d\n');
    expect(after).toContain(`${long}\n`);
    expect(after).toContain('version: 2.10\n');
    expect(after).not.toContain(KV);
  });

  it('takes it from requirements.yaml, and from a packed subchart', () => {
    const inner = archive({ 'Chart.yaml': chartYaml('b'), 'requirements.yaml': `${declared.join('\n')}\n` });
    const tree = archive({ 'Chart.yaml': chartYaml('a') }, { 'charts/b.tgz': inner });
    const [parent] = readChartTree(tree, 'a').subcharts;
    if (parent === undefined) throw new Error('no subchart');
    const after = withoutDependency(tree, parent, KV);
    expect(textAt(after, ['charts/b.tgz', 'requirements.yaml'])).not.toContain(KV);
    expect(textAt(after, ['charts/b.tgz', 'requirements.yaml'])).toContain('side');
    expect(after.files).toBe(tree.files);
  });

  it('takes one of two entries of a name', () => {
    const entries = ['dependencies:', '  - {name: kv, version: 1.0.0}', '  - {name: kv, version: ^2.0.0, alias: two}'];
    const tree = archive({ 'Chart.yaml': chartYaml('a', '1.0.0', ...entries) });
    const after = textAt(withoutDependency(tree, readChartTree(tree, 'a'), KV), ['Chart.yaml']);
    expect(after).toContain('alias: two');
    expect(after).not.toContain('version: 1.0.0}');
  });

  it('leaves a tree alone that does not declare it', () => {
    const tree = archive({ 'Chart.yaml': chartYaml('a', '1.0.0', ...declared) });
    expect(withoutDependency(tree, readChartTree(tree, 'a'), { ...KV, name: 'other' })).toBe(tree);
  });
});
