import { deployment } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';
import { standInFor } from './loopback-sources.ts';

const PIN = standInFor('quay.io/team/pinned:1.2').digest;

/** What the values of a reference are like: lists, numbers, digests, nothing. */
export const VALUE_CASES: readonly HardCase[] = [
  {
    name: 'whole-list',
    what: 'a list of images, which other values replace as a whole',
    parts: {
      values: [
        'sidecars:',
        '  - name: one',
        '    image: quay.io/team/side:2.0',
        '    port: 8080',
        '  # the second',
        '  - { name: two, image: "ghcr.io/org/agent:v4", port: 9090 }',
        '  - name: three',
        '    image: quay.io/team/app:1.0',
        '    port: 0o17',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(
          '{{- range .Values.sidecars }}\n- name: {{ .name }}\n  image: {{ .image }}\n  args: ["{{ .port }}"]\n{{- end }}',
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['values.yaml sidecars[0].image', 'values.yaml sidecars[1].image', 'values.yaml sidecars[2].image'],
    byValues: true,
  },
  {
    name: 'list-of-names',
    what: 'a list of plain texts, repository and tag apart',
    parts: {
      values: 'repositories: [quay.io/team/app, quay.io/team/side]\ntags: ["1.0", 2.5]\n',
      templates: {
        'd.yaml': deployment(
          '{{- range $i, $name := .Values.repositories }}\n- name: c{{ $i }}\n  image: {{ $name }}:{{ index $.Values.tags $i }}\n{{- end }}',
        ),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.5'],
    references: ['target/team/app:1.0', 'target/team/side:2.5'],
    edits: ['values.yaml repositories[0]', 'values.yaml repositories[1]'],
    byValues: true,
  },
  {
    name: 'numeric-tags',
    what: 'tags that YAML reads as numbers, also in a list',
    parts: {
      values: [
        'app: { repository: quay.io/team/app, tag: 16 }',
        'side: { repository: quay.io/team/side, tag: 1.29 }',
        'others: [{ repository: quay.io/team/tool, tag: 20240 }]',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(
          [
            container('"{{ .Values.app.repository }}:{{ .Values.app.tag }}"'),
            container('"{{ .Values.side.repository }}:{{ .Values.side.tag }}"', 'side'),
            '{{- range .Values.others }}',
            container('"{{ .repository }}:{{ .tag | toString }}"', 'other'),
            '{{- end }}',
          ].join('\n'),
        ),
      },
    },
    images: ['quay.io/team/app:16', 'quay.io/team/side:1.29', 'quay.io/team/tool:20240'],
    references: ['target/team/app:16', 'target/team/side:1.29', 'target/team/tool:20240'],
    edits: ['values.yaml app.repository', 'values.yaml others[0].repository', 'values.yaml side.repository'],
    byValues: true,
  },
  {
    name: 'digest-in-the-tag',
    what: 'a digest inside of the tag',
    parts: {
      values: `image:\n  repository: quay.io/team/pinned\n  tag: "1.2@${PIN}"\n`,
      templates: { 'd.yaml': deployment(container('"{{ .Values.image.repository }}:{{ .Values.image.tag }}"')) },
    },
    images: [`quay.io/team/pinned:1.2@${PIN}`],
    references: [`target/team/pinned:1.2@${PIN}`],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'tag-of-the-app',
    what: 'an empty tag, which becomes the version of the application',
    parts: {
      yaml: ['appVersion: "1.0"'],
      values: 'image:\n  repository: quay.io/team/app\n  tag: ""\n',
      templates: {
        'd.yaml': deployment(
          container('"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
];
