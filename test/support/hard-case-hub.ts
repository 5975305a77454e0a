import { deployment } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

const SHARED = 'image: { registry: docker.io, repository: org/app, tag: "1" }\n';
const SHARED_APP = container('{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}');

/** Names of Docker Hub: without a registry, with one word only, beside others. */
export const HUB_CASES: readonly HardCase[] = [
  {
    name: 'hostless-ones-in-one-value',
    what: 'names of Docker Hub in longer values',
    parts: {
      values:
        'toolImages: "redis:7.2,bitnami/kubectl:latest"\nside: "bitnami/kubectl:{{ .Values.tag }}"\ntag: latest\n',
      templates: {
        'd.yaml': deployment(
          '- name: main\n  image: {{ tpl .Values.side . }}\n  env:\n    - { name: TOOL_IMAGES, value: "{{ .Values.toolImages }}" }',
        ),
      },
    },
    images: ['docker.io/bitnami/kubectl:latest', 'docker.io/library/redis:7.2'],
    references: ['target/bitnami/kubectl:latest', 'target/bitnami/kubectl:latest', 'target/library/redis:7.2'],
    edits: ['values.yaml side', 'values.yaml toolImages'],
    byValues: true,
  },
  {
    name: 'registry-that-only-a-helper-names',
    what: 'a registry that only a helper names, before official and other names of Docker Hub',
    parts: {
      values: 'redis: { name: redis, tag: "7.2" }\nkubectl: { name: bitnami/kubectl, tag: latest }\n',
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: "{{ (.Values.global).imageRegistry | default "docker.io" }}/{{ .Values.redis.name }}:{{ .Values.redis.tag }}" }',
            '- { name: b, image: "{{ (.Values.global).imageRegistry | default "docker.io" }}/{{ .Values.kubectl.name }}:{{ .Values.kubectl.tag }}" }',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/bitnami/kubectl:latest', 'docker.io/library/redis:7.2'],
    references: ['target/bitnami/kubectl:latest', 'target/library/redis:7.2'],
    edits: ['values.yaml global.imageRegistry', 'values.yaml redis.name'],
    byValues: true,
  },
  {
    name: 'names-that-templates-complete',
    what: 'names that templates spell out behind an empty registry, or give to a format with their tag',
    parts: {
      values: 'registry: ""\npart: crew/back\ntag: "1.0"\n',
      templates: {
        '_helpers.tpl': '{{- define "registry" }}{{ with .Values.registry }}{{ . }}/{{ end }}{{ end }}\n',
        'd.yaml': deployment(
          [
            '- name: a\n  image: "{{ include "registry" . }}busybox"',
            '- name: b\n  image: {{ printf "%s:%s" "crew/front" (default .Chart.AppVersion .Values.tag) }}',
            '- name: c\n  image: {{ printf "%s:%s" "redis" .Values.tag }}',
            '- name: d\n  image: "{{ include "registry" . }}{{ .Values.part }}:2.0"',
          ].join('\n'),
        ),
      },
    },
    images: [
      'docker.io/crew/back:2.0',
      'docker.io/crew/front:1.0',
      'docker.io/library/busybox',
      'docker.io/library/redis:1.0',
    ],
    references: ['target/crew/back:2.0', 'target/crew/front:1.0', 'target/library/busybox', 'target/library/redis:1.0'],
    edits: ['templates/d.yaml:12', 'templates/d.yaml:14', 'templates/d.yaml:16', 'values.yaml part'],
    byValues: false,
  },
  {
    name: 'one-registry-for-short-and-long-names',
    what: 'one registry for official and other names of Docker Hub',
    parts: {
      values:
        'registry: docker.io\nredis: { name: redis, tag: "7.2" }\nkubectl: { name: bitnami/kubectl, tag: latest }\n',
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: "{{ .Values.registry }}/{{ .Values.redis.name }}:{{ .Values.redis.tag }}" }',
            '- { name: b, image: "{{ .Values.registry }}/{{ .Values.kubectl.name }}:{{ .Values.kubectl.tag }}" }',
            '- { name: c, image: "{{ .Values.registry }}/{{ .Values.kubectl.name }}:{{ .Values.kubectl.tag }}" }',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/bitnami/kubectl:latest', 'docker.io/library/redis:7.2'],
    references: ['target/bitnami/kubectl:latest', 'target/bitnami/kubectl:latest', 'target/library/redis:7.2'],
    edits: ['values.yaml redis.name', 'values.yaml registry'],
    byValues: true,
  },
  {
    name: 'official-text-behind-a-shared-registry',
    what: 'an official name that a template spells out behind the registry of another name',
    parts: {
      values: SHARED,
      templates: {
        'd.yaml': deployment([SHARED_APP, container('{{ .Values.image.registry }}/busybox:1.36', 'side')].join('\n')),
      },
    },
    images: ['docker.io/library/busybox:1.36', 'docker.io/org/app:1'],
    references: ['target/library/busybox:1.36', 'target/org/app:1'],
    edits: ['templates/d.yaml:14', 'values.yaml image.registry'],
    byValues: false,
  },
  {
    name: 'official-text-for-a-helper',
    what: 'the same through a helper, beside the same name without a registry',
    parts: {
      values: SHARED,
      templates: {
        '_helpers.tpl':
          '{{- define "fixed" }}{{ printf "%s/%s" (index . 0).Values.image.registry (index . 1) }}{{ end }}\n',
        'd.yaml': deployment(
          [
            SHARED_APP,
            container('{{ include "fixed" (list . "busybox:1.36") }}', 'side'),
            container('busybox:1.36', 'plain'),
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox:1.36', 'docker.io/org/app:1'],
    references: ['target/library/busybox:1.36', 'target/library/busybox:1.36', 'target/org/app:1'],
    edits: ['templates/d.yaml:14', 'templates/d.yaml:16', 'values.yaml image.registry'],
    byValues: false,
  },
  {
    name: 'official-text-beside-a-switch',
    what: 'an official name before a tag of values, behind a registry that only a switch shares with another name',
    parts: {
      values: `${SHARED}side: { tag: "1.36" }\napp: { enabled: false }\n`,
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.image.registry }}/busybox:{{ .Values.side.tag }}', 'side'),
            '{{- if .Values.app.enabled }}',
            SHARED_APP,
            '{{- end }}',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox:1.36'],
    references: ['target/library/busybox:1.36'],
    edits: ['templates/d.yaml:12', 'values.yaml image.registry'],
    byValues: true,
    hidden: ['docker.io/org/app:1 conditional proven'],
    later: { set: ['app.enabled=true'], references: ['target/library/busybox:1.36', 'target/org/app:1'] },
  },
];
