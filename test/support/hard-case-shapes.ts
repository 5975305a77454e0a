import { type ChartParts, deployment, vendored } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

function one(name: string, image: string, values = '{}\n', lines: readonly string[] = []): ChartParts {
  return { values, templates: { 'd.yaml': deployment(`- name: main\n  image: ${image}`, name) }, yaml: lines };
}

const WITH_GLOBAL = one('one', '{{ .Values.global.registry }}/team/app:1.0', 'global:\n  registry: quay.io\n');
const ASKING = one(
  'two',
  '{{ if .Values.global.registry }}{{ .Values.global.registry }}/copies/agent:v4{{ else }}{{ .Values.repository }}:v4{{ end }}',
  'global: { registry: "" }\nrepository: ghcr.io/org/agent\n',
);

/** Values that are hard to trace or to rewrite: globals of subcharts, YAML of all kinds, values that are templates, helpers. */
export const SHAPE_CASES: readonly HardCase[] = [
  {
    name: 'globals-of-two-subcharts',
    what: 'globals that two subcharts define for themselves, and want different',
    parts: {
      files: {
        ...vendored('one', one('one', '{{ .Values.global.registry }}/team/app:1.0', 'global:\n  registry: quay.io\n')),
        ...vendored('two', one('two', '{{ .Values.global.registry }}/org/agent:v4', 'global:\n  registry: ghcr.io\n')),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['values.yaml global.registry'],
    byValues: true,
  },
  {
    name: 'global-of-one-subchart',
    what: 'a global of one subchart, which reaches another',
    parts: {
      files: {
        ...vendored('one', one('one', '{{ .Values.global.registry }}/team/app:1.0', 'global:\n  registry: quay.io\n')),
        ...vendored(
          'two',
          one('two', '{{ (.Values.global).registry | default .Values.registry }}/org/agent:v4', 'registry: ghcr.io\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['values.yaml global.registry'],
    byValues: true,
  },
  {
    name: 'global-that-turns-a-neighbour',
    what: 'a global of one subchart, which another asks for to render a different image',
    parts: { files: { ...vendored('one', WITH_GLOBAL), ...vendored('two', ASKING) } },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['charts/one/values.yaml global.registry', 'charts/two/values.yaml repository'],
    byValues: true,
  },
  {
    name: 'global-that-turns-a-neighbour-later',
    what: 'the same where a switch brings the other subchart',
    parts: {
      yaml: ['dependencies:', '  - { name: two, version: 1.0.0, condition: two.enabled }'],
      values: 'two: { enabled: false }\n',
      files: { ...vendored('one', WITH_GLOBAL), ...vendored('two', ASKING) },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['charts/one/values.yaml global.registry', 'charts/two/values.yaml repository'],
    byValues: true,
    hidden: ['ghcr.io/org/agent:v4 conditional proven'],
    later: { set: ['two.enabled=true'], references: ['target/org/agent:v4', 'target/team/app:1.0'] },
  },
  {
    name: 'registry-missing-in-a-list',
    what: 'a registry that items of a list do not have',
    parts: {
      files: vendored('one', {
        values: 'sidecars:\n  - ports: [1, 2]\n    # the side\n    repository: team/side\n    tag: "2.0"\n',
        templates: {
          'd.yaml': deployment(
            '{{- range .Values.sidecars }}\n- name: x\n  image: {{ .registry | default "quay.io" }}/{{ .repository }}:{{ .tag }}\n{{- end }}',
          ),
        },
      }),
    },
    images: ['quay.io/team/side:2.0'],
    references: ['target/team/side:2.0'],
    edits: ['charts/one/values.yaml sidecars[0].registry'],
    byValues: true,
  },
  {
    name: 'anchors-and-merges',
    what: 'anchors, aliases and merges of YAML',
    parts: {
      values: [
        'x-image: &image',
        '  repository: quay.io/team/app',
        '  tag: &tag "1.0"',
        'web:',
        '  image: *image',
        'api:',
        '  image:',
        '    <<: *image # as the web',
        '    pullPolicy: Always',
        'side: &side quay.io/team/side',
        'other: { repository: *side, tag: "2.0" }',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: "{{ .Values.web.image.repository }}:{{ .Values.web.image.tag }}" }',
            '- { name: b, image: "{{ .Values.api.image.repository }}:{{ .Values.api.image.tag }}" }',
            '- { name: c, image: "{{ .Values.other.repository }}:{{ .Values.other.tag }}" }',
          ].join('\n'),
        ),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { tag: "{{ (index .Values "x-image").tag }}" }\n',
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/app:1.0', 'target/team/side:2.0'],
    edits: [
      'values.yaml api.image.repository',
      'values.yaml other.repository',
      'values.yaml web.image.repository',
      'values.yaml x-image.repository',
    ],
    byValues: true,
  },
  {
    name: 'tpl-of-a-value',
    what: 'a value that is a template itself',
    parts: one(
      'main',
      '{{ tpl .Values.image . }}',
      'registry: quay.io\nimage: "{{ .Values.registry }}/team/app:{{ .Chart.AppVersion }}"\n',
      ['appVersion: "1.0"'],
    ),
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml registry'],
    byValues: true,
  },
  {
    name: 'carriage-returns',
    what: 'files with carriage returns',
    parts: {
      values: '# c\r\nimage:\r\n  # the repository\r\n  repository: quay.io/team/app # c\r\n  tag: "1.0"\r\nempty:\r\n',
      templates: {
        'd.yaml': deployment(
          '- name: a\n  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n- name: b\n  image: busybox # the box',
        ).replaceAll('\n', '\r\n'),
      },
    },
    images: ['docker.io/library/busybox', 'quay.io/team/app:1.0'],
    references: ['target/library/busybox', 'target/team/app:1.0'],
    edits: ['templates/d.yaml:14', 'values.yaml image.repository'],
    byValues: false,
  },
  {
    name: 'keys-that-are-no-texts',
    what: 'keys that YAML reads as a number and a boolean',
    parts: {
      values: 'images:\n  1.10: { repository: quay.io/team/app }\n  on: { repository: quay.io/team/side }\n',
      templates: {
        'd.yaml': deployment(
          '- { name: a, image: "{{ (index .Values.images "1.1").repository }}:1.0" }\n- { name: b, image: "{{ .Values.images.true.repository }}:2.0" }',
        ),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['values.yaml images."1.1".repository', 'values.yaml images.true.repository'],
    byValues: true,
  },
  {
    name: 'imported-values',
    what: 'values that a subchart gives to its parent',
    parts: {
      yaml: [
        'dependencies:',
        '  - name: kv',
        '    version: 1.0.0',
        '    import-values: [{ child: image, parent: kvImage }]',
      ],
      templates: { 'd.yaml': deployment('- { name: main, image: "{{ .Values.kvImage.repository }}:1.0" }') },
      files: vendored('kv', { values: 'image:\n  repository: quay.io/team/app\n' }),
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['charts/kv/values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'values-of-the-release',
    what: 'images that the values of the release name',
    parts: {
      values: 'sidecars: []\nimage:\n  repository: quay.io/team/app\n',
      templates: {
        'd.yaml': deployment(
          '- { name: main, image: "{{ .Values.image.repository }}:1.0" }\n{{- range .Values.sidecars }}\n- { name: x, image: "{{ .registry | default "quay.io" }}/{{ .repository }}:{{ .tag }}" }\n{{- end }}',
        ),
      },
    },
    values: { sidecars: [{ repository: 'team/side', tag: '2.0', more: { mode: 420 } }] },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'schema-that-lists-images',
    what: 'a schema that says which images a value may be',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.image }}')) },
      files: {
        'values.schema.json':
          '{\n  "properties": {\n    "image": { "enum": ["quay.io/team/app:1.0", "quay.io/team/other:2.0"] }\n  }\n}\n',
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.schema.json properties.image.enum[0]', 'values.yaml image'],
    byValues: false,
    refusal: 'value must be one of',
  },
];
