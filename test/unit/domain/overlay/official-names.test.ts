import { describe, expect, test } from 'vitest';
import type { ChartText } from '../../../../src/domain/chart/chart-files.ts';
import { completedIn, completedName, spellsOfficial } from '../../../../src/domain/overlay/official-names.ts';
import { patchLiterals } from '../../../../src/domain/overlay/patch-literals.ts';

function template(text: string, name = 'd.yaml'): ChartText {
  return { shown: `c/templates/${name}`, address: [`templates/${name}`], text };
}

const NAMES = ['docker.io/busybox:1.36', 'docker.io/nginx'].map((text) =>
  completedName(text, text.replace('docker.io/', 'r.test/m/library/')),
);

function completed(text: string): string {
  const file = template(text);
  return patchLiterals(file, [], { first: completedIn([file], NAMES)(file) }).text;
}

describe('an official name behind a registry', () => {
  test.each([
    ['image: {{ .Values.registry }}/busybox:1.36', 'image: {{ .Values.registry }}/library/busybox:1.36'],
    ['image: "{{ include "prefix" . }}busybox:1.36"', 'image: "{{ include "prefix" . }}library/busybox:1.36"'],
    [
      'image: {{ include "fixed" (list . "busybox:1.36") }}',
      'image: {{ include "fixed" (list . "library/busybox:1.36") }}',
    ],
    [
      '{{ include "fixed" (dict "of" . "name" "busybox:1.36") }}',
      '{{ include "fixed" (dict "of" . "name" "library/busybox:1.36") }}',
    ],
    ['{{ printf "%s/busybox:1.36" .Values.registry }}', '{{ printf "%s/library/busybox:1.36" .Values.registry }}'],
    [
      '{{ printf "%s/%s" .Values.registry "busybox:1.36" }}',
      '{{ printf "%s/%s" .Values.registry "library/busybox:1.36" }}',
    ],
    ['{{- $image := "busybox:1.36" }}', '{{- $image := "library/busybox:1.36" }}'],
    ['{{ .Values.side.image | default "busybox:1.36" }}', '{{ .Values.side.image | default "library/busybox:1.36" }}'],
    ['image: {{ .Values.registry }}/nginx', 'image: {{ .Values.registry }}/library/nginx'],
    ['image: {{ include "fixed" (list . "nginx") }}', 'image: {{ include "fixed" (list . "library/nginx") }}'],
  ])('%s becomes %s', (before, after) => {
    expect(completed(before)).toBe(after);
  });

  test('is completed before a tag that the template adds, where it stands nowhere with its tag', () => {
    expect(completed('image: {{ .Values.registry }}/busybox:{{ .Values.tag }}')).toBe(
      'image: {{ .Values.registry }}/library/busybox:{{ .Values.tag }}',
    );
    expect(completed('image: {{ include "made" (list . "busybox" .Values.tag) }}')).toBe(
      'image: {{ include "made" (list . "library/busybox" .Values.tag) }}',
    );
    expect(completed('image: {{ .Values.registry }}/busybox: {{- .Values.tag }}')).toBe(
      'image: {{ .Values.registry }}/library/busybox: {{- .Values.tag }}',
    );
    const both = 'a: {{ .Values.registry }}/busybox:1.36\nb: {{ .Values.registry }}/busybox:{{ .Values.tag }}';
    expect(completed(both)).toBe(both.replace('/busybox:1.36', '/library/busybox:1.36'));
  });

  test('is completed alone in a line of a helper', () => {
    const helper = '{{- define "side" -}}\nbusybox:1.36\n{{- end }}';
    expect(completed(helper)).toBe(helper.replace('busybox', 'library/busybox'));
  });

  test.each([
    'image: busybox:1.36',
    'image: quay.io/team/busybox:1.36',
    'image: {{ .Values.registry }}/team/busybox:1.36',
    'image: {{ .Values.registry }}/busybox:1.36.1',
    'image: {{ .Values.registry }}/my-busybox:1.36',
    '{{- if eq .Values.image "busybox:1.36" }}',
    '{{ include "busybox:1.36" . }}',
    '{{ get (dict "busybox:1.36" "x") .Values.image }}',
    'name: {{ include "named" (list . "nginx") }}',
    '# image: {{ .Values.registry }}/busybox:1.36',
    'text: {{ .Values.path }}/nginx/conf.d',
    'mountPath: {{ .Values.path }}/nginx',
    'url: {{ .Values.prefix }}busybox:{{ .Values.port }}',
  ])('is not %s', (line) => {
    expect(completed(line)).toBe(line);
  });

  test('is looked for in templates alone', () => {
    const line = 'image: {{ .Values.registry }}/busybox:1.36';
    const elsewhere: ChartText = { shown: 'c/files/d.yaml', address: ['files/d.yaml'], text: line };
    expect(spellsOfficial([template(line)], 'busybox:1.36')).toBe(true);
    expect(spellsOfficial([elsewhere], 'busybox:1.36')).toBe(false);
  });

  test('has the digest of the platform that is copied', () => {
    const [from, to] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
    expect(completedName(`docker.io/busybox@${from}`, `r.test/m/library/busybox@${to}`)).toEqual({
      text: `busybox@${from}`,
      wanted: `library/busybox@${to}`,
    });
  });
});
