import { describe, expect, it, test } from 'vitest';
import { type ComparedValue, comparedIn } from '../../../../src/domain/overlay/compared-values.ts';

const REGISTRY: ComparedValue = { text: 'quay.io', wanted: 'r.test/m', paths: [['image', 'registry']] };
const WORD: ComparedValue = { text: 'redis', wanted: 'r.test/m/library/redis', paths: [['image']] };

function become(text: string, value: ComparedValue, shown = 'c/templates/a.yaml'): string {
  const line = comparedIn({ shown, address: ['a'], text }, [value]);
  return text.split('\n').map(line).join('\n');
}

describe('what a template compares a moved value with', () => {
  test.each([
    '{{ if eq .Values.image.registry "quay.io" }}',
    '{{- else if ne "quay.io" $.Values.image.registry -}}',
    '{{ if eq .Values.image.registry "ghcr.io" "quay.io" }}',
    '{{ .Values.image.registry | eq "quay.io" }}',
    '{{ if and .Values.a (eq (.Values.image.registry | default "x" | lower) `quay.io`) }}',
    '{{ if eq ((.Values.image).registry) "quay.io" }}',
    '{{ if eq (index .Values "image" "registry") "quay.io" }}',
    '{{ if has .Values.image.registry (list "ghcr.io" "quay.io") }}',
    '{{ hasPrefix "quay.io" .Values.image.registry }}',
    '{{ if eq .registry "quay.io" }}',
    '{{ if eq $registry "quay.io" }}',
    '{{ $hub := .Values.image.registry }}\n{{ if eq $hub "quay.io" }}',
    '{{ get (dict "ghcr.io" "gh" "quay.io" "quay") .Values.image.registry }}',
    '{{ $kinds := dict "quay.io" "hub" }}\n{{ get $kinds .Values.image.registry }}',
    '{{ $kinds := dict }}\n{{- $_ := set $kinds `quay.io` "hub" }}\n{{ index $kinds .Values.image.registry }}',
  ])('moves along in %j', (text) => {
    expect(become(text, REGISTRY)).toBe(text.replace('quay.io', 'r.test/m'));
  });

  test.each([
    '{{ if eq .Values.proxy.registry "quay.io" }}',
    '{{ if eq .Values.image.registry "quay.io/" }}',
    '{{ default "quay.io" .Values.image.registry }}',
    '{{ ternary "quay.io" "x" (eq .Values.image.registry "x") }}',
    '{{ printf "quay.io" .Values.image.registry }}',
    '{{ include "quay.io" .Values.image.registry }}',
    '{{ index .Values "quay.io" }}',
    '{{ eq .Values.image.registry (printf "%s" "quay.io") }}',
    '{{ dict "quay.io" "hub" }}',
    '{{ get (dict "a" "quay.io") .Values.image.registry }}',
    '{{ get (dict "quay.io" "hub") .Values.other }}',
    '{{ if eq (default .Values.image.registry .Values.other) "quay.io" }}',
    '{{`{{ if eq .registry "quay.io" }}`}}',
    '{{ "{{ if eq .registry \\"quay.io\\" }}" }}',
    '{{/* eq .Values.image.registry "quay.io" */}}',
    'eq .Values.image.registry "quay.io"',
    '{{ .Values.image.registry }} "quay.io" {{ .Values.b }}',
  ])('stays in %j', (text) => {
    expect(become(text, REGISTRY)).toBe(text);
  });

  it('moves a single word only beside the very value', () => {
    const same = '{{ if eq .Values.image "redis" }}{{ if has .Values.image (list "redis") }}';
    expect(become(same, WORD)).toBe(same.replaceAll('redis', 'r.test/m/library/redis'));
    for (const text of [
      '{{ if eq .Values.backend "redis" }}',
      '{{ if eq .image "redis" }}',
      '{{ if eq $image "redis" }}',
      '{{ default "redis" .Values.nameOverride }}',
      '{{ get (dict "redis" "a") .Values.image }}',
      '{{ contains "redis" .Values.image }}',
    ])
      expect(become(text, WORD)).toBe(text);
  });

  it('is where helm evaluates it', () => {
    const text = '{{ if eq .Values.image.registry "quay.io" }}';
    for (const shown of ['c/files/a.tpl', 'c/crds/a.yaml', 'c/files/templates/a.yaml', 'c/charts/kv/files/templates/a'])
      expect(become(text, REGISTRY, shown), shown).toBe(text);
  });

  it('is named as the templates of a subchart name it', () => {
    const own: ComparedValue = { ...REGISTRY, paths: [['kv', 'image', 'registry']] };
    const text = '{{ if eq .Values.image.registry "quay.io" }}';
    expect(become(text, own, 'c/charts/kv/templates/a.yaml')).toContain('r.test/m');
    expect(become(text, own)).toBe(text);
    const shared: ComparedValue = { ...REGISTRY, paths: [['global', 'registry']] };
    expect(become('{{ if eq .Values.global.registry "quay.io" }}', shared, 'c/charts/kv/templates/a.yaml')).toContain(
      'r.test/m',
    );
  });

  it('is looked for in long lines as quickly as in short ones', () => {
    const json = `{"panels":[${'{"id":1,"type":"quay.io","expr":"sum(rate(x[5m]))"},'.repeat(20_000)}{}]}`;
    const actions = '{{ eq .Values.a "quay.io" }}'.repeat(4000);
    const start = performance.now();
    for (const text of [json, `{{ .x }}${json}`, actions]) expect(become(text, REGISTRY)).toBe(text);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});
