import { describe, expect, it } from 'vitest';
import { readChartTree } from '../../../../src/domain/chart/chart-tree.ts';
import { formatPath } from '../../../../src/domain/chart/values-tree.ts';
import { type MinedKeys, mineSecretKeys } from '../../../../src/domain/pull-secret/mined-keys.ts';
import { type SecretKeys, secretKeys } from '../../../../src/domain/pull-secret/secret-keys.ts';
import { speakingTemplates } from '../../../../src/domain/pull-secret/speaking-templates.ts';
import { values } from '../trace/uses.ts';

function mined(files: Readonly<Record<string, string>>): MinedKeys {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n', ...files };
  const entries = Object.entries(all).map(([path, text]) => {
    return [path, { path, data: Buffer.from(text), mode: 0o644, mtime: 0 }] as const;
  });
  const tree = { top: 'app', files: new Map(entries), packed: new Map() };
  return mineSecretKeys(tree, readChartTree(tree, 'app'));
}

const SILENT: MinedKeys = { named: [], beside: [], names: [], hints: [], speaks: () => true };

function keys(yaml: string, more: Partial<MinedKeys> = {}): SecretKeys {
  return secretKeys(values(yaml), { ...SILENT, ...more });
}

function shown(all: readonly { readonly path: readonly (string | number)[] }[]): readonly string[] {
  return all.map(({ path }) => formatPath(path));
}

describe('what templates tell about pull secrets', () => {
  it('is every key of that name, below the name of its subchart; globals and libraries at the root', () => {
    const { named } = mined({
      'templates/a.yaml':
        '{{ .Values.image.pullSecrets }}{{ ((.Values.a).b).imagePullSecretName }}{{ .Values.global.imagePullSecrets }}',
      'charts/db/Chart.yaml': 'name: db\nversion: 1.0.0\n',
      'charts/db/templates/a.yaml': '{{ .Values.imagePullSecrets }}{{ .Values.global.imagePullSecrets }}',
      'charts/lib/Chart.yaml': 'name: lib\nversion: 1.0.0\ntype: library\n',
      'charts/lib/templates/_a.tpl': '{{ .Values.podOptions.imagePullSecrets }}',
    });
    expect(shown(named.map((path) => ({ path })))).toEqual(
      expect.arrayContaining([
        'image.pullSecrets',
        'a.b.imagePullSecretName',
        'global.imagePullSecrets',
        'db.imagePullSecrets',
        'podOptions.imagePullSecrets',
      ]),
    );
  });

  it('is what stands in the list and in the condition above it, not what follows', () => {
    const text =
      '{{- if .Values.auth.on }}\nimagePullSecrets:\n  - name: {{ .Values.auth.registryKey }}\n{{- end }}\nnodeSelector: {{ .Values.nodes }}\n';
    expect(shown(mined({ 'templates/a.yaml': text }).beside.map((path) => ({ path })))).toEqual([
      'auth.on',
      'auth.registryKey',
    ]);
  });

  it('is the names that are read from a map, and no name of a template or of a comment', () => {
    const text =
      '{{/* .fooPullSecrets */}}{{ include "app.imagePullSecrets" . }}{{ range .pullSecrets }}{{ get $x "imagePullSecrets" }}';
    expect(mined({ 'templates/a.yaml': text }).names).toEqual(['pullSecrets', 'imagePullSecrets']);
  });

  it('is the form in which a key is written', () => {
    const text =
      '- name: {{ .Values.a.pullSecret | quote }}\n{{- range $s := .Values.pullSecrets }}\n  - name: {{ $s }}\n{{- end }}{{ range .Values.maps }}\n- name: {{ .name }}{{ end }}';
    const hints = mined({ 'templates/a.yaml': text }).hints.map(({ path, shape }) => `${formatPath(path)} ${shape}`);
    expect(hints).toEqual(['pullSecrets strings', 'a.pullSecret text']);
  });
});

describe('keys that could hold pull secrets', () => {
  it('are all of that name, in lists of maps too, but no maps and booleans', () => {
    const yaml =
      'imagePullSecrets: []\nimage: {pullSecrets: [a]}\njobs: [{imagePullSecret: ""}]\na: {pullSecrets: true}\nb: {imagePullSecrets: {}}\nc: {image_pull_secret: x}\n';
    const { named, beside } = keys(yaml);
    expect(shown(named)).toEqual([
      'imagePullSecrets',
      'image.pullSecrets',
      'jobs[0].imagePullSecret',
      'c.image_pull_secret',
    ]);
    expect(shown(beside)).toEqual(['b.imagePullSecrets']);
  });

  it('are names inside a map of that name', () => {
    expect(shown(keys('imagePullSecrets: {create: false, name: "", password: ""}').named)).toEqual([
      'imagePullSecrets.name',
    ]);
  });

  it('are those that templates read, where a map can have them', () => {
    const named = [
      ['a', 'pullSecrets'],
      ['text', 'pullSecrets'],
      ['new', 'pullSecrets'],
    ];
    expect(shown(keys('a: {}\ntext: x\n', { named }).named)).toEqual(['a.pullSecrets', 'new.pullSecrets']);
  });

  it('come with the switch of a map about credentials that is off, but never with that of a component', () => {
    const { gated } = keys(
      'registry: {enabled: false, imagePullSecret: ""}\nredis: {enabled: false, imagePullSecret: ""}\n',
    );
    expect(gated).toEqual([{ path: ['registry', 'imagePullSecret'], gate: ['registry', 'enabled'], hint: undefined }]);
  });

  it('are names beside an image, in maps about pods, and in pod specs that the values spell out', () => {
    const yaml =
      'web: {image: {repository: a, tag: b}, resources: {}, nodeSelector: {}}\njob: {containers: []}\nextraPodSpec: {}\n';
    const { beside, invented, podSpecs } = keys(yaml, { names: ['pullSecrets'] });
    expect(shown(beside)).toEqual(['web.image.pullSecrets']);
    expect(shown(invented)).toEqual(['pullSecrets', 'global.pullSecrets', 'web.pullSecrets']);
    expect(shown(podSpecs)).toEqual(['job.imagePullSecrets', 'extraPodSpec.imagePullSecrets']);
  });
});

describe('a template that could write pull secrets', () => {
  const speaks = (text: string, helper = ''): boolean => {
    const texts = [
      ['a.yaml', text],
      ['_h.tpl', helper],
    ].map(([shown = '', body = '']) => ({ shown, address: [shown] as const, text: body }));
    return speakingTemplates(texts)('a.yaml');
  };

  it('says the word, or calls one that does', () => {
    expect(speaks('imagePullSecrets: []')).toBe(true);
    const helper =
      '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ .pullSecrets }}{{ end }}{{ define "c" }}x{{ end }}';
    expect([speaks('{{ include "a" . }}', helper), speaks('{{ template "c" . }}', helper)]).toEqual([true, false]);
  });

  it('is not one that says it in a comment, or calls another file for its checksum', () => {
    expect(speaks('# imagePullSecrets\n{{- /* pullSecrets */ -}}')).toBe(false);
    expect(speaks('{{ include (print $.Template.BasePath "/c.yaml") . | sha256sum }}')).toBe(false);
  });

  it('may be any that is called by a name made at run time, and any that is not known', () => {
    expect(speaks('{{ include (printf "%s.pod" .x) . }}')).toBe(true);
    expect(speakingTemplates([])('other.yaml')).toBe(true);
  });
});
