import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import {
  annotationEdits,
  DIGEST_ANNOTATION,
  originEdits,
  SOURCE_ANNOTATION,
} from '../../../../src/domain/chart/chart-yaml-edits.ts';
import { parseMetadata } from '../../../../src/domain/chart/metadata.ts';
import { editValues } from '../../../../src/domain/overlay/edit-values.ts';
import type { Reference } from '../../../../src/domain/reference.ts';
import { suffixedVersion } from '../../../../src/domain/version/suffix.ts';
import { archive, chartYaml } from './trees.ts';

const SOURCE = 'https://charts.example.com/shop 1.2.3';
const DIGEST = `sha256:${'a'.repeat(64)}`;

function marked(text: string, suffix = '', source = SOURCE): string {
  const metadata = parseMetadata(text, undefined);
  if (metadata === undefined) throw new Error('no chart');
  return editValues(text, originEdits(metadata, source, DIGEST, suffix), 'Chart.yaml');
}

function moved({ repository, tag }: Reference): string | undefined {
  return repository === 'library/skip' ? undefined : `r.test/${repository}:${tag}`;
}

describe('marking a relocated chart', () => {
  const marks = [`  "${DIGEST_ANNOTATION}": "${DIGEST}"`, `  "${SOURCE_ANNOTATION}": "${SOURCE}"`].join('\n');

  it.each([
    [
      'no annotations',
      '# c\nname: shop # d\nversion: 1.2.3\n',
      `# c\nname: shop # d\nversion: 1.2.3\nannotations:\n${marks}\n`,
    ],
    [
      'empty annotations',
      'name: shop\nannotations:\nversion: 1.2.3\n',
      `name: shop\nannotations:\n${marks}\nversion: 1.2.3\n`,
    ],
    [
      'annotations of its own, which stay',
      'name: shop\nversion: 1.2.3\nannotations:\n  # why\n  licenses: MIT # c\n',
      `name: shop\nversion: 1.2.3\nannotations:\n${marks}\n  # why\n  licenses: MIT # c\n`,
    ],
    [
      'annotations on one line',
      'name: shop\nversion: 1.2.3\nannotations: {a: b}\n',
      `name: shop\nversion: 1.2.3\nannotations: {"${DIGEST_ANNOTATION}": "${DIGEST}", "${SOURCE_ANNOTATION}": "${SOURCE}", a: b}\n`,
    ],
  ])('adds where it comes from to a chart with %s', (_, before, after) => {
    expect(marked(before)).toBe(after);
  });

  it('sets the marks of a chart that was relocated before, once', () => {
    const again = marked(marked('name: shop\nversion: 1.2.3\n'), '', 'oci://r.test/charts/shop:1.2.3');
    expect(again.match(/airgap-charts\/source"/g)).toHaveLength(1);
    expect(again).toContain(`"${SOURCE_ANNOTATION}": "oci://r.test/charts/shop:1.2.3"`);
    expect(marked(marked('name: shop\nversion: 1.2.3\n'))).toBe(marked('name: shop\nversion: 1.2.3\n'));
  });

  it.each([
    ['version: 1.2.3 # the version', 'version: "1.2.3+mirror.2" # the version'],
    ['version: "1.2.3"', 'version: "1.2.3+mirror.2"'],
    ["version: '1.2.3+up.1'", "version: '1.2.3+up.1.mirror.2'"],
    ['version: v1.2.3', 'version: "v1.2.3+mirror.2"'],
    ['version: 1.0', 'version: "1.0+mirror.2"'],
  ])('gives the version a suffix in place: %s', (before, after) => {
    const text = marked(`name: shop\n${before}\nappVersion: 1.10\n`, '+mirror.2');
    expect(text.startsWith(`name: shop\n${after}\nappVersion: 1.10\n`)).toBe(true);
  });

  it('leaves the version alone without a suffix', () => {
    expect(marked('name: shop\nversion: 1.2.3\n')).toContain('\nversion: 1.2.3\n');
  });

  it.each([
    ['1.2.3', '+mirror.2', '1.2.3+mirror.2'],
    ['1.2.3+up57.0.3', '+mirror.2', '1.2.3+up57.0.3.mirror.2'],
    ['1.2.3-rc.1', '+m', '1.2.3-rc.1+m'],
  ])('joins the version %s and the suffix %s', (version, suffix, expected) => {
    expect(suffixedVersion(version, suffix)).toBe(expected);
  });
});

describe('the image lists of Chart.yaml', () => {
  const images = [
    'annotations:',
    '  category: Database # c',
    '  images: |',
    '    - name: redis',
    '      image: docker.io/bitnami/redis:8.0.1',
    '    - name: shell',
    '      image: docker.io/bitnami/os-shell:12',
    '    - name: shell-old',
    '      image: docker.io/bitnami/os-shell:12-r1',
    '    - name: left',
    '      image: skip:1',
  ];

  it('are moved line by line, in the chart and its subcharts', () => {
    const before = chartYaml('shop', '1.2.3', ...images);
    const tree = archive(
      { 'Chart.yaml': before },
      { 'charts/kv-1.0.0.tgz': archive({ 'Chart.yaml': chartYaml('kv', '1.0.0', ...images.slice(0, 5)) }) },
    );
    const edits = annotationEdits(readChartTree(tree, 'shop'), moved);
    expect(edits.map(({ address }) => address)).toEqual([['Chart.yaml'], ['charts/kv-1.0.0.tgz', 'Chart.yaml']]);
    const [first] = edits;
    expect(editValues(before, first?.edits ?? [], 'Chart.yaml')).toBe(
      before
        .replace('docker.io/bitnami/redis:8.0.1', 'r.test/bitnami/redis:8.0.1')
        .replace('docker.io/bitnami/os-shell:12\n', 'r.test/bitnami/os-shell:12\n')
        .replace('docker.io/bitnami/os-shell:12-r1', 'r.test/bitnami/os-shell:12-r1'),
    );
  });

  it('are left alone where they name nothing that moves', () => {
    const lists = ['annotations:', '  images: ""', '  artifacthub.io/images: |', '    - image: skip:1'];
    const tree = archive({ 'Chart.yaml': chartYaml('shop', '1.2.3', ...lists) });
    expect(annotationEdits(readChartTree(tree, 'shop'), moved)).toEqual([]);
  });

  it('and the marks can be set together', () => {
    const before = chartYaml('shop', '1.2.3', ...images);
    const chart = readChartTree(archive({ 'Chart.yaml': before }), 'shop');
    const edits = [
      ...annotationEdits(chart, moved).flatMap((one) => one.edits),
      ...originEdits(chart.metadata, SOURCE, DIGEST, '+m'),
    ];
    const after = editValues(before, edits, 'Chart.yaml');
    expect(after).toContain('category: Database # c');
    expect(after).toContain('      image: r.test/bitnami/redis:8.0.1\n');
    expect(after).toContain('version: "1.2.3+m"');
    expect(after).toContain(SOURCE);
  });
});
