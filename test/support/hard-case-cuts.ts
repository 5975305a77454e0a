import { deployment } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

/** References that a template spells out up to a place inside of a name. */
export const CUT_CASES: readonly HardCase[] = [
  {
    name: 'cut-inside-a-name',
    what: 'names that a template spells out in part, before what values add to them',
    parts: {
      values: 'kind: web\nside: agent\nextra: { enabled: false, kind: batch }\n',
      templates: {
        'd.yaml': deployment(
          [
            container('quay.io/team/team-{{ .Values.kind }}-probe:{{ .Values.tag | default "1.0" }}'),
            container('{{ printf "ghcr.io/org/the-%s:v4" .Values.side }}', 'side'),
            container('prefixed/for-{{ .Values.kind }}:1.1', 'hub'),
            '{{- if .Values.extra.enabled }}',
            container('quay.io/team/team-{{ .Values.extra.kind }}-probe:1.0', 'extra'),
            '{{- end }}',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/prefixed/for-web:1.1', 'ghcr.io/org/the-agent:v4', 'quay.io/team/team-web-probe:1.0'],
    references: ['target/org/the-agent:v4', 'target/prefixed/for-web:1.1', 'target/team/team-web-probe:1.0'],
    edits: ['templates/d.yaml:12', 'templates/d.yaml:14', 'templates/d.yaml:16', 'templates/d.yaml:19'],
    byValues: false,
    hidden: ['quay.io/team/team-batch-probe:1.0 conditional proven'],
  },
  {
    name: 'blanks-that-helm-trims',
    what: 'blanks before what a template adds, which helm trims',
    parts: {
      values: 'tag: "1.0"\nside: v4\n',
      templates: {
        'd.yaml': deployment(
          [
            container('quay.io/team/app: {{- .Values.tag }}'),
            container('ghcr.io/org/agent {{- printf ":%s" .Values.side }}', 'side'),
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['templates/d.yaml:12', 'templates/d.yaml:14'],
    byValues: false,
  },
  {
    name: 'several-names-for-an-empty-value',
    what: 'empty values in whose place templates take one of several names, by kind and by switch',
    parts: {
      values: 'kind: cpu\nside: { image: "" }\ntool: { repository: "" }\ntest: { enabled: false }\n',
      templates: {
        'd.yaml': deployment(
          [
            container('"{{ .Values.tool.repository | default "team/tool" }}:1.0"'),
            '- name: side',
            '{{- if .Values.side.image }}',
            '  image: {{ .Values.side.image }}',
            '{{- else if eq .Values.kind "gpu" }}',
            '  image: team/gpu:v1',
            '{{- else }}',
            '  image: team/cpu:v1',
            '{{- end }}',
            '{{- if .Values.test.enabled }}',
            container('"{{ .Values.tool.repository | default "team/probe" }}:1.0"', 'probe'),
            '{{- end }}',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/team/cpu:v1', 'docker.io/team/tool:1.0'],
    references: ['target/team/cpu:v1', 'target/team/tool:1.0'],
    edits: ['templates/d.yaml:12', 'templates/d.yaml:17', 'templates/d.yaml:19', 'templates/d.yaml:23'],
    byValues: false,
    hidden: ['docker.io/team/gpu:v1 declared by-form', 'docker.io/team/probe:1.0 conditional proven'],
    later: {
      set: ['kind=gpu', 'test.enabled=true'],
      references: ['target/team/gpu:v1', 'target/team/probe:1.0', 'target/team/tool:1.0'],
    },
  },
];
