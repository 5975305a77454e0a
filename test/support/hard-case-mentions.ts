import { deployment, pod } from './e2e-charts.ts';
import { container, type HardCase } from './hard-case.ts';

/** References, and parts of them, that also stand where they make nothing. */
export const MENTION_CASES: readonly HardCase[] = [
  {
    name: 'longer-beginning-elsewhere',
    what: 'a registry in a helper, with its path in a file that nothing prints',
    parts: {
      values: 'app: { name: team/app, tag: "1.0" }\n',
      templates: {
        '_helpers.tpl': '{{- define "image" -}}\n{{ printf "%s/%s:%s" "quay.io" .name .tag }}\n{{- end }}\n',
        'd.yaml': deployment(container('{{ include "image" .Values.app }}')),
      },
      files: { 'files/settings.yaml': 'registry: "quay.io/team"\n' },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['templates/_helpers.tpl:2'],
    byValues: false,
  },
  {
    name: 'spelled-and-composed',
    what: 'a reference that one template spells out, and another completes',
    parts: {
      templates: {
        'd.yaml': deployment(container('quay.io/{{ .Values.who | default "team" }}/app:1.0')),
        'test.yaml': pod('quay.io/team/app:1.0', '"helm.sh/hook": test').replace('-pod', '-test'),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0', 'target/team/app:1.0'],
    edits: ['templates/d.yaml:12', 'templates/test.yaml:9'],
    byValues: false,
  },
  {
    name: 'same-name-of-another-owner',
    what: 'a name of Docker Hub that is not rendered, beside one of that name of another owner',
    parts: {
      values: 'cache: { repository: redis, tag: v7 }\nstore: { image: quay.io/team/redis:v7 }\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.store.image }}')) },
    },
    images: ['quay.io/team/redis:v7'],
    references: ['target/team/redis:v7'],
    edits: ['values.yaml cache.repository', 'values.yaml store.image'],
    byValues: true,
    hidden: ['docker.io/library/redis:v7 declared by-form'],
  },
  {
    name: 'guessed-tag',
    what: 'a name that is not rendered, without a tag: that of the application is a guess',
    parts: {
      yaml: ['appVersion: "3.2"'],
      values: 'app: { image: quay.io/team/app:1.0 }\nside: { repository: quay.io/team/side, tag: "" }\n',
      templates: { 'd.yaml': deployment(container('{{ .Values.app.image }}')) },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml app.image', 'values.yaml side.repository'],
    byValues: true,
    hidden: ['quay.io/team/side:3.2 declared by-form'],
  },
  {
    name: 'values-printed-whole',
    what: 'a chart that prints all of its values for a program, with an image that is off',
    parts: {
      values: 'app: quay.io/team/app:1.0\nextra: { enabled: false, image: "ghcr.io/org/agent:v4" }\n',
      templates: {
        'd.yaml': deployment(
          `${container('{{ .Values.app }}')}\n  env:\n    - name: VALUES\n      value: "{{ .Values | toJson | b64enc }}"`,
        ),
        'e.yaml': `{{ if .Values.extra.enabled }}\n${deployment(container('{{ .Values.extra.image }}'), 'extra')}{{ end }}\n`,
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0', 'target/team/app:1.0'],
    edits: ['values.yaml app', 'values.yaml extra.image'],
    byValues: true,
  },
  {
    name: 'annotations-printed',
    what: 'a chart that prints its annotations, and so those that name the original',
    parts: {
      yaml: ['annotations:', '  team: web'],
      values: 'app: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.app }}')),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: marks }\ndata:\n{{ toYaml .Chart.Annotations | indent 2 }}\n',
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml app'],
    byValues: true,
  },
  {
    name: 'named-in-a-message',
    what: 'a message that names an image of Docker Hub',
    parts: {
      values: 'owner: team\nname: app\ntag: v1.0\n',
      templates: {
        'd.yaml': deployment(
          '- name: main\n  image: {{ .Values.owner }}/{{ .Values.name }}:{{ .Values.tag }}\n  command: ["echo", "{{ .Values.owner }}/{{ .Values.name }}:{{ .Values.tag }} is there"]',
        ),
      },
    },
    images: ['docker.io/team/app:v1.0'],
    references: ['target/team/app:v1.0', 'target/team/app:v1.0'],
    edits: ['values.yaml owner'],
    byValues: true,
  },
  {
    name: 'compared-with-a-value',
    what: 'a template that asks whether the image is the usual one',
    parts: {
      values: 'repository: prefixed/app\ntag: "1.0"\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.repository }}:{{ .Values.tag }}')),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  usual: {{ eq .Values.repository "prefixed/app" | quote }}\n',
      },
    },
    images: ['docker.io/prefixed/app:1.0'],
    references: ['target/prefixed/app:1.0'],
    edits: ['templates/c.yaml:6', 'values.yaml repository'],
    byValues: false,
  },
  {
    name: 'owner-under-a-key-for-registries',
    what: 'an owner under the key for a registry, and its registry in another key',
    parts: {
      values: 'registryHost: ghcr.io\nimage: { registry: acme, repository: app, tag: "1.0" }\n',
      templates: {
        'd.yaml': deployment(
          container(
            '{{ list .Values.registryHost .Values.image.registry | compact | join "/" }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}',
          ),
        ),
      },
    },
    images: ['ghcr.io/acme/app:1.0'],
    references: ['target/acme/app:1.0'],
    edits: ['values.yaml registryHost'],
    byValues: true,
  },
  {
    name: 'owner-under-a-key-for-names',
    what: 'an owner under the key for a repository, and the name of the image beside it',
    parts: {
      values: 'image: { repository: acme, name: tool, tag: "1.0" }\n',
      templates: {
        'd.yaml': deployment(
          container('{{ .Values.image.repository }}/{{ .Values.image.name }}:{{ .Values.image.tag }}'),
        ),
      },
    },
    images: ['docker.io/acme/tool:1.0'],
    references: ['target/acme/tool:1.0'],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'registry-that-one-name-does-not-read',
    what: 'an empty global registry, and a name behind two switches that its template prints alone',
    parts: {
      values: [
        'global: { imageRegistry: "" }',
        'image: { registry: docker.io, repository: plain/app, tag: "1.0" }',
        'side: { on: false, really: false, image: { repository: plain/late, tag: "2.0" } }',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(
          container(
            '{{ .Values.global.imageRegistry | default .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}',
          ),
        ),
        'e.yaml': `{{- if and .Values.side.on .Values.side.really }}\n${deployment(container('"{{ .Values.side.image.repository }}:{{ .Values.side.image.tag }}"'), 'late')}{{- end }}\n`,
      },
    },
    images: ['docker.io/plain/app:1.0'],
    references: ['target/plain/app:1.0'],
    edits: ['values.yaml image.registry', 'values.yaml side.image.repository'],
    byValues: true,
    hidden: ['docker.io/plain/late:2.0 declared by-form'],
    later: { set: ['side.on=true', 'side.really=true'], references: ['target/plain/app:1.0', 'target/plain/late:2.0'] },
  },
];
