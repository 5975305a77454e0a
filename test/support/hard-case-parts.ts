import { deployment } from './e2e-charts.ts';
import { configMap, container, type HardCase } from './hard-case.ts';

const MANIFEST = JSON.stringify(
  {
    languages: {
      rust: [{ kind: 'rust-1', image: { prefix: 'prefixed', name: 'rust-action', tag: '1.2.0' } }],
    },
    plain: [{ prefix: 'prefixed', name: 'skeleton', tag: '1.1.0' }],
    metrics: { prefix: 'shop', name: 'requests', tag: 'counter' },
  },
  null,
  2,
);

/** References whose parts are fields of JSON and YAML, which a program puts together. */
export const PART_CASES: readonly HardCase[] = [
  {
    name: 'prefix-in-a-file',
    what: 'prefix, name and tag in fields of a JSON file that becomes a variable',
    parts: {
      templates: {
        'd.yaml': deployment(
          [
            container('quay.io/team/app:1.0'),
            '  env:',
            '    - name: LANGUAGES',
            '      value: {{ .Files.Get "languages.json" | quote }}',
          ].join('\n'),
        ),
      },
      files: { 'languages.json': MANIFEST },
    },
    images: ['docker.io/prefixed/rust-action:1.2.0', 'docker.io/prefixed/skeleton:1.1.0', 'quay.io/team/app:1.0'],
    references: ['target/prefixed', 'target/prefixed', 'target/team/app:1.0'],
    edits: ['languages.json:16', 'languages.json:7', 'templates/d.yaml:12'],
    byValues: false,
  },
  {
    name: 'prefix-in-values',
    what: 'the same in values that a ConfigMap prints, with a registry as the prefix',
    parts: {
      values: [
        'runners:',
        '  - { image: { prefix: prefixed, name: runner, tag: nightly } }',
        '  - { image: { prefix: cr.team.test/build, name: runner, tag: "2.0" } }',
        '',
      ].join('\n'),
      templates: { 'c.yaml': configMap('runners.json', '{{ .Values.runners | toJson }}') },
    },
    images: ['cr.team.test/build/runner:2.0', 'docker.io/prefixed/runner:nightly'],
    references: ['target/build', 'target/prefixed'],
    edits: ['values.yaml runners[0].image.prefix', 'values.yaml runners[1].image.prefix'],
    byValues: true,
  },
];
