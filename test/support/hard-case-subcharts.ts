import { type ChartParts, deployment, pod, vendored } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

const KV: ChartParts = {
  values: 'image:\n  registry: quay.io\n  name: team/side\n  tag: "2.0"\n',
  templates: {
    'kv.yaml': deployment(
      container('"{{ .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"'),
      '{{ .Chart.Name }}',
    ),
  },
};

const OPTIONAL_KV: ChartParts = {
  values: 'image:\n  registry: docker.io\n  name: nulled/side\n  tag: "2.0"\nextra: { enabled: false }\n',
  templates: {
    'kv.yaml': deployment(
      container('"{{ with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.name }}:{{ .Values.image.tag }}"'),
      '{{ .Chart.Name }}',
    ),
  },
};

const GLOBAL_KV: ChartParts = {
  values: 'image:\n  registry: registry.k8s.io\n  name: team/side\n  tag: "2.0"\n',
  templates: {
    'kv.yaml': deployment(
      container(
        '"{{ (.Values.global).imageRegistry | default .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"',
      ),
      'kv',
    ),
  },
};

const WITH_LITERALS: ChartParts = {
  values: 'image: quay.io/team/side\n',
  templates: {
    'kv.yaml': deployment(container('{{ .Values.image }}:2.0'), '{{ .Chart.Name }}'),
    'test.yaml': pod('busybox:1.36', 'helm.sh/hook: test').replace('-pod', '-{{ .Chart.Name }}'),
  },
};

/** Values and literals of subcharts: globals of parents, aliases, defaults, subcharts that are off, packed ones. */
export const SUBCHART_CASES: readonly HardCase[] = [
  {
    name: 'global-of-a-neighbour',
    what: 'a name behind two switches, in a chart whose subchart has an empty global registry for itself',
    parts: {
      values:
        'image: quay.io/team/app:1.0\na: { on: false, b: { on: false, image: { repository: team/late, tag: "1.0" } } }\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        'e.yaml': `{{- if and .Values.a.on .Values.a.b.on }}\n${deployment(container('{{ .Values.a.b.image.repository }}:{{ .Values.a.b.image.tag }}'), 'late')}{{- end }}\n`,
      },
      files: vendored('kv', { values: 'global: { imageRegistry: "" }\n' }),
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml a.b.image.repository', 'values.yaml image'],
    byValues: true,
    hidden: ['docker.io/team/late:1.0 declared by-form'],
    later: { set: ['a.on=true', 'a.b.on=true'], references: ['target/team/app:1.0', 'target/team/late:1.0'] },
  },
  {
    name: 'parent-global',
    what: 'a global of the parent that a subchart prefers to its own registry',
    parts: {
      yaml: ['dependencies:', '  - { name: kv, version: 1.0.0 }'],
      values: 'global:\n  imageRegistry: quay.io # for all\nimage: team/app\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.global.imageRegistry }}/{{ .Values.image }}:1.0')) },
      files: vendored('kv', GLOBAL_KV),
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['charts/kv/values.yaml image.registry', 'values.yaml global.imageRegistry'],
    byValues: true,
    hidden: ['registry.k8s.io/team/side:2.0 declared by-form'],
    // without the global, only the subchart has a registry
    later: { set: ['global.imageRegistry='], references: ['target/team/side:2.0'] },
  },
  {
    name: 'subchart-default',
    what: 'a default of a subchart that its parent never mentions',
    parts: {
      yaml: ['dependencies:', '  - { name: kv, version: 1.0.0 }'],
      files: vendored('kv', KV),
    },
    images: ['quay.io/team/side:2.0'],
    references: ['target/team/side:2.0'],
    edits: ['charts/kv/values.yaml image.registry'],
    byValues: true,
  },
  {
    name: 'null-above-a-default',
    what: 'a default of a subchart below a null of the parent, which deletes it once values of the subchart are set',
    parts: {
      yaml: ['dependencies:', '  - { name: kv, version: 1.0.0 }'],
      values: 'kv:\n  image:\n    registry: null # as it was\n',
      files: vendored('kv', OPTIONAL_KV),
    },
    images: ['docker.io/nulled/side:2.0'],
    references: ['target/nulled/side:2.0'],
    edits: ['values.yaml kv.image.registry'],
    byValues: true,
    later: { set: ['kv.extra.enabled=true'], references: ['target/nulled/side:2.0'] },
  },
  {
    name: 'disabled-subchart',
    what: 'a default of a subchart that is off, and turned on later',
    parts: {
      yaml: ['dependencies:', '  - { name: kv, version: 1.0.0, condition: kv.enabled }'],
      values: 'image: quay.io/team/app:1.0\nkv:\n  enabled: false\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.image }}')) },
      files: vendored('kv', KV),
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['charts/kv/values.yaml image.registry', 'values.yaml image'],
    byValues: true,
    hidden: ['quay.io/team/side:2.0 conditional proven'],
    later: { set: ['kv.enabled=true'], references: ['target/team/app:1.0', 'target/team/side:2.0'] },
  },
  {
    name: 'aliases',
    what: 'one subchart under two aliases, one of them overridden',
    parts: {
      yaml: [
        'dependencies:',
        '  - { name: kv, version: 1.x.x, alias: first }',
        '  - { name: kv, version: ">=1.0.0", alias: second }',
      ],
      values: 'second:\n  image:\n    registry: ghcr.io # elsewhere\n    name: org/agent\n    tag: v4\n',
      files: vendored('kv', KV),
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/side:2.0'],
    references: ['target/org/agent:v4', 'target/team/side:2.0'],
    edits: ['charts/kv/values.yaml image.registry', 'values.yaml second.image.registry'],
    byValues: true,
  },
  {
    name: 'packed-subchart',
    what: 'values and a literal inside of a packed subchart',
    parts: {
      yaml: ['dependencies:', '  - { name: kv, version: 1.0.0 }'],
    },
    packed: { kv: WITH_LITERALS },
    images: ['docker.io/library/busybox:1.36', 'quay.io/team/side:2.0'],
    references: ['target/library/busybox:1.36', 'target/team/side:2.0'],
    edits: ['charts/kv-1.0.0.tgz!values.yaml image', 'charts/kv/templates/test.yaml:9'],
    byValues: false,
  },
  {
    name: 'packed-aliases',
    what: 'two aliases of a packed subchart, with a literal',
    parts: {
      yaml: [
        'dependencies:',
        '  - { name: kv, version: 1.0.0, alias: left }',
        '  - { name: kv, version: 1.0.0, alias: right }',
      ],
      values: 'right:\n  image: ghcr.io/org/side\n',
    },
    packed: { kv: WITH_LITERALS },
    images: ['docker.io/library/busybox:1.36', 'ghcr.io/org/side:2.0', 'quay.io/team/side:2.0'],
    references: [
      'target/library/busybox:1.36',
      'target/library/busybox:1.36',
      'target/org/side:2.0',
      'target/team/side:2.0',
    ],
    edits: ['charts/kv-1.0.0.tgz!values.yaml image', 'charts/kv/templates/test.yaml:9', 'values.yaml right.image'],
    byValues: false,
  },
];
