import { deployment } from './e2e-charts.ts';
import { configMap, container, type HardCase, object } from './hard-case.ts';

/** What a reference may be besides a container image. */
export const ROLE_CASES: readonly HardCase[] = [
  {
    name: 'artifact',
    what: 'artifacts, which are copied like images',
    parts: {
      values: [
        'image: quay.io/team/app:1.0',
        'trivy: { dbRegistry: ghcr.io, dbRepository: aquasecurity/trivy-db }',
        'plugin: ghcr.io/falcosecurity/plugins/plugin/container:0.7.1',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.image }}'),
            '  env:',
            '    - { name: SCANNER_TRIVY_DB_REPOSITORY, value: "{{ .Values.trivy.dbRegistry }}/{{ .Values.trivy.dbRepository }}:2" }',
          ].join('\n'),
        ),
        'c.yaml': configMap('ctl.yaml', 'artifact:\n  install:\n    refs: [{{ .Values.plugin }}]'),
      },
    },
    images: [
      'ghcr.io/aquasecurity/trivy-db:2',
      'ghcr.io/falcosecurity/plugins/plugin/container:0.7.1',
      'quay.io/team/app:1.0',
    ],
    references: [
      'target/aquasecurity/trivy-db:2',
      'target/falcosecurity/plugins/plugin/container:0.7.1',
      'target/team/app:1.0',
    ],
    edits: ['values.yaml image', 'values.yaml plugin', 'values.yaml trivy.dbRegistry'],
    byValues: true,
  },
  {
    name: 'base-path',
    what: 'a path to which a program adds names: moved, nothing copied',
    parts: {
      values: 'image: quay.io/team/app:1.0\nrepository: quay.io/team\n',
      templates: {
        'd.yaml': deployment(
          [
            container('{{ .Values.image }}'),
            '  env:',
            '    - { name: DB_REPO_URL, value: "{{ .Values.repository }}" }',
            '    - { name: CONTAINER_REGISTRY, value: quay.io }',
          ].join('\n'),
        ),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target', 'target/team', 'target/team/app:1.0'],
    edits: ['templates/d.yaml:15', 'values.yaml image', 'values.yaml repository'],
    byValues: false,
  },
  {
    name: 'registry-of-a-chart',
    what: 'a registry in the values of a chart that an object names, known by nothing but that chart',
    parts: {
      templates: {
        'a.yaml': object(
          'argoproj.io/v1alpha1',
          'Application',
          'source:\n  repoURL: oci://cr.team.test/charts/gate\n  targetRevision: 1.2.3\n  helm:\n    valuesObject:\n      image:\n        registry: cr.team.test',
        ),
      },
    },
    images: ['cr.team.test/charts/gate:1.2.3'],
    references: ['target', 'target/charts/gate'],
    edits: ['templates/a.yaml:12', 'templates/a.yaml:7'],
    byValues: false,
  },
  {
    name: 'example',
    what: 'documentation and words that stand for an image: left as they are',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment([container('{{ .Values.image }}'), container('auto', 'injected')].join('\n')),
        'c.yaml': configMap('_example', 'agent:\n  image: quay.io/team/exemplary:1'),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
    stays: ['quay.io/team/exemplary:1', 'auto'],
  },
  {
    name: 'registry-in-the-cluster',
    what: 'a registry inside of the cluster, to which the chart itself builds: left as it is',
    parts: {
      values: 'image: quay.io/team/app:1.0\nspare: { enabled: false, image: registry.builds.svc/team/spare:1.0 }\n',
      templates: {
        '_helpers.tpl': '{{- define "built" -}}\nregistry.builds.svc:5000/{{ .Release.Namespace }}\n{{- end }}\n',
        'd.yaml': deployment(
          [container('{{ .Values.image }}'), container('{{ include "built" . }}/worker:1.0', 'built')].join('\n'),
        ),
        'c.yaml': configMap('push.txt', 'to {{ include "built" . }}/worker:1.0'),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/team/app:1.0'],
    edits: ['values.yaml image'],
    byValues: true,
    stays: ['registry.builds.svc:5000/'],
  },
  {
    name: 'registries-told-apart',
    what: 'a list that tells registries apart by name, for a proxy: left as it is, beside a path that is moved',
    parts: {
      values: [
        'image: quay.io/team/app:1.0',
        'upstreams:',
        '  - { alias: hub, host: registry-1.docker.io }',
        '  - { alias: nv, host: "https://nvcr.io" }',
        '  - { alias: quay, host: quay.io }',
        'driver: { repository: nvcr.io/nvidia }',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        's.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata:\n  name: upstreams\ndata:\n  proxy.yaml: {{ .Values.upstreams | toYaml | b64enc }}\n',
        'u.yaml': configMap('proxy.yaml', '{{ .Values.upstreams | toYaml | nindent 4 | trim }}', 'upstreams'),
        'c.yaml': configMap('driver.yaml', '{{ .Values.driver | toYaml }}'),
      },
    },
    images: ['quay.io/team/app:1.0'],
    references: ['target/nvidia', 'target/team/app:1.0'],
    edits: ['values.yaml driver.repository', 'values.yaml image'],
    byValues: true,
    stays: ['host: registry-1.docker.io', 'host: https://nvcr.io', 'host: quay.io'],
  },
];
