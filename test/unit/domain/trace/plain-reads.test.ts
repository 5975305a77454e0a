import { describe, expect, it, test } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import type { ValuePath } from '../../../../src/domain/chart/values-tree.ts';
import { plainReads } from '../../../../src/domain/trace/plain-reads.ts';
import { archive, chartYaml } from '../chart/trees.ts';

function isPlain(files: Readonly<Record<string, string>>, path: ValuePath): boolean {
  const tree = archive({ 'Chart.yaml': chartYaml('root'), ...files });
  return plainReads(tree, readChartTree(tree, 'root'))(path);
}

const PATH = ['side', 'image', 'repository'];

function of(...lines: readonly string[]): boolean {
  return isPlain({ 'templates/d.yaml': lines.join('\n') }, PATH);
}

const PLAIN = 'image: "{{ .Values.side.image.repository }}:{{ .Values.side.image.tag }}"';

describe('a name that nothing can stand before', () => {
  test.each([
    PLAIN,
    '- image: {{ .Values.side.image.repository | quote }}',
    'image: {{ ((.Values.side).image).repository }}:{{ .Chart.AppVersion }}',
    'image: {{ printf "%s:%s" .Values.side.image.repository .Values.side.image.tag }}',
    `{{- if .Values.side.image.repository }}\n${PLAIN}\n{{- end }}`,
    `{{- if and .Values.side .Values.side.image }}\n${PLAIN}\n{{- end }}`,
    `{{/* include "image" .Values.side.image */}}\n${PLAIN}`,
    `# {{ include "image" .Values.side.image }}\n${PLAIN}`,
    `${PLAIN}\nlabel: {{ .Values.sidecar }}\npolicy: {{ .Values.side.image.pullPolicy }}`,
  ])('begins an image wherever templates read it: %s', (text) => {
    expect(of(text)).toBe(true);
  });

  test.each([
    'image: "{{ .Values.global.registry }}/{{ .Values.side.image.repository }}:1"',
    'image: quay.io/{{ .Values.side.image.repository }}:1',
    'image: {{ include "prefix" . }}{{ .Values.side.image.repository }}',
    'image: {{ printf "%s/%s" .Values.global.registry .Values.side.image.repository }}',
    'image: {{ .Values.side.image.repository | include "image" }}',
    'args: ["{{ .Values.side.image.repository }}"]',
    `${PLAIN}\nimage: {{ include "image" .Values.side.image }}`,
    `${PLAIN}\nimage: {{ include "image" (dict "root" .Values "key" "side") }}`,
    `${PLAIN}\n{{- with .Values.side }}\nimage: {{ $.Values.global.registry }}/{{ .image.repository }}\n{{- end }}`,
    `${PLAIN}\n{{- $image := .Values.side.image.repository }}`,
    'image: {{ .Values.other.image.repository }}',
  ])('is not one that templates hand on, or put something before: %s', (text) => {
    expect(of(text)).toBe(false);
  });

  it('is looked for in the templates of its own chart, and of those above', () => {
    const files = { 'charts/one/Chart.yaml': chartYaml('one'), 'charts/one/templates/d.yaml': PLAIN };
    expect(isPlain(files, ['one', ...PATH])).toBe(true);
    expect(isPlain(files, ['two', ...PATH])).toBe(false);
    const above = { ...files, 'templates/d.yaml': 'image: x/{{ .Values.one.side.image.repository }}' };
    expect(isPlain(above, ['one', ...PATH])).toBe(false);
  });

  it('is none in a list, whose items have no name', () => {
    expect(isPlain({ 'templates/d.yaml': PLAIN }, ['side', 0, 'image'])).toBe(false);
  });
});
