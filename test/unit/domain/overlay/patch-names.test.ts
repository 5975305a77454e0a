import { describe, expect, test } from 'vitest';
import { type Literal, nameOf, patchLiterals } from '../../../../src/domain/overlay/patch-literals.ts';

const HOSTED: Literal = { text: 'quay.io/org/app:1.2', wanted: 'r.test/m/org/app:1.2' };
const HUB: Literal = { text: 'org/tool:7', wanted: 'r.test/m/org/tool:7' };
const OFFICIAL: Literal = { text: 'nginx:1.27-alpine', wanted: 'r.test/m/library/nginx:1.27-alpine' };

function patched(line: string): string {
  const names = [HOSTED, HUB, OFFICIAL].map(nameOf).filter((name) => name !== undefined);
  return patchLiterals({ shown: 'c/templates/a.yaml', address: ['templates/a.yaml'], text: line }, names).text;
}

describe('a beginning in dig or dict', () => {
  const beginning: Literal = { kind: 'beginning', text: 'quay.io', wanted: 'r.test/m' };

  test.each([
    ['{{ dig "hub" "url" "quay.io" .Values.AsMap }}', '{{ dig "hub" "url" "r.test/m" .Values.AsMap }}'],
    [
      '{{ dig "auths" "quay.io" "name" "none" (.Values | merge (dict)) }}',
      '{{ dig "auths" "quay.io" "name" "none" (.Values | merge (dict)) }}',
    ],
    ['{{ dict "key" "HUB" "default" "quay.io" "root" . }}', '{{ dict "key" "HUB" "default" "r.test/m" "root" . }}'],
    [
      '  (dict "name" $name "registry" `quay.io/` "more" (list "a")) }}',
      '  (dict "name" $name "registry" `r.test/m/` "more" (list "a")) }}',
    ],
    [
      '{{ get (dict "ghcr.io" "gh" "quay.io" "quay") .Values.x }}',
      '{{ get (dict "ghcr.io" "gh" "quay.io" "quay") .Values.x }}',
    ],
    ['{{ dict "auth" (dict "quay.io" (dict "a" "b")) }}', '{{ dict "auth" (dict "quay.io" (dict "a" "b")) }}'],
    ['{{ dict "text" "dict \\"a\\" \\"quay.io\\"" }}', '{{ dict "text" "dict \\"a\\" \\"quay.io\\"" }}'],
  ])('%s becomes %s', (before, after) => {
    const file = { shown: 'c/templates/a.yaml', address: ['templates/a.yaml'], text: before } as const;
    expect(patchLiterals(file, [beginning]).text).toBe(after);
  });

  test.each([
    ['image: {{ or .Values.global.registry "quay.io" }}/a:1', 'image: {{ or .Values.global.registry "r.test/m" }}/a:1'],
    ['{{- $_ := set .Values.image "registry" "quay.io" }}', '{{- $_ := set .Values.image "registry" "r.test/m" }}'],
    [
      '{{- $_ := set .Values.image "imageRegistry" "quay.io/" }}',
      '{{- $_ := set .Values.image "imageRegistry" "r.test/m/" }}',
    ],
    ['{{ if or (eq .Values.registry "quay.io") .Values.x }}', '{{ if or (eq .Values.registry "quay.io") .Values.x }}'],
    ['note: take ghcr.io or some other "quay.io"', 'note: take ghcr.io or some other "quay.io"'],
    ['{{- $_ := set .Values.hosts "mirror" "quay.io" }}', '{{- $_ := set .Values.hosts "mirror" "quay.io" }}'],
  ])('%s, from or or set, becomes %s', (before, after) => {
    const file = { shown: 'c/templates/a.yaml', address: ['templates/a.yaml'], text: before } as const;
    expect(patchLiterals(file, [beginning]).text).toBe(after);
  });
});

describe('the name of a literal', () => {
  test('is the text before tag or digest, for both sides', () => {
    expect(nameOf(HOSTED)).toEqual({ kind: 'name', text: 'quay.io/org/app', wanted: 'r.test/m/org/app' });
    const digest = `@sha256:${'a'.repeat(64)}`;
    expect(nameOf({ text: `a.io/b${digest}`, wanted: `r.test/b${digest}` })).toMatchObject({ wanted: 'r.test/b' });
  });

  test('is none without a tag, or when the tag changes', () => {
    expect(nameOf({ text: 'org/tool', wanted: 'r.test/org/tool' })).toBeUndefined();
    expect(nameOf({ text: 'a.io/b:1', wanted: 'r.test/b:2' })).toBeUndefined();
  });

  test.each([
    ['image: "quay.io/org/app:{{ .Chart.AppVersion }}"', 'image: "r.test/m/org/app:{{ .Chart.AppVersion }}"'],
    ['image: org/tool:{{ .Values.tag }}', 'image: r.test/m/org/tool:{{ .Values.tag }}'],
    ['image: org/tool:v{{ .Chart.AppVersion }}-alpine', 'image: r.test/m/org/tool:v{{ .Chart.AppVersion }}-alpine'],
    ['{{ printf "quay.io/org/app:%s" .Values.tag }}', '{{ printf "r.test/m/org/app:%s" .Values.tag }}'],
    ['- image: "nginx:{{ .Chart.AppVersion }}"', '- image: "r.test/m/library/nginx:{{ .Chart.AppVersion }}"'],
    ['- { image: nginx:1.27{{ .Values.flavour }} }', '- { image: r.test/m/library/nginx:1.27{{ .Values.flavour }} }'],
    ['image: org/tool: {{- .Values.tag }}', 'image: r.test/m/org/tool: {{- .Values.tag }}'],
    ['image: nginx:1.27 {{- .Values.flavour }}', 'image: r.test/m/library/nginx:1.27 {{- .Values.flavour }}'],
    ['image: org/tool@{{ .Values.digest }}', 'image: r.test/m/org/tool@{{ .Values.digest }}'],
    ['{{ printf "%s:%s" "quay.io/org/app" .Values.tag }}', '{{ printf "%s:%s" "r.test/m/org/app" .Values.tag }}'],
    ['{{ .Values.name | default "org/tool" }}:1', '{{ .Values.name | default "r.test/m/org/tool" }}:1'],
    ['{{ ternary "org/side" "org/tool" .Values.x }}', '{{ ternary "org/side" "r.test/m/org/tool" .Values.x }}'],
    ['{{ $m := dict "one" "org/tool" "org/tool" "b" }}', '{{ $m := dict "one" "r.test/m/org/tool" "org/tool" "b" }}'],
    ['{{ printf "nginx:%s" .Values.tag }}', '{{ printf "r.test/m/library/nginx:%s" .Values.tag }}'],
  ])('%s is patched', (before, after) => {
    expect(patched(before)).toBe(after);
  });

  test.each([
    'image: quay.io/org/app:2.0',
    'image: quay.io/org/app-more:{{ .Values.tag }}',
    'image: my.quay.io/org/app:{{ .Values.tag }}',
    'image: their/org/tool:{{ .Values.tag }}',
    'url: https://x.test/org/tool:%d',
    'name: "org/tool"',
    'image: org/tool: {{ .Values.tag }}',
    'image: {{ .Values.registry }}/{{ .Values.name | default "org/tool" }}',
    '{{ printf "%s/%s" .Values.registry (.Values.name | default "org/tool") }}',
    '{{ if eq .Values.name "org/tool" }}',
    'image: "%org/tool:{{ .Values.tag }}"',
    'image: "{{ .Values.registry }}/nginx:{{ .Values.tag }}"',
    'server: nginx:{{ .Values.port }}',
    'image: nginx-extra:{{ .Values.tag }}',
    '# quay.io/org/app:{{ .Values.tag }}',
  ])('%s is left alone', (line) => {
    expect(patched(line)).toBe(line);
  });
});
