import { deployment } from './e2e-charts.ts';
import { configMap, container, type HardCase } from './hard-case.ts';

/** Values that a chart prints as they are, beside or in place of the references that they make. */
export const PRINTED_CASES: readonly HardCase[] = [
  {
    name: 'printed-empty-value',
    what: 'a value that is empty, for which a template has a name, and which is printed with all others',
    parts: {
      values: 'image: ""\nmode: fast\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image | default (printf "quay.io/team/app:%s" .Chart.Version) }}')),
        'c.yaml': configMap('values', '{{ .Values | toYaml | nindent 4 | trim }}'),
      },
    },
    images: ['quay.io/team/app:1.0.0'],
    references: ['target/team/app:1.0.0', 'target/team/app:1.0.0'],
    edits: ['values.yaml image'],
    byValues: true,
  },
  {
    name: 'absent-image-name',
    what: 'a name that a helper puts together from the chart, where values may have another',
    parts: {
      values: 'major: "16"\n',
      templates: {
        '_helpers.tpl':
          '{{- define "its.image" }}{{ printf "%s/%s:%s-v%s" .Chart.Name .Chart.Name .Values.major .Chart.Version }}{{ end }}',
        'd.yaml': deployment(container('{{ (.Values.cluster).imageName | default (include "its.image" .) }}')),
      },
    },
    images: ['docker.io/absent-image-name/absent-image-name:16-v1.0.0'],
    references: ['target/absent-image-name/absent-image-name:16-v1.0.0'],
    edits: ['values.yaml cluster.imageName'],
    byValues: true,
  },
  {
    name: 'quoted-data',
    what: 'values as JSON in quotes of a program, which has a name and a tag apart',
    parts: {
      values: 'backend:\n  image: { name: quay.io/team/app, tag: "1.0" }\n  replicas: 2\n',
      templates: {
        'd.yaml': deployment(container('quay.io/team/tool:2.1')),
        'c.yaml': configMap('settings.py', 'import json\nSETTINGS = json.loads({{ .Values | toJson | toJson }})'),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/tool:2.1'],
    references: ['target/team/app', 'target/team/tool:2.1'],
    edits: ['templates/d.yaml:12', 'values.yaml backend.image.name'],
    byValues: false,
  },
  {
    name: 'comment-without-space',
    what: 'a secret in which comments stand behind values without a space, which helm takes',
    parts: {
      values: 'image: quay.io/team/app:1.0\nport: "6379"\n',
      templates: {
        's.yaml':
          "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData:\n  port: '{{ .Values.port }}'#the usual one\n  IMAGE: '{{ .Values.image }}'\n",
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
  },
];
