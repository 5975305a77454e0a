import { describe, expect, it } from 'vitest';
import { nameableRepositories } from '../../../../src/domain/prune/chart-needs.ts';
import { archive } from '../chart/trees.ts';

function nameable(
  files: Readonly<Record<string, string | Buffer>>,
  ...repositories: readonly string[]
): readonly string[] {
  return [...nameableRepositories(archive(files), repositories)];
}

describe('what a chart without a record could name', () => {
  it('is every repository whose last component stands anywhere in its files', () => {
    const files = { 'values.yaml': 'image: x.example/m/org/app:1\n', 'README.md': 'see exporter' };
    const repositories = ['m/org/app', 'other/app', 'm/exporter', 'm/org', 'app/web'];
    expect(nameable(files, ...repositories)).toEqual(['m/org/app', 'other/app', 'm/exporter', 'm/org']);
  });

  it('is what templates join from words, in whatever files they stand', () => {
    const files = {
      'values.yaml': 'component: controller\n',
      'templates/a.yaml': 'image: "{{ .r }}/ingress-{{ .c }}"',
    };
    expect(nameable(files, 'm/ingress-controller', 'm/ingress_controller', 'm/ingress-proxy')).toEqual([
      'm/ingress-controller',
      'm/ingress_controller',
    ]);
  });

  it('is found in packed subcharts, in any letter case, and in files that are no text', () => {
    const inner = archive({
      'values.yaml': 'image: Sidecar\n',
      'data.bin': Buffer.from([0xff, 0, ...Buffer.from('tool')]),
    });
    const tree = archive({ 'values.yaml': '{}\n' }, { 'charts/sub-1.0.0.tgz': inner });
    expect([...nameableRepositories(tree, ['m/sidecar', 'm/tool', 'm/none'])]).toEqual(['m/sidecar', 'm/tool']);
  });

  it('is nothing where nothing is mentioned', () => {
    expect(nameable({ 'values.yaml': '{}\n' }, 'm/org/app')).toEqual([]);
  });
});
