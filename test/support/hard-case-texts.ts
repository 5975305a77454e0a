import { deployment } from './e2e-charts.ts';
import { configMap, container, type HardCase } from './hard-case.ts';

/** References inside of longer text: variables, arguments, scripts, configuration files, whole values in base64. */
export const TEXT_CASES: readonly HardCase[] = [
  {
    name: 'several-in-a-variable',
    what: 'several images in the value of one variable',
    parts: {
      values: 'registry: quay.io\nkafka: team/app\n',
      templates: {
        'd.yaml': deployment(
          [
            container('"{{ .Values.registry }}/{{ .Values.kafka }}:1.0"'),
            '  env:',
            '    - name: KAFKA_IMAGES',
            '      value: |',
            '        1.0={{ .Values.registry }}/{{ .Values.kafka }}:1.0',
            '        1.1={{ .Values.registry }}/{{ .Values.kafka }}:1.1',
            '    - { name: RELATED_IMAGES, value: "quay.io/team/side:2.0,ghcr.io/org/agent:v4" }',
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0', 'quay.io/team/app:1.1', 'quay.io/team/side:2.0'],
    references: [
      'target/org/agent:v4',
      'target/team/app:1.0',
      'target/team/app:1.0',
      'target/team/app:1.1',
      'target/team/side:2.0',
    ],
    edits: ['templates/d.yaml:18', 'values.yaml registry'],
    byValues: false,
  },
  {
    name: 'several-in-a-value',
    what: 'several images in one value that becomes a variable',
    parts: {
      values: 'images: "quay.io/team/app:1.0,ghcr.io/org/agent:v4 quay.io/team/side:2.0"\n',
      templates: {
        'd.yaml': deployment(
          `${container('quay.io/team/tool:2.1')}\n  env:\n    - { name: RELATED_IMAGES, value: "{{ .Values.images }}" }`,
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0', 'quay.io/team/side:2.0', 'quay.io/team/tool:2.1'],
    references: ['target/org/agent:v4', 'target/team/app:1.0', 'target/team/side:2.0', 'target/team/tool:2.1'],
    edits: ['templates/d.yaml:12', 'values.yaml images'],
    byValues: false,
  },
  {
    name: 'split-variables',
    what: 'a repository and a tag in two variables',
    parts: {
      values: 'agent: { repository: ghcr.io/org/agent, tag: v4 }\nimage: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.image }}'),
            '  env:',
            '    - { name: AGENT_IMAGE, value: "{{ .Values.agent.repository }}" }',
            '    - { name: AGENT_VERSION, value: "{{ .Values.agent.tag }}" }',
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target/org/agent', 'target/team/app:1.0'],
    edits: ['values.yaml agent.repository', 'values.yaml image'],
    byValues: true,
  },
  {
    name: 'arguments',
    what: 'arguments: --flag=image, --flag image, and a script',
    parts: {
      values:
        'image: quay.io/team/app:1.0\nworker: { registry: ghcr.io, name: org/worker, tag: v5 }\nside: quay.io/team/side\n',
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.image }}'),
            '  args:',
            '    - --worker-image={{ .Values.worker.registry }}/{{ .Values.worker.name }}:{{ .Values.worker.tag }}',
            '    - --side-image',
            '    - {{ .Values.side }}:2.0',
            '    - --verbose',
            container('{{ .Values.image }}', 'script'),
            '  command:',
            '    - sh',
            '    - -ec',
            '    - |',
            '      exec controller -image="{{ .Values.side }}:2.0" \\',
            '        -worker-image {{ .Values.worker.registry }}/{{ .Values.worker.name }}:{{ .Values.worker.tag }}; sleep 1',
          ].join('\n'),
        ),
      },
    },
    images: ['ghcr.io/org/worker:v5', 'quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: [
      'target/org/worker:v5',
      'target/org/worker:v5',
      'target/team/app:1.0',
      'target/team/app:1.0',
      'target/team/side:2.0',
      'target/team/side:2.0',
    ],
    edits: ['values.yaml image', 'values.yaml side', 'values.yaml worker.registry'],
    byValues: true,
  },
  {
    name: 'yaml-in-a-config-map',
    what: 'YAML in a ConfigMap, dumped from values',
    parts: {
      values: [
        'config:',
        '  proxy: { image: quay.io/team/app, version: "1.0" }',
        '  init:',
        '    image: { registry: ghcr.io, repository: org/agent, tag: v4 }',
        '',
      ].join('\n'),
      templates: { 'c.yaml': configMap('config.yaml', '{{- .Values.config | toYaml | nindent 4 }}') },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/app:1.0'],
    references: ['target', 'target/team/app'],
    edits: ['values.yaml config.init.image.registry', 'values.yaml config.proxy.image'],
    byValues: true,
  },
  {
    name: 'json-in-a-config-map',
    what: 'JSON in a ConfigMap',
    parts: {
      values: 'agent: { image: ghcr.io/org/agent, tag: v4 }\nlimits: { cpu: "1" }\n',
      templates: {
        'c.yaml': configMap(
          'agent',
          '{\n  "image": "{{ .Values.agent.image }}:{{ .Values.agent.tag }}",\n  "limits": {{ .Values.limits | toJson }},\n  "sideImage": "quay.io/team/side:2.0"\n}',
        ),
      },
    },
    images: ['ghcr.io/org/agent:v4', 'quay.io/team/side:2.0'],
    references: ['target/org/agent:v4', 'target/team/side:2.0'],
    edits: ['templates/c.yaml:10', 'values.yaml agent.image'],
    byValues: false,
  },
  {
    name: 'toml-in-a-config-map',
    what: 'TOML in a ConfigMap, written in values',
    parts: {
      values:
        'config: |\n  # see quay.io/team/app:1.0\n  [[runners]]\n    [runners.kubernetes]\n      image = "quay.io/team/app:1.0"\n      helper_image = "quay.io/team/side:2.0"\n',
      templates: { 'c.yaml': configMap('config.toml', '{{- .Values.config | nindent 4 }}') },
    },
    images: ['quay.io/team/app:1.0', 'quay.io/team/side:2.0'],
    references: ['target/team/app:1.0', 'target/team/side:2.0'],
    edits: ['values.yaml config'],
    byValues: true,
  },
  {
    name: 'base64-in-a-secret',
    what: 'all values in base64 in a Secret',
    parts: {
      values: 'hub:\n  image: { name: quay.io/team/app, tag: "1.0" }\nsecret: { length: 16 }\n',
      templates: {
        's.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: { name: values }\ndata:\n  values.yaml: {{ .Values | toYaml | b64enc | quote }}\n',
        'd.yaml': deployment(container('{{ .Values.hub.image.name }}:{{ .Values.hub.image.tag }}')),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app', 'target/team/app:1.0'],
    edits: ['values.yaml hub.image.name'],
    byValues: true,
  },
  {
    name: 'embedded-template',
    what: 'a template of another program in a ConfigMap',
    parts: {
      values: 'proxy: { hub: quay.io/team, name: app, tag: "1.0" }\n',
      templates: {
        'c.yaml': configMap(
          'injector',
          [
            'template: |',
            '  spec:',
            '    containers:',
            '    - name: proxy',
            '      image: "{{ .Values.proxy.hub }}/{{ .Values.proxy.name }}:{{ .Values.proxy.tag }}"',
            '      args: ["{{ "{{ .Meta.Name }}" }}"]',
            '    {{ "{{- if .Debug }}" }}',
            '    - name: debug',
            '      image: busybox:1.36',
            '    {{ "{{- end }}" }}',
          ].join('\n'),
        ),
      },
    },
    images: ['docker.io/library/busybox:1.36', 'quay.io/team/app:1.0'],
    references: ['target/library/busybox:1.36', 'target/team/app:1.0'],
    edits: ['templates/c.yaml:15', 'values.yaml proxy.hub'],
    byValues: false,
  },
  {
    name: 'pod-in-a-value',
    what: 'a pod that stands as text in a value, with an image of one word',
    parts: {
      values: [
        'helperPod: |-',
        '  apiVersion: v1',
        '  kind: Pod',
        '  metadata: { name: busybox }',
        '  spec:',
        '    containers:',
        '      - name: busybox',
        '        image: busybox',
        'agent: \'{"containers":[{"name":"agent","image":"alpine"}]}\'',
        '',
      ].join('\n'),
      templates: {
        'c.yaml': configMap('pod.yaml', '{{ .Values.helperPod | nindent 4 | trim }}'),
        'd.yaml': configMap('agent.json', '{{ .Values.agent }}'),
      },
    },
    images: ['docker.io/library/alpine', 'docker.io/library/busybox'],
    references: ['target/library/alpine', 'target/library/busybox'],
    edits: ['values.yaml agent', 'values.yaml helperPod'],
    byValues: true,
  },
  {
    name: 'encoded-in-a-variable',
    what: 'an image in a text that a variable has in base64',
    parts: {
      values: 'app: quay.io/team/app:1.0\nagent: quay.io/team/agent:3.4\n',
      templates: {
        'd.yaml': deployment(
          `${container('{{ .Values.app }}')}\n  env:\n    - name: SPEC\n      value: {{ printf "image: %s\\n" .Values.agent | b64enc }}`,
        ),
      },
    },
    images: ['quay.io/team/agent:3.4', 'quay.io/team/app:1.0'],
    references: ['target/team/agent:3.4', 'target/team/app:1.0'],
    edits: ['values.yaml agent', 'values.yaml app'],
    byValues: true,
  },
];
