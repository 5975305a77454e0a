import { deployment } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

const PREFIX = '{{- define "prefix" }}{{ with .Values.global.registry }}{{ . }}/{{ end }}{{ end }}\n';
const VALUES = 'global: { registry: "" }\nimage: { repository: prefixed/app, tag: "1.0" }\n';
const APP = container('"{{ include "prefix" . }}{{ .Values.image.repository }}:{{ .Values.image.tag }}"');

function chartWith(second: string): HardCase['parts'] {
  return {
    values: VALUES,
    templates: {
      '_helpers.tpl': PREFIX,
      'd.yaml': deployment([APP, container(`"{{ include "prefix" . }}${second}"`, 'side')].join('\n')),
    },
  };
}

/** An empty registry that templates put before several names, not all of which values say. */
export const PREFIX_CASES: readonly HardCase[] = [
  {
    name: 'prefix-before-a-default',
    what: 'an empty registry before a name of values and before one that a template has when its key is absent',
    parts: chartWith('{{ (.Values.init).image | default "busybox" }}:{{ (.Values.init).imageTag | default "1.37" }}'),
    images: ['docker.io/library/busybox:1.37', 'docker.io/prefixed/app:1.0'],
    references: ['target/library/busybox:1.37', 'target/prefixed/app:1.0'],
    edits: ['values.yaml image.repository', 'values.yaml init.image'],
    byValues: true,
  },
  {
    name: 'prefix-before-a-text',
    what: 'the same before a name that a template spells out',
    parts: chartWith('prefixed/side:2.0'),
    images: ['docker.io/prefixed/app:1.0', 'docker.io/prefixed/side:2.0'],
    references: ['target/prefixed/app:1.0', 'target/prefixed/side:2.0'],
    edits: ['values.yaml global.registry'],
    byValues: true,
  },
  {
    name: 'prefix-before-a-hidden-name',
    what: 'the same, and before a name of values that only a switch brings',
    parts: {
      values: `${VALUES}extra: { enabled: false, image: prefixed/extra }\n`,
      templates: {
        '_helpers.tpl': PREFIX,
        'd.yaml': deployment(
          [
            APP,
            container('"{{ include "prefix" . }}prefixed/side:2.0"', 'side'),
            '{{- if .Values.extra.enabled }}',
            container('"{{ include "prefix" . }}{{ .Values.extra.image }}:3.0"', 'extra'),
            '{{- end }}',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/prefixed/app:1.0', 'docker.io/prefixed/side:2.0'],
    references: ['target/prefixed/app:1.0', 'target/prefixed/side:2.0'],
    edits: ['values.yaml global.registry'],
    byValues: true,
    hidden: ['docker.io/prefixed/extra:3.0 conditional proven'],
  },
  {
    name: 'prefix-before-an-official-name',
    what: 'the same before an official name of Docker Hub, which needs more than a registry',
    parts: chartWith('busybox:1.37'),
    images: ['docker.io/library/busybox:1.37', 'docker.io/prefixed/app:1.0'],
    references: ['target/library/busybox:1.37', 'target/prefixed/app:1.0'],
    edits: ['templates/d.yaml:14', 'values.yaml image.repository'],
    byValues: false,
  },
  {
    name: 'global-before-an-official-name',
    what: 'a global registry that replaces the registry of values, and stands before an official name of Docker Hub',
    parts: {
      values: 'global: { registry: "" }\nimage: { registry: docker.io, repository: prefixed/web, tag: "1.0" }\n',
      templates: {
        '_helpers.tpl': PREFIX,
        'd.yaml': deployment(
          [
            container(
              '{{ .Values.global.registry | default .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}',
            ),
            container('"{{ include "prefix" . }}busybox:1.37"', 'side'),
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox:1.37', 'docker.io/prefixed/web:1.0'],
    references: ['target/library/busybox:1.37', 'target/prefixed/web:1.0'],
    edits: ['templates/d.yaml:14', 'values.yaml image.registry'],
    byValues: false,
  },
  {
    name: 'prefix-and-registry',
    what: 'a name that stands behind an empty registry in one place, and behind one of values in another',
    parts: {
      values: `${VALUES}registry: docker.io\n`,
      templates: {
        '_helpers.tpl': PREFIX,
        'd.yaml': deployment(
          [
            APP,
            container('{{ .Values.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}', 'side'),
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/prefixed/app:1.0'],
    references: ['target/prefixed/app:1.0', 'target/prefixed/app:1.0'],
    edits: ['values.yaml global.registry', 'values.yaml registry'],
    byValues: true,
  },
];
