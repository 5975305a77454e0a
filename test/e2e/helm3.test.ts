import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { type ChartParts, deployment, makeChart, pod, vendored } from '../support/e2e-charts.ts';
import { type CliResult, createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import { rawChart, rawDigest } from '../support/e2e-registry.ts';
import { type LoopbackSources, standInFor, startLoopbackSources } from '../support/loopback-sources.ts';
import { startForwardProxy } from '../support/net-forward-proxy.ts';
import { startCraneRegistry } from '../support/registries.ts';
import { describeWith } from '../support/tools.ts';

const TARGET = 'registry.example.org';
const STABLE = 'https://charts.example.com/stable';

const PIN = standInFor('quay.io/team/pinned:1.2').digest;
const IMAGES = [
  'quay.io/team/app:1.0',
  'quay.io/team/pinned:1.2',
  'docker.io/library/redis:7.2',
  'docker.io/library/busybox',
];

const KV: ChartParts = {
  values: 'image: { registry: docker.io, name: redis, tag: "7.2" }\n',
  templates: {
    'kv.yaml': deployment(
      '- { name: kv, image: "{{ .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}" }',
      'kv',
    ),
  },
};

/** A chart in which much comes together: subchart, digest pin, hook, CRD, schema, and a value that null takes away. */
const FULL: ChartParts = {
  yaml: ['dependencies:', '  - { name: kv, version: 1.0.0 }'],
  values: `image:\n  repository: quay.io/team/pinned # kept\n  digest: ${PIN}\nside: quay.io/team/app:1.0\nextra: { note: n }\n`,
  templates: {
    'd.yaml': deployment(
      '- { name: main, image: "{{ .Values.image.repository }}@{{ .Values.image.digest }}" }\n{{- with .Values.extra }}\n- { name: side, image: {{ $.Values.side }} }\n{{- end }}',
    ),
    'tests/t.yaml': pod('busybox', 'helm.sh/hook: test'),
  },
  files: {
    ...vendored('kv', KV),
    'values.schema.json': '{"type":"object","properties":{"side":{"type":"string"}}}\n',
    'crds/things.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: things.example.com }\nspec: {}\n',
  },
};

/** A chart that does not render: what helm says of it goes into the report. */
const PICKY: ChartParts = {
  templates: {
    'd.yaml': deployment('- { name: {{ required "name is needed" .Values.name }}, image: quay.io/team/app:1.0 }'),
  },
};

/** A helm with a target of its own, which both know by one name. */
interface Side {
  readonly machine: Machine;
  readonly target: CountingProxy;
  mirror(directory: string): Promise<CliResult>;
  stop(): Promise<void>;
}

async function startSide(helm: 'helm4' | 'helm3', sources: LoopbackSources, to?: CountingProxy): Promise<Side> {
  const registry = await startCraneRegistry();
  const target = to ?? (await startCountingProxy(registry.url));
  const forward = await startForwardProxy({ [TARGET]: target.host });
  const machine = await createMachine({ helm, crane: true });
  const addons = [
    { chart: 'full', version: '1.0.0', repository: STABLE },
    { chart: 'full', version: '1.0.0', repository: STABLE, release: 'bare', values: { extra: null } },
    { chart: 'picky', version: '1.0.0', repository: STABLE },
  ];
  return {
    machine,
    target,
    async mirror(directory) {
      await machine.write(`${directory}/c.yaml`, JSON.stringify({ addons }));
      const argv = ['mirror', '--catalog', 'c.yaml', '--target-registry', `${TARGET}/m`, '--plain-http'];
      const options = { cwd: directory, env: { HTTP_PROXY: forward.url } };
      return machine.run([...argv, ...mirrorFlags(sources.mirrors())], options);
    },
    async stop() {
      await Promise.all([forward.stop(), machine.remove(), target.stop()]);
      await registry.stop();
    },
  };
}

function withoutLine(hit: object): object {
  return { ...hit, line: 0 };
}

/**
 * What of a report is the same in any two runs: all but times, tools, the bytes that really moved (layers that two images
 * share may move once or twice), and lines of rendered text, since helm 3 and 4 part documents differently.
 */
function lasting(report: Report): unknown {
  const text = JSON.stringify({ ...report, startedAt: '', finishedAt: '', tools: {} }, (key, value: unknown) => {
    if (key === 'bytesCopied') return 0;
    return key === 'unexplained' && Array.isArray(value) ? value.map(withoutLine) : value;
  });
  return JSON.parse(text);
}

describeWith(['helm4', 'helm3', 'crane'], 'helm 3 beside helm 4', () => {
  let sources: LoopbackSources;
  let four: Side;
  let three: Side;

  beforeAll(async () => {
    sources = await startLoopbackSources();
    await sources.addChart(STABLE, await makeChart('full', FULL));
    await sources.addChart(STABLE, await makeChart('picky', PICKY));
    await sources.addImages(IMAGES);
    [four, three] = await Promise.all([startSide('helm4', sources), startSide('helm3', sources)]);
  });

  afterAll(() => Promise.all([sources?.stop(), four?.stop(), three?.stop()]));

  it('makes the same archives, values and report, byte for byte', async () => {
    const [with4, with3] = [await four.mirror('run'), await three.mirror('run')];
    expect([with4.code, with3.code], with4.stderr + with3.stderr).toEqual([1, 1]);
    const [report4, report3] = [await four.machine.report('run'), await three.machine.report('run')];
    expect([report4.tools.helm?.split('.')[0], report3.tools.helm?.split('.')[0]]).toEqual(['4', '3']);
    expect(report4.charts.map(({ status, error }) => error?.code ?? status)).toEqual([
      'pushed',
      'pushed',
      'RENDER_FAILED',
    ]);
    expect(lasting(report3)).toEqual(lasting(report4));
    const files = await four.machine.files(join(four.machine.work, 'run'));
    expect(files.filter((file) => file.endsWith('.tgz'))).toHaveLength(1);
    expect(await three.machine.files(join(three.machine.work, 'run'))).toEqual(files);
    // these name the version of helm, and a journal is in the order in which things happened
    const other = /^report\.(?:json|html)$|proof\.json$|\.journal$/;
    for (const file of files.filter((name) => !other.test(name))) {
      const [bytes4, bytes3] = [four, three].map(({ machine }) => readFile(join(machine.work, 'run', file)));
      expect((await bytes3)?.equals((await bytes4) ?? Buffer.of()), file).toBe(true);
    }
  });

  it('pushes the same chart and images', async () => {
    const charts = [four, three].map(({ target }) => rawChart(target.url, 'm/full', '1.0.0'));
    expect((await charts[1])?.equals((await charts[0]) ?? Buffer.of())).toBe(true);
    for (const [repository, tag] of [
      ['m/full', '1.0.0'],
      ['m/team/app', '1.0'],
      ['m/library/redis', '7.2'],
    ] as const) {
      const digest = await rawDigest(four.target.url, repository, tag);
      expect(digest, repository).toBeDefined();
      expect(await rawDigest(three.target.url, repository, tag), repository).toBe(digest);
    }
  });

  it('finds in a target that helm 4 has filled nothing to do', async () => {
    const other = await startSide('helm3', sources, four.target);
    try {
      four.target.reset();
      const again = await other.mirror('again');
      const report = await other.machine.report('again');
      expect(
        report.charts.map(({ status, error }) => error?.code ?? status),
        again.stderr,
      ).toEqual(['present', 'present', 'RENDER_FAILED']);
      expect(report.totals.bytesCopied).toBe(0);
      expect(four.target.writes()).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});
