import { deployment, pod, vendored } from './e2e-charts.ts';
import { configMap, container, definition, type HardCase, object } from './hard-case.ts';

function crd(property: string): string {
  const image = `image:\n  type: string\n  description: such as quay.io/team/described:1\n  ${property}`;
  return definition('example.test', image);
}

/** References that no value makes: text of templates, of files, of definitions, of annotations. */
export const LITERAL_CASES: readonly HardCase[] = [
  {
    name: 'template-literals',
    what: 'references that templates spell out, in several ways of writing',
    parts: {
      templates: {
        'd.yaml': deployment(
          [
            container('busybox', 'bare'),
            container('"quay.io/team/app:1.0"', 'quoted'),
            '-   image: {{ .Values.nothing | default "ghcr.io/org/agent:v4" | quote }}',
            '    name: org-agent',
            container('quay.io/{{ .Values.who | default "team" }}/side:2.0', 'half'),
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox', 'ghcr.io/org/agent:v4', 'quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/library/busybox', 'target/org/agent:v4', 'target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['templates/d.yaml:12', 'templates/d.yaml:14', 'templates/d.yaml:15', 'templates/d.yaml:18'],
    byValues: false,
  },
  {
    name: 'literals',
    what: 'references in helpers, arguments and defaults of templates',
    parts: {
      templates: {
        '_helpers.tpl':
          '{{- define "image" }}ghcr.io/org/agent:v4{{ end }}\n{{- define "x.quay.io/team/app:1.0" }}{{ end }}\n',
        'd.yaml': deployment(
          [
            '- { name: a, image: busybox }',
            '- name: b',
            '  image: {{ include "image" . }}',
            '  args: ["--from=docker://quay.io/team/app:1.0", \'quay.io/team/side:2.0\']',
            '-   image: {{ .Values.nothing | default "quay.io/team/tool:2.1" | quote }}',
            '    name: quay-io-team-tool',
          ].join('\n'),
        ),
      },
    },
    images: [
      'docker.io/library/busybox',
      'ghcr.io/org/agent:v4',
      'quay.io/team/app:1.0',
      'quay.io/team/side:2.0',
      'quay.io/team/tool:2.1',
    ],
    references: [
      'target/library/busybox',
      'target/org/agent:v4',
      'target/team/app:1.0',
      'target/team/side:2.0',
      'target/team/tool:2.1',
    ],
    edits: ['templates/_helpers.tpl:1', 'templates/d.yaml:11', 'templates/d.yaml:14', 'templates/d.yaml:15'],
    byValues: false,
  },
  {
    name: 'helper-host',
    what: 'a registry that a helper puts before names from values',
    parts: {
      values: 'app: { name: team/app, tag: "1.0" }\nside: { name: team/side, tag: "2.0" }\n',
      templates: {
        '_helpers.tpl':
          '{{- define "image" -}}\n{{- $registry := "quay.io" -}}\n{{ printf "%s/%s:%s" $registry .name .tag }}\n{{- end }}\n',
        'd.yaml': deployment(
          [
            container('{{ include "image" .Values.app }}'),
            container('{{ include "image" .Values.side }}', 'side'),
          ].join('\n'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['templates/_helpers.tpl:2'],
    byValues: false,
  },
  {
    name: 'files',
    what: 'references in a file that a template prints',
    parts: {
      templates: {
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  pods.yaml: |\n    {{- .Files.Get "files/pods.yaml" | nindent 4 }}\n',
      },
      files: {
        'files/pods.yaml':
          'spec:\n  containers:\n    - name: proxy # quay.io/team/app:1.0\n      image: quay.io/team/app:1.0\n',
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['files/pods.yaml:3', 'files/pods.yaml:4'],
    byValues: false,
  },
  {
    name: 'crds-directory',
    what: 'a default in crds/, which helm does not render',
    parts: {
      values: 'image: quay.io/team/side:2.0\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.image }}')) },
      files: { 'crds/shops.yaml': crd('default: quay.io/team/app:1.0') },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['crds/shops.yaml:20', 'values.yaml image'],
    byValues: false,
    stays: ['quay.io/team/described:1'],
  },
  {
    name: 'templated-crd',
    what: 'a default in a definition among the templates, made by a value',
    parts: {
      values: 'operand: quay.io/team/app:1.0\n',
      templates: { 'crd.yaml': crd('default: {{ .Values.operand | quote }}') },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml operand'],
    byValues: true,
    stays: ['quay.io/team/described:1'],
  },
  {
    name: 'hooks-and-tests',
    what: 'images of hooks and helm tests only',
    parts: {
      values: 'migrate: { repository: ghcr.io/org/agent, tag: v4 }\n',
      templates: {
        'hook.yaml': pod('{{ .Values.migrate.repository }}:{{ .Values.migrate.tag }}', '"helm.sh/hook": pre-upgrade'),
        'tests/reach.yaml': pod('busybox:1.36', '"helm.sh/hook": test').replace('-pod', '-test'),
      },
    },
    images: ['docker.io/library/busybox:1.36', 'ghcr.io/org/agent:v4'],
    references: ['target/library/busybox:1.36', 'target/org/agent:v4'],
    edits: ['templates/tests/reach.yaml:9', 'values.yaml migrate.repository'],
    byValues: false,
  },
  {
    name: 'guarded',
    what: 'a guard that compares its images with annotations, of a subchart, too',
    parts: {
      yaml: [
        'annotations:',
        '  images: |',
        '    - name: kubectl',
        '      image: docker.io/bitnami/kubectl:latest',
        'dependencies:',
        '  - { name: kv, version: 1.0.0 }',
      ],
      values: 'registry: docker.io\nrepository: bitnami/kubectl\n',
      templates: {
        'd.yaml': deployment(container('"{{ .Values.registry }}/{{ .Values.repository }}:latest"')),
        'NOTES.txt': guard('.Values.registry', '.Values.repository'),
      },
      files: vendored('kv', {
        yaml: ['annotations:', '  images: "- image: docker.io/bitnami/kv:3"'],
        values: 'image: { registry: docker.io, repository: bitnami/kv }\n',
        templates: {
          'd.yaml': deployment(container('"{{ .Values.image.registry }}/{{ .Values.image.repository }}:3"'), 'kv'),
          'guard.yaml': guard('.Values.image.registry', '.Values.image.repository'),
        },
      }),
    },
    images: ['docker.io/bitnami/kubectl:latest', 'docker.io/bitnami/kv:3'],
    references: ['target/bitnami/kubectl:latest', 'target/bitnami/kv:3'],
    edits: [
      'Chart.yaml annotations.images',
      'charts/kv/Chart.yaml annotations.images',
      'charts/kv/values.yaml image.registry',
      'values.yaml registry',
    ],
    byValues: false,
    refusal: 'unrecognized images',
  },
  {
    name: 'word-before-a-version',
    what: 'an official name that a template puts before the version of the application',
    parts: {
      yaml: ['appVersion: "3.20"'],
      templates: { 'd.yaml': deployment(container('alpine:{{ .Chart.AppVersion }}')) },
    },
    images: ['docker.io/library/alpine:3.20'],
    references: ['target/library/alpine:3.20'],
    edits: ['templates/d.yaml:12'],
    byValues: false,
  },
  {
    name: 'default-of-dig',
    what: 'a registry that a helper digs out of values, or has as a default',
    parts: {
      values: 'name: app\ntag: "1.0"\n',
      templates: {
        '_helpers.tpl': '{{- define "hub" -}}\nhost: {{ dig "hub" "url" "quay.io" .Values.AsMap }}\n{{- end }}\n',
        'd.yaml': deployment(
          container('{{ (include "hub" . | fromYaml).host }}/team/{{ .Values.name }}:{{ .Values.tag }}'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['templates/_helpers.tpl:2'],
    byValues: false,
  },
  {
    name: 'spelled-in-fields',
    what: 'references that a template spells out in several fields',
    parts: {
      templates: {
        's.yaml': [
          object('example.test/v1', 'Shop', 'web:\n  repository: quay.io/team/app\n  tag: "1.0"'),
          object(
            'example.test/v1',
            'Shop',
            'side: { registry: docker.io, repository: bitnami/kubectl, tag: latest }',
            'b',
          ),
        ].join('---\n'),
        'c.yaml': configMap('sources.yaml', '- imageRepository: prefixed/app\n  imageTag: 1.0'),
      },
    },
    images: ['docker.io/bitnami/kubectl:latest', 'docker.io/prefixed/app:1.0', 'quay.io/team/app:1.0'],
    references: ['target', 'target/prefixed/app', 'target/team/app'],
    edits: ['templates/c.yaml:7', 'templates/s.yaml:15', 'templates/s.yaml:7'],
    byValues: false,
  },
];

function guard(registry: string, repository: string): string {
  return `{{- if not (contains (printf "%s/%s:" ${registry} ${repository}) .Chart.Annotations.images) }}{{ fail "unrecognized images" }}{{ end }}\n`;
}
