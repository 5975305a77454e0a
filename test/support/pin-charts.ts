import { type ChartParts, deployment, pod, vendored } from './e2e-charts.ts';

const AT = 'quay.io/team';

function labelled(containers: string, label: string): string {
  return deployment(containers).replace(
    'metadata: { labels: { app: x } }',
    `metadata: { labels: { app: x, v: ${label} } }`,
  );
}

/** A chart whose digest has one difficulty. */
export interface PinCase {
  readonly parts: ChartParts;
  /** The images that it renders, without those that are pinned from the start. */
  readonly images: readonly string[];
  /** What says the digests afterwards. */
  readonly by: readonly string[];
  /** Why an image keeps its tag. */
  readonly open?: RegExp;
}

const REPO = '{{ .Values.image.repository }}';
const TAGGED = `- name: main\n  image: "${REPO}:{{ .Values.image.tag }}"`;

function values(name: string, ...more: readonly string[]): string {
  return ['image:', `  repository: ${AT}/${name}`, ...more.map((line) => `  ${line}`), ''].join('\n');
}

/** By the name of the chart. */
export const PIN_CASES: Readonly<Record<string, PinCase>> = {
  // an empty key for digests; the tag is a label, too
  beside: {
    parts: {
      values: values('beside', 'tag: "1.0" # the version', "digest: ''"),
      templates: {
        'a.yaml': labelled(
          `- name: main\n  image: "${REPO}:{{ .Values.image.tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}"`,
          '{{ .Values.image.tag | quote }}',
        ),
      },
    },
    images: [`${AT}/beside:1.0`],
    by: ['image.digest'],
  },
  // a digest takes the place of the tag
  drops: {
    parts: {
      values: values('drops', 'tag: "1.0"', 'digest:'),
      templates: {
        'a.yaml': deployment(
          `- name: main\n  image: ${REPO}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}`,
        ),
      },
    },
    images: [`${AT}/drops:1.0`],
    by: ['image.digest'],
  },
  // the template says sha256 itself, and values.yaml does not have the key
  hex: {
    parts: {
      values: values('hex', 'tag: "1.0"'),
      templates: {
        'a.yaml': deployment(
          `- name: main\n  {{- with .Values.image }}\n  image: {{ .repository }}:{{ .tag }}{{ if .sha }}@sha256:{{ .sha }}{{ end }}\n  {{- end }}`,
        ),
      },
    },
    images: [`${AT}/hex:1.0`],
    by: ['image.sha'],
  },
  // a number that is shown in another form than it is written
  decimal: {
    parts: { values: values('decimal', 'tag: 1.10'), templates: { 'a.yaml': deployment(TAGGED) } },
    images: [`${AT}/decimal:1.1`],
    by: ['image.tag'],
  },
  // JSON in the text of a value
  block: {
    parts: {
      values: `config: |\n  { "pod": { "image": "${AT}/block:1.0" },\n    "port": "1.0" }\n`,
      templates: {
        'a.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  pod.json: |\n    {{- .Values.config | nindent 4 }}\n',
      },
    },
    images: [`${AT}/block:1.0`],
    by: ['config'],
  },
  // the tag is a version, too, and the digest has a field of its own
  resource: {
    parts: {
      values: values('resource', 'tag: "1.0"', 'sha: ""'),
      templates: {
        'a.yaml': [
          'apiVersion: monitoring.coreos.com/v1',
          'kind: Alertmanager',
          'metadata: { name: a }',
          'spec:',
          `  image: "${REPO}:{{ .Values.image.tag }}{{ with .Values.image.sha }}@sha256:{{ . }}{{ end }}"`,
          '  version: {{ .Values.image.tag | quote }}',
          '  {{- with .Values.image.sha }}',
          '  sha: {{ . }}',
          '  {{- end }}',
          '',
        ].join('\n'),
      },
    },
    images: [`${AT}/resource:1.0`],
    by: ['image.sha'],
  },
  numbered: {
    parts: { values: values('numbered', 'tag: 15'), templates: { 'a.yaml': deployment(TAGGED) } },
    images: [`${AT}/numbered:15`],
    by: ['image.tag'],
  },
  empty: {
    parts: {
      yaml: ['appVersion: "3.1"'],
      values: values('empty', 'tag: ""'),
      templates: {
        'a.yaml': deployment(`- name: main\n  image: ${REPO}:v{{ .Values.image.tag | default .Chart.AppVersion }}`),
      },
    },
    images: [`${AT}/empty:v3.1`],
    by: ['image.tag'],
  },
  whole: {
    parts: {
      values: `image: ${AT}/whole:1.0\n`,
      templates: { 'a.yaml': deployment('- name: main\n  image: {{ .Values.image }}') },
    },
    images: [`${AT}/whole:1.0`],
    by: ['image'],
  },
  literal: {
    parts: { templates: { 'a.yaml': pod(`${AT}/literal:1.0`, 'tier: lit') } },
    images: [`${AT}/literal:1.0`],
    by: ['literal/templates/a.yaml:9'],
  },
  shared: {
    parts: {
      values: `tag: "1.0"\n`,
      templates: {
        'a.yaml': deployment(
          `- name: a\n  image: ${AT}/shared-a:{{ .Values.tag }}\n- name: b\n  image: ${AT}/shared-b:{{ .Values.tag }}`,
        ),
      },
    },
    images: [`${AT}/shared-a:1.0`, `${AT}/shared-b:1.0`],
    by: [],
    open: /tag makes .*shared-a:1\.0 and .*shared-b:1\.0, which have different digests/,
  },
  label: {
    parts: {
      values: values('label', 'tag: "1.0"'),
      templates: { 'a.yaml': labelled(TAGGED, '{{ .Values.image.tag | trunc 40 | quote }}') },
    },
    images: [`${AT}/label:1.0`],
    by: [],
    open: /image\.tag also makes .* in label\/templates\/a\.yaml/,
  },
  // what a label shows of it is too short to tell a digest: the proof finds out
  short: {
    parts: {
      values: values('short', 'tag: "1.0"'),
      templates: { 'a.yaml': labelled(TAGGED, '{{ .Values.image.tag | trunc 8 | quote }}') },
    },
    images: [`${AT}/short:1.0`],
    by: [],
    open: /without digests/,
  },
  parent: {
    parts: {
      files: {
        ...vendored('child', { values: values('child', 'tag: "1.0"'), templates: { 'a.yaml': deployment(TAGGED) } }),
      },
      yaml: ['dependencies:', '  - { name: child, version: 1.0.0, repository: "" }'],
    },
    images: [`${AT}/child:1.0`],
    by: ['child.image.tag'],
  },
  picky: {
    parts: {
      values: values('picky', 'tag: "1.0"'),
      templates: {
        'a.yaml': `{{- if not (regexMatch "^[0-9.]+$" .Values.image.tag) }}{{ fail "a tag has digits only" }}{{ end }}\n${deployment(TAGGED)}`,
      },
    },
    images: [`${AT}/picky:1.0`],
    by: [],
    open: /helm refuses a digest in image\.tag: .*a tag has digits only/,
  },
  schema: {
    parts: {
      values: values('schema', 'tag: "1.0"'),
      templates: { 'a.yaml': deployment(TAGGED) },
      files: {
        'values.schema.json': '{"properties":{"image":{"properties":{"tag":{"type":"string","pattern":"^[0-9.]+$"}}}}}',
      },
    },
    images: [`${AT}/schema:1.0`],
    by: [],
    open: /helm refuses a digest in image\.tag/,
  },
  // in variables, in arguments, and in text in base64
  places: {
    parts: {
      values: `image: ${AT}/places:1.0\nhelper: ${AT}/helper:2.0\n`,
      templates: {
        'a.yaml': deployment(
          '- name: main\n  image: {{ .Values.image }}\n  args: ["--helper-image={{ .Values.helper }}"]\n  env: [{ name: HELPER_IMAGE, value: {{ .Values.helper }} }]',
        ),
        's.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata:\n  config.yaml: {{ printf "image: %s\\nother: 1\\n" .Values.helper | b64enc }}\n',
      },
    },
    images: [`${AT}/places:1.0`, `${AT}/helper:2.0`],
    by: ['helper', 'image'],
  },
  // another image of the same tag, which only a switch brings
  switched: {
    parts: {
      values: `tag: "1.0"\nmetrics: { enabled: false }\n`,
      templates: {
        'a.yaml': deployment(`- name: a\n  image: ${AT}/switched:{{ .Values.tag }}`),
        'm.yaml': `{{- if .Values.metrics.enabled }}\n${pod(`${AT}/metrics:{{ .Values.tag }}`, 'tier: m')}{{- end }}\n`,
      },
    },
    images: [`${AT}/switched:1.0`],
    by: [],
    open: /would not be proven/,
  },
};
