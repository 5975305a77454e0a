import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readText } from '../support/charts.ts';
import { type ChartParts, deployment, pod, vendored } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { strayHosts } from '../support/e2e-plain-grep.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { type Outcome, startWorld, type World } from '../support/e2e-world.ts';
import { standInFor } from '../support/loopback-sources.ts';
import { describeWith } from '../support/tools.ts';

const PIN = standInFor('quay.io/team/pinned:1.2').digest;
const BARE_PIN = standInFor('quay.io/team/bare:3').digest;

const IMAGES = [
  'quay.io/team/app:1.0',
  'quay.io/team/side:2.0',
  'quay.io/team/tool:2.1',
  'quay.io/team/pinned:1.2',
  'quay.io/team/bare:3',
  'ghcr.io/org/agent:v4',
  'ghcr.io/org/worker:v5',
  'registry.k8s.io/kv:0.9',
  'docker.io/library/redis:7.2',
  'docker.io/bitnami/kubectl:latest',
  'docker.io/library/busybox:latest',
  'docker.io/library/odd:1.10',
  'docker.io/library/even:644',
];

const SUBCHART: ChartParts = {
  values: 'image:\n  registry: registry.k8s.io\n  name: kv\n  tag: "0.9"\n',
  templates: {
    'kv.yaml': deployment(
      '- name: kv\n  image: "{{ .Values.global.registry | default .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"',
      'kv',
    ),
  },
};

/** The charts, and the references that each must render at the target, as often as here. */
const CHARTS: Readonly<Record<string, { readonly parts: ChartParts; readonly references: readonly string[] }>> = {
  aliased: {
    parts: {
      yaml: ['dependencies:', '  - name: kv', '    version: 1.0.0', '    alias: store', '    condition: store.enabled'],
      values: 'global: {}\nstore:\n  enabled: true\n  # the tag of the alias\n  image: { tag: "0.9" }\n',
      files: vendored('kv', SUBCHART),
    },
    references: ['kv:0.9'],
  },
  guarded: {
    parts: {
      yaml: ['annotations:', '  images: |', '    - name: other', '      image: docker.io/bitnami/other:9'],
      values: 'global: {}\nregistry: docker.io\nrepository: bitnami/kubectl\n',
      templates: {
        'd.yaml': deployment('- name: main\n  image: "{{ .Values.registry }}/{{ .Values.repository }}:latest"'),
        'NOTES.txt': [
          '{{- $moved := and (contains "docker.io/bitnami/" .Chart.Annotations.images) (ne .Values.registry "docker.io") }}',
          '{{- if and $moved (not (dig "security" "allowInsecureImages" false .Values.global)) }}',
          '{{- fail "unrecognized images: set global.security.allowInsecureImages" }}{{ end }}',
        ].join('\n'),
      },
    },
    references: ['bitnami/kubectl:latest'],
  },
  listed: {
    parts: {
      values:
        'sidecars:\n  - name: one\n    image: quay.io/team/side:2.0\n  - name: two\n    image: "quay.io/team/tool:2.1" # why\n',
      templates: {
        'd.yaml': deployment(
          '{{- range .Values.sidecars }}\n- name: {{ .name }}\n  image: {{ .image }}\n{{- end }}\n- name: main\n  image: quay.io/team/app:1.0',
        ),
      },
    },
    references: ['team/app:1.0', 'team/side:2.0', 'team/tool:2.1'],
  },
  global: {
    parts: {
      yaml: ['dependencies:', '  - { name: kv, version: 1.0.0 }'],
      values: 'global:\n  registry: quay.io\nimage: team/app\nkv:\n  image: { name: team/side, tag: "2.0" }\n',
      templates: {
        'd.yaml': deployment('- name: main\n  image: {{ .Values.global.registry }}/{{ .Values.image }}:1.0'),
      },
      files: vendored('kv', SUBCHART),
    },
    references: ['team/app:1.0', 'team/side:2.0'],
  },
  spoken: {
    parts: {
      values: 'agent:\n  repository: ghcr.io/org/agent\n  tag: v4\nworker: ghcr.io/org/worker:v5\n',
      templates: {
        'd.yaml': deployment(
          [
            '- name: main',
            '  image: quay.io/team/app:1.0',
            '  args: ["--worker-image={{ .Values.worker }}", "--verbose"]',
            '  env:',
            '    - { name: AGENT_IMAGE, value: "{{ .Values.agent.repository }}:{{ .Values.agent.tag }}" }',
          ].join('\n'),
        ),
        'c.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  config.yaml: |\n    worker:\n      image: {{ .Values.worker }}\n',
      },
    },
    references: ['org/agent:v4', 'org/worker:v5', 'org/worker:v5', 'team/app:1.0'],
  },
  pinned: {
    parts: {
      values: `image:\n  repository: quay.io/team/pinned\n  tag: "1.2"\n  digest: ${PIN}\nbare: quay.io/team/bare@${BARE_PIN}\n`,
      templates: {
        'd.yaml': deployment(
          '- name: both\n  image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}@{{ .Values.image.digest }}"\n- name: bare\n  image: {{ .Values.bare }}',
        ),
      },
    },
    references: [`team/bare@${BARE_PIN}`, `team/pinned:1.2@${PIN}`],
  },
  short: {
    parts: {
      values:
        'redis: redis:7.2\nkubectl: bitnami/kubectl\nbox: busybox\nodd: { name: odd, tag: "1.10" }\neven: { name: even, tag: 644 }\n',
      templates: {
        'd.yaml': deployment(
          [
            '- { name: a, image: {{ .Values.redis }} }',
            '- { name: b, image: {{ .Values.kubectl }} }',
            '- { name: c, image: {{ .Values.box }} }',
            '- { name: d, image: "{{ .Values.odd.name }}:{{ .Values.odd.tag }}" }',
            '- { name: e, image: "{{ .Values.even.name }}:{{ .Values.even.tag }}" }',
          ].join('\n'),
        ),
      },
    },
    references: ['bitnami/kubectl', 'library/busybox', 'library/even:644', 'library/odd:1.10', 'library/redis:7.2'],
  },
  hooked: {
    parts: {
      templates: {
        'hook.yaml': pod('ghcr.io/org/agent:v4', 'helm.sh/hook: pre-install'),
        'tests/test.yaml': pod('busybox', 'helm.sh/hook: test'),
      },
    },
    references: ['library/busybox', 'org/agent:v4'],
  },
};

describeWith(['helm', 'crane'], 'charts of every shape', () => {
  let world: World;
  let helm: ConsumerHelm;
  let outcome: Outcome;
  const names = Object.keys(CHARTS);

  beforeAll(async () => {
    world = await startWorld();
    helm = await createConsumerHelm();
    await world.sources.addImages(IMAGES);
    for (const [name, { parts }] of Object.entries(CHARTS)) await world.publish(name, parts);
    outcome = await world.mirror(
      'all',
      names.map((chart) => ({ chart, version: '1.0.0' })),
    );
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  /** The references below the target in rendered text, each as often as it occurs, without the target. */
  function below(output: string): readonly string[] {
    const text = output.replace(/(^|\s)#.*$/gm, '');
    const target = `${world.proxy.host}/all/`;
    return text
      .split(target)
      .slice(1)
      .map((rest) => /^[^\s"',}]+/.exec(rest)?.[0] ?? '')
      .sort();
  }

  it('are all pushed and proven', () => {
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.report.charts.map((row) => [row.chart, row.status, row.proof.state])).toEqual(
      names.map((name) => [name, 'pushed', 'proven']),
    );
  });

  it.each(names)('%s renders, pulled by helm, exactly the planned references', async (name) => {
    const archive = await helm.pull(`oci://${world.proxy.host}/all/${name}`, '1.0.0');
    const output = await helm.template('r', archive);
    expect(below(output)).toEqual(CHARTS[name]?.references);
    expect(strayHosts(output)).toEqual([]);
  });

  it.each(names)('%s renders the same from its original with the consumer values', async (name) => {
    const original = join(helm.directory, `${name}.tgz`);
    const answer = await fetch(`${world.sources.repository.url}/charts.example.test/stable/${name}-1.0.0.tgz`);
    await writeFile(original, Buffer.from(await answer.arrayBuffer()));
    const values = join(world.machine.work, outcome.directory, 'helm-charts', name, 'values.yaml');
    const { consumer } = outcome.row(name);
    expect(consumer.written).toBe(true);
    const rendered = below(await helm.template('r', original, ['-f', values]));
    if (consumer.state === 'proven') expect(rendered).toEqual(CHARTS[name]?.references);
    else expect(consumer.residue.length + consumer.unexplained.length).toBeGreaterThan(0);
    // what no value can move is a literal, and only literals may stay
    expect(consumer.state === 'proven', name).toBe(!['listed', 'spoken', 'hooked'].includes(name));
  });

  it('are copied with the digests of their sources', async () => {
    for (const reference of IMAGES) {
      const { repository, tag, digest } = standInFor(reference);
      const name = repository === 'team/bare' ? `mirrored-${BARE_PIN.slice(7, 19)}` : (tag ?? '');
      expect(await rawDigest(world.proxy.url, `all/${repository}`, name), reference).toBe(digest);
    }
  });

  it('keep every byte of values.yaml but the edited scalars', async () => {
    const before = CHARTS.listed?.parts.values ?? '';
    const after = await readText(await world.chartAt('all/listed'), 'listed/values.yaml');
    // a plain scalar may come to need quotes: those apart, every byte is where it was
    const unquoted = (text: string) => text.replaceAll('"', '');
    expect(unquoted(after ?? '')).toBe(unquoted(before.replaceAll('quay.io/', `${world.proxy.host}/all/`)));
    expect(after).toContain('team/tool:2.1" # why\n');
    const short = await readText(await world.chartAt('all/short'), 'short/values.yaml');
    expect(short).toContain('tag: 644 }');
    expect(short).toContain('tag: "1.10" }');
    const aliased = await readText(await world.chartAt('all/aliased'), 'aliased/values.yaml');
    expect(aliased).toContain('  # the tag of the alias\n');
  });

  it('name in the report the line of every literal that was patched', () => {
    const patched = outcome.row('hooked').edits.filter(({ line }) => line !== null);
    expect(patched.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
      'hooked/templates/hook.yaml:9',
      'hooked/templates/tests/test.yaml:9',
    ]);
  });

  it('are all present in a second run', async () => {
    const again = await world.mirror(
      'all',
      names.map((chart) => ({ chart, version: '1.0.0' })),
    );
    expect(again.report.totals.charts).toEqual({ present: names.length });
  });
});
