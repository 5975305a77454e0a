import { deployment } from './e2e-charts.ts';
import { configMap, container, type HardCase } from './hard-case.ts';

/** References that are keys of maps, of which the values say something. */
export const KEY_CASES: readonly HardCase[] = [
  {
    name: 'images-as-keys',
    what: 'maps whose keys are images, in a template, in JSON and in values',
    parts: {
      values: [
        'image: quay.io/team/app:1.0',
        'commands:',
        '  # prefixed/shell:2.0: the usual one',
        '  prefixed/shell:2.0: { cmd: [sh], init: ghcr.io/org/init:v4 }',
        '  quay.io/team/tool:1.1: { cmd: [tool] }',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        'c.yaml': configMap('images', 'prefixed/talk:1.7:\n  cmd: [talk]'),
        'j.yaml': configMap('settings.json', '{"images": {"quay.io/team/side:2.0": {"cmd": ["side"]}}}', 'json'),
        'v.yaml': configMap('images', '{{ .Values.commands | toYaml | nindent 4 | trim }}', 'values'),
      },
    },
    images: [
      'docker.io/prefixed/shell:2.0',
      'docker.io/prefixed/talk:1.7',
      'ghcr.io/org/init:v4',
      'quay.io/team/app:1.0',
      'quay.io/team/side:2.0',
      'quay.io/team/tool:1.1',
    ],
    references: [
      'target/org/init:v4',
      'target/prefixed/shell:2.0:',
      'target/prefixed/talk:1.7:',
      'target/team/app:1.0',
      'target/team/side:2.0',
      'target/team/tool:1.1:',
    ],
    edits: [
      'templates/c.yaml:7',
      'templates/j.yaml:7',
      'values.yaml commands."prefixed/shell:2.0".init',
      'values.yaml image',
      'values.yaml:4',
      'values.yaml:5',
    ],
    byValues: false,
  },
];
