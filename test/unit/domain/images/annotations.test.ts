import { describe, expect, it } from 'vitest';
import type { ArchiveTree } from '../../../../src/domain/chart/archive-tree.ts';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { declaredImages, referencesInAnnotation } from '../../../../src/domain/images/annotations.ts';
import { formatReference } from '../../../../src/domain/reference.ts';

function archive(files: Readonly<Record<string, string>>): ArchiveTree {
  const entries = Object.entries(files).map(
    ([path, text]) => [path, { path, data: Buffer.from(text), mode: 0o644, mtime: 0 }] as const,
  );
  return { top: 'web', files: new Map(entries), packed: new Map() };
}

function chartYaml(name: string, annotations: Readonly<Record<string, string>>): string {
  return JSON.stringify({ apiVersion: 'v2', name, version: '1.0.0', annotations });
}

function declared(files: Readonly<Record<string, string>>): readonly string[] {
  return declaredImages(readChartTree(archive(files), 'web')).map(
    ({ reference, chart, annotation }) => `${chart} ${annotation}: ${formatReference(reference)}`,
  );
}

describe('images that annotations name', () => {
  it.each([
    ['images', '- name: a\n  image: docker.io/bitnami/a:1-debian-12-r0\n- name: b\n  image: org/b:2\n'],
    ['artifacthub.io/images', '- name: a\n  image: docker.io/bitnami/a:1-debian-12-r0\n- image: org/b:2\n'],
    ['helm.sh/images', '[{"image":"docker.io/bitnami/a:1-debian-12-r0"},{"image": "org/b:2"}]'],
    ['distribution.carto.run/images', 'images: [docker.io/bitnami/a:1-debian-12-r0, "org/b:2"]'],
  ])('%s', (annotation, text) => {
    expect(declared({ 'Chart.yaml': chartYaml('web', { [annotation]: text }) })).toEqual([
      `web ${annotation}: docker.io/bitnami/a:1-debian-12-r0`,
      `web ${annotation}: docker.io/org/b:2`,
    ]);
  });

  it('are read from subcharts too, and once for each chart', () => {
    const images = 'image: quay.io/org/a:1\nimage: quay.io/org/a:1\n';
    const files = {
      'Chart.yaml': chartYaml('web', { images, 'artifacthub.io/images': images }),
      'charts/sub/Chart.yaml': chartYaml('sub', { images }),
    };
    expect(declared(files)).toEqual(['web images: quay.io/org/a:1', 'sub images: quay.io/org/a:1']);
  });

  it('are not what other annotations say, nor comments', () => {
    const files = {
      'Chart.yaml': chartYaml('web', { images: '# image: quay.io/org/a:1\n', notes: 'quay.io/org/b:1' }),
    };
    expect(declared(files)).toEqual([]);
  });

  it('have offsets, so that they can be rewritten in place', () => {
    const text = '- image: org/a:1\n- image: "quay.io/org/b:2"\n';
    const found = referencesInAnnotation(text);
    expect(found.map((one) => one.text)).toEqual(['org/a:1', 'quay.io/org/b:2']);
    for (const one of found) expect(text.slice(one.offset, one.offset + one.text.length)).toBe(one.text);
  });
});
