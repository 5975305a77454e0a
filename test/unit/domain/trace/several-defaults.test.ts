import { describe, expect, it, test } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { emptyAmong, severalDefaults } from '../../../../src/domain/trace/several-defaults.ts';
import { archive, chartYaml } from '../chart/trees.ts';
import { values } from './uses.ts';

function found(...lines: readonly string[]): readonly string[] {
  const tree = archive({ 'Chart.yaml': chartYaml('root'), 'templates/d.yaml': lines.join('\n') });
  return severalDefaults(tree, readChartTree(tree, 'root')).map((path) => path.join('.'));
}

const ONE = 'image: {{ .Values.image.repository | default "acme/one" }}:{{ .Values.image.tag | default "v1" }}';
const TWO = 'image: {{ default "acme/two" .Values.image.repository }}:{{ .Values.image.tag | default "v2" }}';

describe('an empty value with several names', () => {
  test.each([
    `{{ if .Values.x }}\n${ONE}\n{{ else }}\n${TWO}\n{{ end }}`,
    `{{ $m := dict "a" "acme/one" }}\nimage: {{ .Values.image.repository | default (get $m .Values.type) }}`,
    'image: {{ ((.Values.image).repository) | default (ternary "acme/one" "acme/two" (eq .Values.kind "x")) }}',
    'image: {{ .Values.image.repository | default (printf "acme/%s" .Values.kind) }}',
    'image: {{ coalesce .Values.image.repository "acme/one" }}\nother: {{ or .Values.image.repository "acme/two" }}',
    '{{ $n := "acme/one" }}{{ if .Values.x }}{{ $n = "acme/two" }}{{ end }}\nimage: {{ .Values.image.repository | default $n }}',
    '{{- if .Values.image.repository }}\nimage: {{ .Values.image.repository }}\n{{- else if .Values.x }}\nimage: acme/one:v1\n{{- else }}\nimage: acme/two:v1\n{{- end }}',
    '{{ if not .Values.image.repository }}\n{{ with .x }}image: "acme/one:{{ . }}"{{ end }}\n- image: acme/two\n{{ end }}',
  ])('has them by kind, by branch, or looked up: %s', (text) => {
    expect(found(text)).toEqual(['image.repository']);
  });

  test.each([
    `${ONE}\n${ONE}`,
    `${ONE}\n{{/* ${TWO.replaceAll('{{', '').replaceAll('}}', '')} */}}`,
    `${ONE}\n# ${TWO}`,
    `${ONE}\n${ONE.replace('acme/one', 'docker.io/acme/one')}`,
    'image: {{ .Values.image.repository | default (printf "acme/%s" .Chart.Name) }}',
    'image: {{ .Values.image.repository | default (printf "%s/acme/one" .Values.registry) }}',
    'image: {{ .Values.image.registry | default "quay.io" }}/one:{{ .Values.image.registry | default "ghcr.io" }}',
    'image: {{ .Values.repository | default "quay.io" }}/a\nother: {{ .Values.repository | default "ghcr.io" }}/b',
    '{{ if .Values.image }}\nimage: {{ .Values.image }}\n{{ else }}\nimage: acme/one:v1\n{{ end }}\nimage: acme/two:v1',
    '{{ if .Values.repository }}\nimage: {{ .Values.repository }}/a\n{{ else }}\nimage: x.io/a\n{{ end }}',
  ])('is none of one name, nor a registry: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is told by its path from the root', () => {
    const tree = archive({
      'Chart.yaml': chartYaml('root'),
      'charts/one/Chart.yaml': chartYaml('one'),
      'charts/one/templates/d.yaml': `${ONE}\n${TWO}\n${(ONE + TWO).replaceAll('.image.', '.global.image.')}`,
    });
    expect(severalDefaults(tree, readChartTree(tree, 'root'))).toEqual([
      ['one', 'image', 'repository'],
      ['global', 'image', 'repository'],
    ]);
  });

  it('counts only where it is empty', () => {
    const all = [['a'], ['b'], ['c'], ['d', 'e']];
    expect(emptyAmong(values('a: ""\nb: acme/one\nc: null\n'), all)).toEqual([['a'], ['c'], ['d', 'e']]);
  });
});
