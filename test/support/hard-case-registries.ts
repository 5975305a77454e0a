import { deployment } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

const ECR_VALUES = 'image:\n  account: "602401143452"\n  region: us-west-2\n  domain: amazonaws.com\n  tag: v1.20\n';

/** Where the registry of a reference comes from: values that are absent, empty, parts of it, or more than it. */
export const REGISTRY_CASES: readonly HardCase[] = [
  {
    name: 'absent-keys',
    what: 'keys that only the templates know',
    parts: {
      values: 'web:\n  replicas: 1\nworker: { name: org/agent } # no registry\n',
      templates: {
        'd.yaml': deployment(
          [
            container(
              '"{{ (((.Values.images).web).repository) | default "quay.io/team/app" }}:{{ .Values.tag | default "1.0" }}"',
            ),
            container('{{ .Values.worker.imageRegistry | default "ghcr.io" }}/{{ .Values.worker.name }}:v4', 'worker'),
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['values.yaml images.web.repository', 'values.yaml worker.imageRegistry'],
    byValues: true,
  },
  {
    name: 'absent-override',
    what: 'a host built from parts, with an override that values.yaml does not have',
    parts: {
      values: ECR_VALUES,
      templates: {
        '_helpers.tpl': [
          '{{- define "image" -}}',
          '{{- if .Values.image.override }}{{ .Values.image.override }}',
          '{{- else }}{{ printf "%s.dkr.ecr.%s.%s/eks/node:%s" .Values.image.account .Values.image.region .Values.image.domain .Values.image.tag }}',
          '{{- end }}{{ end }}',
          '',
        ].join('\n'),
        'd.yaml': deployment(container('{{ include "image" . }}')),
      },
    },
    images: ['602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/node:v1.20'],
    references: ['target/eks/node:v1.20'],
    edits: ['values.yaml image.override'],
    byValues: true,
  },
  {
    name: 'scoped-override',
    what: 'the same, with the override read as a field of a map that is handed on',
    parts: {
      values: ECR_VALUES,
      templates: {
        '_helpers.tpl':
          '{{- define "image" }}{{ .override | default (printf "%s.dkr.ecr.%s.%s/eks/node:%s" .account .region .domain .tag) }}{{ end }}\n',
        'd.yaml': deployment(container('{{ include "image" .Values.image }}')),
      },
    },
    images: ['602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/node:v1.20'],
    references: ['target/eks/node:v1.20'],
    edits: ['values.yaml image.override'],
    byValues: true,
  },
  {
    name: 'host-parts',
    what: 'a host built from parts, and nothing that replaces it',
    parts: {
      values: 'host: quay\ndomain: io\nimage: team/app\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.host }}.{{ .Values.domain }}/{{ .Values.image }}:1.0')) },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml domain', 'values.yaml host'],
    byValues: true,
  },
  {
    name: 'empty-registry',
    what: 'an empty registry before a name of Docker Hub',
    parts: {
      values: 'image:\n  registry: ""\n  repository: bitnami/kubectl\n  tag: latest\n',
      templates: {
        'd.yaml': deployment(
          container(
            '{{ with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}:{{ .Values.image.tag }}',
          ),
        ),
      },
    },
    images: ['docker.io/bitnami/kubectl:latest'],
    references: ['target/bitnami/kubectl:latest'],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'null-registry',
    what: 'a registry of null before an official name of Docker Hub',
    parts: {
      values: 'image:\n  registry: # none\n  repository: redis\n  tag: 7\n',
      templates: {
        'd.yaml': deployment(
          container(
            '{{ with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}:{{ .Values.image.tag }}',
          ),
        ),
      },
    },
    images: ['docker.io/library/redis:7'],
    references: ['target/library/redis:7'],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'trailing-slash',
    what: 'a registry that ends in a slash, which its template does not add',
    parts: {
      values: 'image:\n  registry: registry.k8s.io/\n  repository: sig/kv\n  tag: "0.9"\n',
      templates: {
        'd.yaml': deployment(
          container('"{{ .Values.image.registry }}{{ .Values.image.repository }}:{{ .Values.image.tag }}"'),
        ),
      },
    },
    images: ['registry.k8s.io/sig/kv:0.9'],
    references: ['target/sig/kv:0.9'],
    edits: ['values.yaml image.registry'],
    byValues: true,
  },
  {
    name: 'registry-with-namespace',
    what: 'a registry key that holds a namespace, too',
    parts: {
      values: 'global:\n  registry: ghcr.io/org\nagent: agent\nworker: { name: worker, tag: v5 }\n',
      templates: {
        'd.yaml': deployment(
          [
            container('"{{ .Values.global.registry }}/{{ .Values.agent }}:v4"'),
            container('"{{ .Values.global.registry }}/{{ .Values.worker.name }}:{{ .Values.worker.tag }}"', 'worker'),
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'ghcr.io/org/worker:v5'],
    references: ['target/org/agent:v4', 'target/org/worker:v5'],
    edits: ['values.yaml global.registry'],
    byValues: true,
  },
  {
    name: 'name-that-is-a-label',
    what: 'a name that is a label, too, behind an empty registry that ends in no slash',
    parts: {
      values: 'images: { registry: "", board: labelled_board, worker: labelled_worker, tag: v1 }\n',
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.images.registry }}{{ .Values.images.board }}:{{ .Values.images.tag }}', 'board'),
            container('{{ .Values.images.registry }}{{ .Values.images.worker }}:{{ .Values.images.tag }}', 'worker'),
          ].join('\n'),
        ),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  labels:\n    app: {{ .Values.images.board }}\n',
      },
    },
    images: ['docker.io/library/labelled_board:v1', 'docker.io/library/labelled_worker:v1'],
    references: ['target/library/labelled_board:v1', 'target/library/labelled_worker:v1'],
    edits: ['values.yaml images.registry'],
    byValues: true,
  },
  {
    name: 'registry-that-a-template-sets',
    what: 'a registry that a template sets among the values, and one that it takes where values have none',
    parts: {
      values: 'global: {}\nimage: { name: app }\n',
      templates: {
        'd.yaml': `{{- $_ := set .Values.image "registry" "quay.io" }}\n${deployment(
          [
            container('{{ .Values.image.registry }}/team/{{ .Values.image.name }}:1.0'),
            container('{{ or $.Values.image.mirror "ghcr.io" }}/org/agent:v4', 'side'),
          ].join('\n'),
        )}`,
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['templates/d.yaml:1', 'templates/d.yaml:15'],
    byValues: false,
  },
];
