import type { ChartParts } from './e2e-charts.ts';
import { deployment } from './e2e-charts.ts';
import { configMap, container, definition, object } from './hard-case.ts';

/** A small chart whose relocation would pull something else than what was mirrored, so that no proof may be given. */
export interface RefusedCase {
  /** The name of the chart. */
  readonly name: string;
  /** What a program would do with it, as the documents say it. */
  readonly what: string;
  readonly parts: ChartParts;
  /** What the proof does not explain, with `target` for the registry; in its order. */
  readonly unexplained: readonly string[];
  /** What differs from the plan, as it is found; none where it is not given. */
  readonly residue?: readonly string[];
}

function resource(name: string, what: string, spec: string, unexplained: readonly string[]): RefusedCase {
  return { name, what, parts: { templates: { 'r.yaml': object('acme.test/v1', 'Shop', spec) } }, unexplained };
}

function variables(name: string, what: string, env: string, unexplained: readonly string[]): RefusedCase {
  const pod = deployment(
    `${container('{{ .Values.image }}')}\n${env}`.replace(/\n(?=.)/g, '\n  ').replace('\n    image', '\n  image'),
  );
  return { name, what, parts: { values: 'image: quay.io/team/app:1.0\n', templates: { 'd.yaml': pod } }, unexplained };
}

function shops(properties: string): string {
  return definition('acme.test', `spec:\n  type: object\n  properties:\n${properties.replace(/^(?=.)/gm, '    ')}`);
}

/** Charts that no proof may be given for. */
export const REFUSED_CASES: readonly RefusedCase[] = [
  {
    name: 'base-beside-names',
    what: 'a registry in a field of its own, which a program puts before the names beside it',
    parts: { templates: { 'c.yaml': configMap('a.yaml', 'registry:\n  host: quay.io\n  webImage: acme/web\n') } },
    unexplained: ['target/acme/web (behind host: target)'],
  },
  {
    name: 'base-above-names',
    what: 'a registry that stands for the empty ones of other maps',
    parts: {
      values: 'base: { registry: quay.io, tag: "1.0" }\ncron: { registry: "", repository: acme/cron, tag: v1 }\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.base.registry }}/team/app:{{ .Values.base.tag }}')),
        'r.yaml': object(
          'acme.test/v1',
          'Shop',
          [
            'image:',
            '  registry: {{ .Values.base.registry }}',
            '  tag: {{ .Values.base.tag | quote }}',
            'cron: {{- toYaml .Values.cron | nindent 4 }}',
            '',
          ].join('\n'),
        ),
      },
    },
    unexplained: ['target/acme/cron (behind registry: target)'],
  },
  resource(
    'host-beside-a-name',
    'a host that nobody knows beside a name, which stays',
    'manager:\n  host: r.acme.test\n  repository: acme/manager\n  tag: v1\n',
    ['r.acme.test'],
  ),
  resource(
    'host-above-names',
    'the same above the maps with the names',
    'imageRegistry: r.acme.test\nmanager:\n  image: { repository: acme/manager, tag: v1 }\n',
    ['r.acme.test'],
  ),
  resource(
    'host-with-a-scheme',
    'a registry written as an address',
    'image:\n  registry: https://r.acme.test\n  repository: acme/manager\n  tag: v1\n',
    ['https://r.acme.test', 'target/acme/manager:v1 (in several fields)'],
  ),
  variables(
    'host-in-a-variable',
    'a registry in one variable, and a name in another',
    'env:\n  - { name: REGISTRY_HOST, value: r.acme.test }\n  - { name: SIDE_IMAGE, value: "acme/side:v1" }',
    ['r.acme.test'],
  ),
  variables(
    'host-in-an-argument',
    'the same in arguments',
    'args:\n  - --registry=r.acme.test\n  - --side-image=acme/side:v1',
    ['r.acme.test'],
  ),
  resource(
    'namespace-between',
    'a namespace in a field between registry and name',
    'image:\n  registry: quay.io\n  namespace: acme\n  name: manager\n  tag: v1\n',
    ['target/acme/manager (in several fields)'],
  ),
  resource(
    'name-behind-an-owner',
    'a name in a field behind its owner',
    'image:\n  repository: quay.io/acme\n  name: manager\n  tag: v1\n',
    ['target/acme/manager (in several fields)'],
  ),
  {
    name: 'repositories-of-kubeadm',
    what: 'repositories to which kubeadm adds the names',
    parts: {
      templates: {
        'k.yaml': object(
          'controlplane.cluster.x-k8s.io/v1beta1',
          'KubeadmControlPlane',
          'kubeadmConfigSpec:\n  clusterConfiguration:\n    dns:\n      imageRepository: quay.io/acme\n      imageTag: v1.9.3\n',
        ),
      },
    },
    unexplained: ['target/acme/coredns (in several fields)'],
  },
  variables(
    'variable-tags',
    'names in variables that the pod or a program completes',
    'env:\n  - { name: VERSION, value: "1" }\n  - { name: SIDE_IMAGE, value: "acme/side:$(VERSION)" }\n  - { name: JOB_IMAGE, value: "acme/job-%s:1" }',
    ['acme/side', 'acme/job'],
  ),
  {
    name: 'defaults-in-parts',
    what: 'defaults of a definition that make an image together',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        't.yaml': shops('repository: { type: string, default: acme/side }\nversion: { type: string, default: 1.0.0 }'),
      },
    },
    unexplained: ['acme/side'],
  },
  resource(
    'names-with-versions',
    'a map whose keys are names, and whose values are tags',
    'images:\n  r.acme.test/org/app: v1\n  acme/side: 1.2.3\n',
    ['r.acme.test/org/app:v1', 'acme/side:1.2.3'],
  ),
  {
    name: 'values-of-an-application',
    what: 'values as text in an Application of Argo CD, with a tag of their own',
    parts: {
      templates: {
        'a.yaml': object(
          'argoproj.io/v1alpha1',
          'Application',
          [
            'source:',
            '  repoURL: https://charts.acme.test',
            '  chart: shop',
            '  targetRevision: 1.2.3',
            '  helm:',
            '    values: |',
            '      image:',
            '        repository: quay.io/acme/manager',
            '        tag: v1',
            '      side:',
            '        repository: acme/side',
            '        tag: v2',
            '',
          ].join('\n'),
        ),
      },
    },
    unexplained: ['target/acme/manager:v1 (in several fields)', 'acme/side'],
  },
  {
    name: 'values-on-one-line',
    what: 'the same in quotes, with escaped line ends',
    parts: {
      templates: {
        'a.yaml': object(
          'argoproj.io/v1alpha1',
          'Application',
          'source:\n  helm:\n    values: "image: quay.io/team/app:1.0\\nside:\\n  repository: acme/side\\n  tag: v2\\n"\n',
        ),
      },
    },
    unexplained: ['acme/side'],
  },
  {
    name: 'image-of-a-pipeline',
    what: 'a name without a tag in the script of a pipeline',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(container('{{ .Values.image }}')),
        'c.yaml': configMap('Jenkinsfile', "node {\n  docker.image('acme/side').inside {\n    sh 'make'\n  }\n}\n"),
      },
    },
    unexplained: ['acme/side'],
  },
  {
    name: 'set-image',
    what: 'a command that sets an image, whose tag may be a port',
    parts: {
      values: 'image: quay.io/team/app:1.0\n',
      templates: {
        'd.yaml': deployment(
          `${container('{{ .Values.image }}')}\n  command: [sh, -c, "kubectl set image deploy/web web=acme/side:8080"]`,
        ),
      },
    },
    unexplained: ['acme/side:8080'],
  },
  {
    name: 'parameter-of-a-task',
    what: 'the default of a parameter of a task',
    parts: {
      templates: {
        't.yaml': object(
          'tekton.dev/v1',
          'Task',
          'params:\n  - name: BASE_IMAGE\n    default: acme/base\nsteps:\n  - name: one\n    image: quay.io/team/app:1.0\n',
        ),
      },
    },
    unexplained: ['acme/base'],
  },
  resource(
    'names-below-images',
    'names without tags under keys that say nothing, below those for images',
    'image: quay.io/team/app:1.0\nside:\n  image: { name: acme/side }\njob:\n  image: { ref: acme/job, minutes: 10 }\n',
    ['acme/side', 'acme/job'],
  ),
  {
    name: 'pattern-of-a-definition',
    what: 'a definition that allows the images of one registry only',
    parts: {
      templates: {
        'r.yaml': object('acme.test/v1', 'Shop', 'image: quay.io/team/app:1.0\n'),
        't.yaml': shops('image: { type: string, pattern: "^quay[.]io/team/" }'),
      },
    },
    unexplained: [],
    residue: ['target/team/app:1.0'],
  },
];
