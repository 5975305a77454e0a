import { type ChartParts, deployment, pod, vendored } from './e2e-charts.ts';

/** A chart with an image of every kind: from split values, a global registry, an alias, a text, a literal, switches and more. */
export const SHOP: ChartParts = {
  yaml: [
    'appVersion: "7.4"',
    'dependencies:',
    '  - { name: kv, version: 1.0.0, alias: store, condition: store.enabled }',
  ],
  values: [
    'global:',
    '  registry: quay.io',
    'app:',
    '  image:',
    '    repository: team/app',
    '    tag: "1.0"',
    'metrics: { enabled: true, image: "ghcr.io/org/exporter:2" }',
    'debug: false',
    'versioned: { repository: ghcr.io/org/versioned }',
    'store:',
    '  enabled: true',
    '  image: { tag: "0.9.1" }',
    'never: { repository: ghcr.io/org/never, tag: "8" }',
    'mode: plain',
    'secret: hunter2',
    'args: "--password=hunter2 --image=ghcr.io/org/arg:5"',
    '',
  ].join('\n'),
  templates: {
    'app.yaml': deployment(
      [
        '- name: app',
        '  image: "{{ .Values.global.registry }}/{{ .Values.app.image.repository }}:{{ .Values.app.image.tag }}"',
        '{{- if .Values.metrics.enabled }}',
        '- name: metrics',
        '  image: {{ .Values.metrics.image }}',
        '{{- end }}',
        '- name: versioned',
        '  image: "{{ .Values.versioned.repository }}:v{{ .Chart.AppVersion }}"',
        '  args: {{ splitList " " .Values.args | toJson }}',
      ].join('\n'),
    ),
    'wait.yaml': pod('busybox:1.36', 'tier: wait'),
    'debug.yaml': `{{- if .Values.debug }}\n${pod('{{ .Values.global.registry }}/team/debug:3', 'tier: debug')}{{- end }}\n`,
    'cluster.yaml': `{{- if eq .Values.mode "cluster" }}\n${pod('ghcr.io/org/cluster:{{ .Values.app.image.tag }}', 'tier: c')}{{- end }}\n`,
    'strict.yaml': '{{- if .Values.strict }}{{ fail "strict needs a license" }}{{- end }}\n',
  },
  files: {
    'ci/cluster-values.yaml': 'mode: cluster\napp: { image: { tag: "1.9" } }\n',
    ...vendored('kv', {
      values: 'image:\n  name: team/kv\n',
      templates: {
        'kv.yaml': deployment(
          '- name: kv\n  image: "{{ .Values.global.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"',
          'kv',
        ),
      },
    }),
  },
};

/** A catalog of it, with a profile and images to add and to leave out, and of a chart that does not render. */
export const CATALOG = [
  'addons:',
  '  - chart: shop',
  '    repository: ./shop',
  '    values:',
  '      app:',
  '        image:',
  '          tag: "1.1"',
  '    profiles:',
  '      - name: big',
  '        values:',
  '          debug: true',
  '          store:',
  '            image:',
  '              tag: "0.9.2"',
  '    images:',
  '      add:',
  '        - image: quay.io/team/hand:2',
  '          reason: run by hand',
  '      exclude:',
  '        - image: ghcr.io/org/exporter',
  '          reason: ours',
  '  - chart: broken',
  '    repository: ./broken',
  '',
].join('\n');
