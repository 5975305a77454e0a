import { deployment } from './e2e-charts.ts';
import { container, type HardCase, object } from './hard-case.ts';

/** References outside of the containers of plain workloads. */
export const KIND_CASES: readonly HardCase[] = [
  {
    name: 'image-volume',
    what: 'a volume whose content is an image',
    parts: {
      values: 'model: { repository: quay.io/team/app, tag: "1.0" }\nimage: quay.io/team/side:2.0\n',
      templates: {
        'p.yaml': object(
          'v1',
          'Pod',
          [
            'containers:',
            '  - name: main',
            '    image: {{ .Values.image }}',
            '    volumeMounts: [{ name: model, mountPath: /model }]',
            'volumes:',
            '  - name: model',
            '    image:',
            '      reference: {{ .Values.model.repository }}:{{ .Values.model.tag }}',
            '      pullPolicy: IfNotPresent',
          ].join('\n'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['values.yaml image', 'values.yaml model.repository'],
    byValues: true,
  },
  {
    name: 'ephemeral-container',
    what: 'an ephemeral container, and an init container',
    parts: {
      values: 'image: quay.io/team/app\ndebug: quay.io/team/tool:2.1\n',
      templates: {
        'p.yaml': object(
          'v1',
          'Pod',
          [
            'initContainers:',
            '  - { name: init, image: "{{ .Values.image }}:1.1" }',
            'containers:',
            '  - { name: main, image: "{{ .Values.image }}:1.0" }',
            'ephemeralContainers:',
            '  - { name: debug, image: {{ .Values.debug }} }',
          ].join('\n'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/app:1.1', 'quay.io/team/tool:2.1'],
    references: ['target/team/app:1.0', 'target/team/app:1.1', 'target/team/tool:2.1'],
    edits: ['values.yaml debug', 'values.yaml image'],
    byValues: true,
  },
  {
    name: 'resource-strings',
    what: 'fields of custom resources that name an image',
    parts: {
      values: 'db: { registry: ghcr.io, name: org/agent, tag: v4 }\nbackup: quay.io/team/side:2.0\n',
      templates: {
        'db.yaml': object(
          'db.example.test/v1',
          'Cluster',
          [
            'imageName: {{ .Values.db.registry }}/{{ .Values.db.name }}:{{ .Values.db.tag }}',
            'backup:',
            '  image: {{ .Values.backup }}',
            'instances: 3',
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/side:2.0'],
    references: ['target/org/agent:v4', 'target/team/side:2.0'],
    edits: ['values.yaml backup', 'values.yaml db.registry'],
    byValues: true,
  },
  {
    name: 'resource-pods',
    what: 'a pod template inside of a custom resource',
    parts: {
      values: 'runner: quay.io/team/app:1.0\nextra: []\n',
      templates: {
        'r.yaml': object(
          'runs.example.test/v1',
          'RunnerSet',
          [
            'groups:',
            '  - template:',
            '      spec:',
            '        initContainers: [{ name: init, image: busybox:1.36 }]',
            '        containers:',
            '          - name: runner',
            '            image: {{ .Values.runner }}',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox:1.36', 'quay.io/team/app:1.0'],
    references: ['target/library/busybox:1.36', 'target/team/app:1.0'],
    edits: ['templates/r.yaml:9', 'values.yaml runner'],
    byValues: false,
  },
  {
    name: 'split-fields',
    what: 'registry, name and version in fields of their own',
    parts: {
      values: [
        'driver: { repository: quay.io/team, image: app, version: "1.0" }',
        'toolkit: { registry: ghcr.io, repository: org/agent, tag: v4 }',
        '',
      ].join('\n'),
      templates: {
        'p.yaml': object(
          'gpu.example.test/v1',
          'Policy',
          [
            'driver:',
            '  enabled: true',
            '  repository: {{ .Values.driver.repository }}',
            '  image: {{ .Values.driver.image }}',
            '  version: {{ .Values.driver.version | quote }}',
            'toolkit: {{ .Values.toolkit | toJson }}',
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target', 'target/team'],
    edits: ['values.yaml driver.repository', 'values.yaml toolkit.registry'],
    byValues: true,
  },
  {
    name: 'host-before-a-path',
    what: 'a host that nobody knows in one field, and the path below it in another',
    parts: {
      values: [
        'manager: { repository: cr.team.test, image: onsite/manager, version: "1.0" }',
        'agent: { registry: cr.team.test, image: "onsite/agent:2.0" }',
        '',
      ].join('\n'),
      templates: {
        'p.yaml': object(
          'gpu.example.test/v1',
          'Policy',
          [
            'manager:',
            '  repository: {{ .Values.manager.repository }}',
            '  image: {{ .Values.manager.image }}',
            '  version: {{ .Values.manager.version | quote }}',
            'agent: {{ .Values.agent | toJson }}',
          ].join('\n'),
        ),
      },
    },
    images: ['cr.team.test/onsite/agent:2.0', 'cr.team.test/onsite/manager:1.0'],
    references: ['target', 'target'],
    edits: ['values.yaml agent.registry', 'values.yaml manager.repository'],
    byValues: true,
  },
  {
    name: 'lists-of-objects',
    what: 'objects inside of a List',
    parts: {
      values: 'image: quay.io/team/app:1.0\nsettings: { sideImage: "quay.io/team/side:2.0" }\n',
      templates: {
        'l.yaml': [
          'apiVersion: v1',
          'kind: List',
          'items:',
          '  - apiVersion: v1',
          '    kind: Pod',
          '    metadata: { name: listed }',
          '    spec:',
          '      containers:',
          '        - name: main',
          '          image: {{ .Values.image }}',
          '  - apiVersion: v1',
          '    kind: ConfigMap',
          '    metadata: { name: listed }',
          '    data:',
          '      side.yaml: {{ .Values.settings | toYaml | quote }}',
          '',
        ].join('\n'),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['values.yaml image', 'values.yaml settings.sideImage'],
    byValues: true,
  },
  {
    name: 'pod-annotations',
    what: 'an annotation that an injector reads',
    parts: {
      values: 'agent: ghcr.io/org/agent:v4\nimage: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')).replace(
          '    metadata: { labels: { app: x } }',
          '    metadata: { labels: { app: x }, annotations: { vault.example.test/agent-image: {{ .Values.agent }} } }',
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent:v4', 'target/team/app:1.0'],
    edits: ['values.yaml agent', 'values.yaml image'],
    byValues: true,
  },
  {
    name: 'kinds-of-another-group',
    what: 'kinds that are called as built-in ones, of another group',
    parts: {
      values: 'image: { repository: quay.io/team/app, tag: "1.0" }\n',
      templates: {
        's.yaml': object(
          'serving.example.test/v1',
          'Service',
          'template:\n  containers:\n    - image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n      name: main',
        ),
        'v.yaml':
          'apiVersion: v1\nkind: Service\nmetadata:\n  name: plain\nspec:\n  ports: [{ port: 80, name: http }]\n  externalName: quay-io-team-app\n',
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image.repository'],
    byValues: true,
  },
  {
    name: 'key-given-twice',
    what: 'a container that gives its image twice, of which the last counts',
    parts: {
      values: 'image: { repository: quay.io/team/app, tag: "1.0" }\n',
      templates: {
        'd.yaml': deployment(
          `${container('"{{ .Values.image.repository }}:{{ .Values.image.tag }}"')}\n  image: quay.io/team/other:2.0`,
        ),
      },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/other:2.0'],
    references: ['target/team/app:1.0', 'target/team/other:2.0'],
    edits: ['templates/d.yaml:13', 'values.yaml image.repository'],
    byValues: false,
  },
];
