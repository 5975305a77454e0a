import { deployment } from './e2e-charts.ts';
import { configMap, container, type HardCase, object } from './hard-case.ts';

/** Text that is the same as a reference, or a part of one, and means something else: it has to stay. */
export const LOOK_ALIKE_CASES: readonly HardCase[] = [
  {
    name: 'word-that-is-a-name',
    what: 'an official name in fields of a template, which is also the name of objects, containers and hosts',
    parts: {
      templates: {
        'r.yaml': object('example.test/v1', 'Shop', 'image:\n  repository: busybox\n  tag: "1.36"'),
        's.yaml': object('v1', 'Service', 'selector:\n  name: busybox\nports:\n  - port: 80', 'busybox'),
        'd.yaml': deployment(
          `${container('quay.io/team/app:1.0', 'busybox')}\n  env:\n    - name: STORE\n      value: busybox`,
        ),
        'c.yaml': configMap('app.yaml', 'cache:\n  host: busybox\n  url: busybox'),
      },
    },
    images: ['docker.io/library/busybox:1.36', 'quay.io/team/app:1.0'],
    references: ['target/library/busybox', 'target/team/app:1.0'],
    edits: ['templates/d.yaml:12', 'templates/r.yaml:7'],
    byValues: false,
  },
  {
    name: 'compared-with-something-else',
    what: 'a template that asks whether the owner is the usual one, and others that ask the same of something else',
    parts: {
      values: 'owner: prefixed\nteam: none\ntag: "1.0"\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.owner }}/app:{{ .Values.tag }}')),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  usual: {{ eq .Values.owner "prefixed" | quote }}\n  name: {{ default "prefixed" .Values.team }}\n  team: {{ eq .Values.team "prefixed" | quote }}\n  rule: \'{{`{{ if eq $labels.team "prefixed" }}theirs{{ end }}`}}\'\n  alert: \'{{ .Files.Get "files/alert.tpl" | trim }}\'\n',
      },
      files: { 'files/alert.tpl': '{{ if eq .CommonLabels.team "prefixed" }}theirs{{ end }}\n' },
    },
    images: ['docker.io/prefixed/app:1.0'],
    references: ['target/prefixed/app:1.0'],
    edits: ['templates/c.yaml:6', 'values.yaml owner'],
    byValues: false,
  },
  {
    name: 'table-of-registries',
    what: 'a table by registries, beside one that a template hands on',
    parts: {
      values: 'registry: quay.io\n',
      templates: {
        '_helpers.tpl': '{{- define "image" }}{{ .registry }}/{{ .name }}:1.0{{ end }}\n',
        'd.yaml': deployment(
          `${container('{{ include "image" (dict "name" "team/app" "registry" "quay.io") }}')}\n  env:\n    - name: KIND\n      value: {{ get (dict "ghcr.io" "gh" "quay.io" "quay") .Values.registry }}`,
        ),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['templates/d.yaml:12'],
    byValues: false,
  },
  {
    name: 'repository-of-sources',
    what: 'repositories and tags that are no images: of sources, and of backups',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        's.yaml': object('example.test/v1', 'Release', 'source:\n  repo: infra\n  tag: v2.0.0'),
        'c.yaml': configMap('backup.json', '{"backup": {"repository": "main", "tag": "nightly"}}'),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
  },
  {
    name: 'image-stream',
    what: 'an image stream of OpenShift, with an image and with a tag of its own',
    parts: {
      templates: {
        's.yaml': object(
          'image.openshift.io/v1',
          'ImageStream',
          [
            'tags:',
            '  - name: "1.36"',
            '    from:',
            '      kind: DockerImage',
            '      name: busybox:1.36',
            '  - name: latest',
            '    from:',
            '      kind: ImageStreamTag',
            '      name: "1.36"',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox:1.36'],
    references: ['target/library/busybox:1.36'],
    edits: ['templates/s.yaml:10'],
    byValues: false,
  },
  {
    name: 'pull-secret-over-lines',
    what: 'a pull secret of the chart, written over several lines',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        's.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: |\n    {\n      "auths": {\n        "quay.io": {\n          "auth": "eDp5"\n        }\n      }\n    }\n',
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
    stays: ['"quay.io": {'],
  },
  {
    name: 'label-of-an-image',
    what: 'a label that spells the image with other separators, cut to the length of labels',
    parts: {
      values: 'repository: quay.io/team/app\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.repository }}:1.0')).replace(
          '  name: {{ .Release.Name }}-main\n',
          '  name: main\n  labels:\n    runs: {{ printf "%s:1.0" .Values.repository | replace "/" "-" | replace ":" "_" | trunc -63 | quote }}\n',
        ),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml repository'],
    byValues: true,
  },
  {
    name: 'hash-in-a-name',
    what: 'a job whose name has a hash of its image, and a program that waits for it by name',
    parts: {
      values: 'registry: quay.io\nname: team/app\n',
      templates: {
        '_helpers.tpl':
          '{{- define "job" -}}\ninit-{{ printf "%s/%s:1.0" .Values.registry .Values.name | sha256sum | trunc 30 }}\n{{- end }}\n',
        'j.yaml': deployment(container('{{ .Values.registry }}/{{ .Values.name }}:1.0')).replace(
          '  name: {{ .Release.Name }}-main\n',
          '  name: {{ include "job" . }}\n  labels: { a: b }\n',
        ),
        'c.yaml': configMap('wait.sh', 'kubectl wait deployment/{{ include "job" . }}'),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml registry'],
    byValues: true,
  },
  {
    name: 'packages-of-a-tool',
    what: 'packages that a command installs, called as images are, in a script and in a list of arguments',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(
          [
            `${container('{{ .Values.image }}')}\n  args: ["sh", "-c", "confluent-hub install --no-prompt acme/plug-in:10.7.6 && run"]`,
            `${container('{{ .Values.image }}', 'side')}\n  command: [confluent-hub, install, acme/plug-in:10.7.6]`,
          ].join('\n'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0', 'target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
    stays: ['--no-prompt acme/plug-in:10.7.6 && run', '[confluent-hub, install, acme/plug-in:10.7.6]'],
  },
  {
    name: 'kind-of-a-runtime',
    what: 'kinds of runtimes in a JSON file, called as images are',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.image }}'),
            '  env:',
            '    - name: RUNTIMES',
            '      value: {{ .Files.Get "runtimes.json" | quote }}',
          ].join('\n'),
        ),
      },
      files: { 'runtimes.json': '{\n  "python": [\n    { "kind": "python:3", "default": true }\n  ]\n}\n' },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
    stays: ['python:3'],
  },
];
