import { deployment } from './e2e-charts.ts';
import type { HardCase } from './hard-case.ts';

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
];
