import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartParts, deployment, vendored } from '../../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../../support/e2e-helm.ts';
import { strayHosts } from '../../support/e2e-plain-grep.ts';
import { type Entry, type Outcome, startWorld, type World } from '../../support/e2e-world.ts';
import { describeWith } from '../../support/tools.ts';

interface Shape {
  readonly parts: ChartParts;
  /** What it renders at the target, as often as it does. */
  readonly references: readonly string[];
  readonly values?: Entry[string];
}

function one(name: string, image: string, values = '{}\n', lines: readonly string[] = []): ChartParts {
  return { values, templates: { 'd.yaml': deployment(`- name: main\n  image: ${image}`, name) }, yaml: lines };
}

const SHAPES: Readonly<Record<string, Shape>> = {
  'globals-of-two-subcharts': {
    parts: {
      files: {
        ...vendored('one', one('one', '{{ .Values.global.registry }}/team/app:1.0', 'global:\n  registry: quay.io\n')),
        ...vendored('two', one('two', '{{ .Values.global.registry }}/org/agent:v4', 'global:\n  registry: ghcr.io\n')),
      },
    },
    references: ['org/agent:v4', 'team/app:1.0'],
  },
  'global-of-one-subchart': {
    parts: {
      files: {
        ...vendored('one', one('one', '{{ .Values.global.registry }}/team/app:1.0', 'global:\n  registry: quay.io\n')),
        ...vendored(
          'two',
          one('two', '{{ (.Values.global).registry | default .Values.registry }}/org/agent:v4', 'registry: ghcr.io\n'),
        ),
      },
    },
    references: ['org/agent:v4', 'team/app:1.0'],
  },
  'registry-missing-in-a-list': {
    parts: {
      files: vendored('one', {
        values: 'sidecars:\n  - ports: [1, 2]\n    # the side\n    repository: team/side\n    tag: "2.0"\n',
        templates: {
          'd.yaml': deployment(
            '{{- range .Values.sidecars }}\n- name: x\n  image: {{ .registry | default "quay.io" }}/{{ .repository }}:{{ .tag }}\n{{- end }}',
          ),
        },
      }),
    },
    references: ['team/side:2.0'],
  },
  'anchors-and-merges': {
    parts: {
      values: [
        'x-image: &image',
        '  repository: quay.io/team/app',
        '  tag: &tag "1.0"',
        'web:',
        '  image: *image',
        'api:',
        '  image:',
        '    <<: *image # as the web',
        '    pullPolicy: Always',
        'side: &side quay.io/team/side',
        'other: { repository: *side, tag: "2.0" }',
        '',
      ].join('\n'),
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: "{{ .Values.web.image.repository }}:{{ .Values.web.image.tag }}" }',
            '- { name: b, image: "{{ .Values.api.image.repository }}:{{ .Values.api.image.tag }}" }',
            '- { name: c, image: "{{ .Values.other.repository }}:{{ .Values.other.tag }}" }',
          ].join('\n'),
        ),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { tag: "{{ (index .Values "x-image").tag }}" }\n',
      },
    },
    references: ['team/app:1.0', 'team/app:1.0', 'team/side:2.0'],
  },
  'several-in-one-value': {
    parts: {
      values: 'images: quay.io/team/app:1.0,ghcr.io/org/agent:v4 quay.io/team/side:2.0\n',
      templates: {
        'd.yaml': deployment(
          '- name: main\n  image: quay.io/team/tool:2.1\n  env:\n    - { name: RELATED_IMAGES, value: "{{ .Values.images }}" }',
        ),
      },
    },
    references: ['org/agent:v4', 'team/app:1.0', 'team/side:2.0', 'team/tool:2.1'],
  },
  'tpl-of-a-value': {
    parts: one(
      'main',
      '{{ tpl .Values.image . }}',
      'registry: quay.io\nimage: "{{ .Values.registry }}/team/app:{{ .Chart.AppVersion }}"\n',
      ['appVersion: "1.0"'],
    ),
    references: ['team/app:1.0'],
  },
  'hostless-ones-in-one-value': {
    parts: {
      values:
        'toolImages: "redis:7.2,bitnami/kubectl:latest"\nside: "bitnami/kubectl:{{ .Values.tag }}"\ntag: latest\n',
      templates: {
        'd.yaml': deployment(
          '- name: main\n  image: {{ tpl .Values.side . }}\n  env:\n    - { name: TOOL_IMAGES, value: "{{ .Values.toolImages }}" }',
        ),
      },
    },
    references: ['bitnami/kubectl:latest', 'bitnami/kubectl:latest', 'library/redis:7.2'],
  },
  'two-aliases-and-an-override': {
    parts: {
      yaml: [
        'dependencies:',
        '  - { name: kv, version: 1.x.x, alias: first }',
        '  - { name: kv, version: ">=1.0.0", alias: second }',
      ],
      values: 'second:\n  image:\n    registry: ghcr.io # elsewhere\n    name: org/agent\n    tag: v4\n',
      files: vendored('kv', {
        ...one(
          'kv',
          '"{{ .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"',
          'image: { registry: quay.io, name: team/app, tag: "1.0" }\n',
        ),
      }),
    },
    references: ['org/agent:v4', 'team/app:1.0'],
  },
  'carriage-returns': {
    parts: {
      values: '# c\r\nimage:\r\n  # the repository\r\n  repository: quay.io/team/app # c\r\n  tag: "1.0"\r\nempty:\r\n',
      templates: {
        'd.yaml': deployment(
          '- name: a\n  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n- name: b\n  image: busybox # the box',
        ).replaceAll('\n', '\r\n'),
      },
    },
    references: ['library/busybox', 'team/app:1.0'],
  },
  'keys-that-are-no-texts': {
    parts: {
      values: 'images:\n  1.10: { repository: quay.io/team/app }\n  on: { repository: quay.io/team/side }\n',
      templates: {
        'd.yaml': deployment(
          '- { name: a, image: "{{ (index .Values.images "1.1").repository }}:1.0" }\n- { name: b, image: "{{ .Values.images.true.repository }}:2.0" }',
        ),
      },
    },
    references: ['team/app:1.0', 'team/side:2.0'],
  },
  'imported-values': {
    parts: {
      yaml: [
        'dependencies:',
        '  - name: kv',
        '    version: 1.0.0',
        '    import-values: [{ child: image, parent: kvImage }]',
      ],
      templates: { 'd.yaml': deployment('- { name: main, image: "{{ .Values.kvImage.repository }}:1.0" }') },
      files: vendored('kv', { values: 'image:\n  repository: quay.io/team/app\n' }),
    },
    references: ['team/app:1.0'],
  },
  'text-of-a-config-map': {
    parts: {
      values:
        'config: |\n  # see quay.io/team/app:1.0\n  [images]\n  app = "quay.io/team/app:1.0"\n  side = "quay.io/team/side:2.0"\n',
      templates: {
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  x.toml: |\n    {{- .Values.config | nindent 4 }}\n',
        'd.yaml': deployment('- { name: main, image: quay.io/team/tool:2.1 }'),
      },
    },
    references: ['team/app:1.0', 'team/side:2.0', 'team/tool:2.1'],
  },
  literals: {
    parts: {
      templates: {
        '_helpers.tpl':
          '{{- define "image" }}ghcr.io/org/agent:v4{{ end }}\n{{- define "x.quay.io/team/app:1.0" }}{{ end }}\n',
        'd.yaml': deployment(
          [
            '- { name: a, image: busybox }',
            '- name: b',
            '  image: {{ include "image" . }}',
            '  args: ["--from=docker://quay.io/team/app:1.0", \'quay.io/team/side:2.0\']',
            '-   image: {{ .Values.nothing | default "quay.io/team/tool:2.1" | quote }}',
            '    name: quay-io-team-tool',
          ].join('\n'),
        ),
      },
    },
    references: ['library/busybox', 'org/agent:v4', 'team/app:1.0', 'team/side:2.0', 'team/tool:2.1'],
  },
  'values-of-the-release': {
    parts: {
      values: 'sidecars: []\nimage:\n  repository: quay.io/team/app\n',
      templates: {
        'd.yaml': deployment(
          '- { name: main, image: "{{ .Values.image.repository }}:1.0" }\n{{- range .Values.sidecars }}\n- { name: x, image: "{{ .registry | default "quay.io" }}/{{ .repository }}:{{ .tag }}" }\n{{- end }}',
        ),
      },
    },
    values: { sidecars: [{ repository: 'team/side', tag: '2.0', more: { mode: 420 } }] },
    references: ['team/app:1.0', 'team/side:2.0'],
  },
  'registry-that-only-a-helper-names': {
    parts: {
      values: 'redis: { name: redis, tag: "7.2" }\nkubectl: { name: bitnami/kubectl, tag: latest }\n',
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: "{{ (.Values.global).imageRegistry | default "docker.io" }}/{{ .Values.redis.name }}:{{ .Values.redis.tag }}" }',
            '- { name: b, image: "{{ (.Values.global).imageRegistry | default "docker.io" }}/{{ .Values.kubectl.name }}:{{ .Values.kubectl.tag }}" }',
          ].join('\n'),
        ),
      },
    },
    references: ['bitnami/kubectl:latest', 'library/redis:7.2'],
  },
  'one-registry-for-short-and-long-names': {
    parts: {
      values:
        'registry: docker.io\nredis: { name: redis, tag: "7.2" }\nkubectl: { name: bitnami/kubectl, tag: latest }\n',
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: "{{ .Values.registry }}/{{ .Values.redis.name }}:{{ .Values.redis.tag }}" }',
            '- { name: b, image: "{{ .Values.registry }}/{{ .Values.kubectl.name }}:{{ .Values.kubectl.tag }}" }',
            '- { name: c, image: "{{ .Values.registry }}/{{ .Values.kubectl.name }}:{{ .Values.kubectl.tag }}" }',
          ].join('\n'),
        ),
      },
    },
    references: ['bitnami/kubectl:latest', 'bitnami/kubectl:latest', 'library/redis:7.2'],
  },
};

const IMAGES = [
  'quay.io/team/app:1.0',
  'quay.io/team/side:2.0',
  'quay.io/team/tool:2.1',
  'ghcr.io/org/agent:v4',
  'docker.io/library/redis:7.2',
  'docker.io/bitnami/kubectl:latest',
  'docker.io/library/busybox:latest',
];

describeWith(['helm', 'crane'], 'values that are hard to trace or to rewrite', () => {
  let world: World;
  let helm: ConsumerHelm;
  let outcome: Outcome;
  const names = Object.keys(SHAPES);

  beforeAll(async () => {
    world = await startWorld();
    helm = await createConsumerHelm();
    await world.sources.addImages(IMAGES);
    for (const [name, { parts }] of Object.entries(SHAPES)) await world.publish(name, parts);
    outcome = await world.mirror(
      'all',
      Object.entries(SHAPES).map(([chart, { values }]) => ({
        chart,
        version: '1.0.0',
        ...(values === undefined ? {} : { values }),
      })),
    );
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  it.each(names)('%s is proven', (name) => {
    const row = outcome.row(name);
    expect(row.error).toBeNull();
    expect([row.proof.residue, row.proof.unexplained]).toEqual([[], []]);
    expect([row.status, row.proof.state]).toEqual(['pushed', 'proven']);
  });

  it.each(names)('%s renders, pulled by helm, exactly the planned references', async (name) => {
    const archive = await helm.pull(`oci://${world.proxy.host}/all/${name}`, '1.0.0');
    const own =
      SHAPES[name]?.values === undefined
        ? []
        : ['-f', join(world.machine.work, outcome.directory, 'helm-charts', name, 'values.yaml')];
    const output = await helm.template('r', archive, own);
    const target = `${world.proxy.host}/all/`;
    const rendered = output
      .replace(/(^|\s)#.*$/gm, '')
      .split(target)
      .slice(1)
      .map((rest) => /^[^\s"',}]+/.exec(rest)?.[0] ?? '');
    expect(rendered.sort()).toEqual(SHAPES[name]?.references);
    expect(strayHosts(output)).toEqual([]);
  });
});
