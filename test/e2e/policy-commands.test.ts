import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import type { ChartRepositoryServer } from '../../src/demo/chart-repository.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import type { Digest } from '../../src/domain/reference.ts';
import { type CarryWorld, startCarryWorld } from '../support/carry-world.ts';
import { startChartRepository } from '../support/chart-repository.ts';
import { deployment, makeChart } from '../support/e2e-charts.ts';
import { rawManifest } from '../support/e2e-registry.ts';
import { pushArtifact, pushBlob, pushManifest } from '../support/made-artifacts.ts';
import { makeKey, payloadFor, signBytes } from '../support/made-signatures.ts';
import { describeWith } from '../support/tools.ts';

/** A rule of a policy, further settings that it needs, and how messages name it. */
interface Rule {
  readonly policy: string;
  readonly settings?: string;
  readonly named: string;
}

/** `HOST` is the registry that images and charts come from. */
const RULES = {
  refused: { policy: 'refused: ["*/team/large:*"]', named: '(policy.refused "*/team/large:*")' },
  allowedRegistries: { policy: 'allowedRegistries: [quay.io]', named: '(policy.allowedRegistries)' },
  largestImage: { policy: 'largestImage: 200kB', named: '(policy.largestImage)' },
  requireSignatures: {
    policy: 'requireSignatures: ["*/team/large:*"]',
    settings: 'signatureKeys: [key.pub]\n',
    named: '(policy.requireSignatures "*/team/large:*")',
  },
  allowedChartSources: {
    policy: 'allowedChartSources: ["oci://registry.example.com/charts"]',
    named: '(policy.allowedChartSources)',
  },
} as const satisfies Readonly<Record<string, Rule>>;

type RuleName = keyof typeof RULES;

const ABOUT_IMAGES = ['refused', 'allowedRegistries', 'largestImage'] as const;
const ALL = [...ABOUT_IMAGES, 'requireSignatures', 'allowedChartSources'] as const;

/** Every command that moves content, what it is called with, and the rules that it applies; `TO` is the target with a path. */
const COMMANDS: readonly {
  readonly name: string;
  readonly argv: readonly string[];
  readonly rules: readonly RuleName[];
}[] = [
  { name: 'mirror', argv: ['mirror', '--catalog', 'catalog.yaml', '--target-registry', 'TO'], rules: ALL },
  { name: 'plan', argv: ['plan', '--catalog', 'catalog.yaml', '--target-registry', 'TO', '--out', 'OUT'], rules: ALL },
  { name: 'mirror --plan', argv: ['mirror', '--plan', 'before.json'], rules: ALL },
  {
    name: 'copy',
    argv: ['copy', '--images', 'images.txt', '--target-registry', 'TO'],
    rules: [...ABOUT_IMAGES, 'requireSignatures'],
  },
  { name: 'bundle create', argv: ['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'OUT'], rules: ALL },
  {
    name: 'bundle push',
    argv: ['bundle', 'push', 'before.tar', '--target-registry', 'TO'],
    rules: [...ABOUT_IMAGES, 'allowedChartSources'],
  },
  { name: 'wrap', argv: ['wrap', 'oci://HOST/charts/shop:1.0.0', '--output-file', 'OUT'], rules: ALL },
  { name: 'unwrap', argv: ['unwrap', 'before.wrap.tgz', 'TO'], rules: ABOUT_IMAGES },
];

describeWith(['helm', 'crane', 'registry'], 'the policy of a configuration', () => {
  let world: CarryWorld;
  let repository: ChartRepositoryServer;

  const chartOf = (name: string, images: readonly string[], yaml: readonly string[] = []) =>
    makeChart(name, {
      yaml,
      templates: {
        'd.yaml': deployment(images.map((image, at) => `- { name: c${at}, image: '${image}' }`).join('\n')),
      },
    });
  const filled = (text: string, to = '', out = ''): string =>
    text.replaceAll('HOST', world.source.host).replaceAll('TO', `${world.target.host}/${to}`).replaceAll('OUT', out);

  async function publish(name: string, images: readonly string[], yaml: readonly string[] = []): Promise<void> {
    const { archive } = await chartOf(
      name,
      images.map((image) => filled(image)),
      yaml,
    );
    const client = createRegistryClient({ base: world.source.url });
    await client.push(`charts/${name}`, '1.0.0', buildChartArtifact(name, '1.0.0', archive));
    client.close();
  }

  const asked = (part: string): readonly string[] =>
    world.source.requests().flatMap(({ method, path }) => (path.includes(part) ? [`${method} ${path}`] : []));

  beforeAll(async () => {
    [world, repository] = await Promise.all([startCarryWorld(undefined, 'memory'), startChartRepository()]);
    await world.push('team/small', '1', { name: 'small' });
    await world.push('team/large', '1', { name: 'large', layerBytes: 300_000 });
    await world.push('team/other', '1', { name: 'other' });
    await publish('shop', ['HOST/team/small:1', 'HOST/team/large:1']);
    await world.machine.write('key.pub', makeKey().pem);
    await world.machine.write('images.txt', filled('HOST/team/small:1\nHOST/team/large:1\n'));
    const addons = [{ chart: 'shop', version: '1.0.0', repository: filled('oci://HOST/charts') }];
    await world.machine.write('catalog.yaml', JSON.stringify({ addons }));
    const before = [
      ['plan', '--catalog', 'catalog.yaml', '--target-registry', 'TO', '--out', 'before.json'],
      ['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'before.tar', '--output-dir', 'made'],
      ['wrap', 'oci://HOST/charts/shop:1.0.0', '--output-file', 'before.wrap.tgz'],
    ];
    for (const argv of before) {
      const { code, stderr } = await world.run(argv.map((word) => filled(word, 'planned')));
      expect(code, stderr).toBe(0);
    }
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), repository?.stop()]);
  });

  async function ruled(name: string, policy: string, settings = ''): Promise<string> {
    await world.machine.write(`${name}.yaml`, `${settings}policy:\n  ${policy}\n`);
    return `${name}.yaml`;
  }

  const rows = COMMANDS.flatMap(({ name, argv, rules }) => rules.map((rule) => ({ name, argv, rule })));

  it.each(rows)('is applied by $name: $rule', async ({ name, argv, rule }) => {
    const { policy, named, settings = '' }: Rule = RULES[rule];
    const own = `${name.replaceAll(/\W+/g, '-')}-${rule}`.toLowerCase();
    const flags = ['--config', await ruled(own, policy, settings)];
    const place = /^(?:wrap|plan)$/.test(name) ? [] : ['--output-dir', `out-${own}`];
    const out = `${own}.file`;
    world.source.reset();
    world.target.reset();
    const done = await world.run([...argv.map((word) => filled(word, own, out)), ...place, ...flags]);
    const said = `${done.stdout}\n${done.stderr}`;
    // a plan that was made without signatures is refused whole
    expect(done.code, said).toBe(name === 'mirror --plan' && rule === 'requireSignatures' ? 2 : 1);
    expect(said).toContain(named);
    const written = world.target.writes().map(({ path }) => path);
    expect(written.filter((path) => /team\/large|shop/.test(path))).toEqual([]);
    // the plan is there, says what it refuses, and cannot be run
    if (name !== 'plan') expect((await world.machine.files()).filter((file) => file.startsWith(out))).toEqual([]);
    if (rule === 'allowedChartSources') expect(asked('shop')).toEqual([]);
    if (rule === 'refused' || rule === 'allowedRegistries')
      expect(asked('team/large').filter((line) => line.startsWith('GET'))).toEqual([]);
  });

  it('is named in the row of a bundle that lacks everything', async () => {
    const config = await ruled('lacking', RULES.refused.policy);
    const argv = ['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'lacking.tar', '--config', config];
    const { code, stderr } = await world.run([...argv, '--output-dir', 'lacking']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^NOT IN THE BUNDLE\s+shop: POLICY_REFUSED: .*\(policy\.refused "\*\/team\/large:\*"\)$/m);
  });

  it('names the first of several images in the order of their names, and how many others there are', async () => {
    const images = ['small', 'other', 'large'].map((name) => `HOST/team/${name}:1`);
    await publish('many', images);
    const config = await ruled('many', 'refused: ["*/team/*"]');
    const addons = [{ chart: 'many', version: '1.0.0', repository: filled('oci://HOST/charts') }];
    await world.machine.write('many-catalog.yaml', JSON.stringify({ addons }));
    const expected = `${world.source.host}/team/large:1 is refused (policy.refused "*/team/*"), and 2 more`;
    const run = [filled('mirror'), '--catalog', 'many-catalog.yaml', '--target-registry', filled('TO', 'many')];
    await world.run([...run, '--config', config, '--output-dir', 'many']);
    expect((await world.machine.report('many')).charts[0]?.error?.message).toBe(expected);
    const wrap = ['wrap', filled('oci://HOST/charts/many:1.0.0'), '--config', config];
    const { report } = await world.carry([...wrap, '--output-file', 'many.wrap.tgz']);
    expect(report.charts[0]?.error?.message).toBe(expected);
  });

  it('counts for charts from chart repositories, and for what they lack', async () => {
    const other = await chartOf('other', [filled('HOST/team/other:1')]);
    repository.add('/stable', [other]);
    repository.add('/elsewhere', [other]);
    const lines = (at: string) => ['dependencies:', `  - { name: other, version: 1.0.0, repository: "${at}" }`];
    repository.add('/stable', [
      await chartOf('needy', [filled('HOST/team/small:1')], lines(`${repository.url}/elsewhere`)),
      await chartOf('content', [filled('HOST/team/small:1')], lines(`${repository.url}/stable`)),
    ]);
    const addons = ['other', 'needy', 'content'].map((chart) => ({
      ...{ chart, version: '1.0.0', repository: `${repository.url}/${chart === 'other' ? 'elsewhere' : 'stable'}` },
    }));
    await world.machine.write('sources-catalog.yaml', JSON.stringify({ addons }));
    const config = await ruled('sources', `allowedChartSources: ["${repository.url}/stable"]`);
    const argv = ['mirror', '--catalog', 'sources-catalog.yaml', '--target-registry', filled('TO', 'sources')];
    const { code } = await world.run([...argv, '--config', config, '--output-dir', 'sources']);
    const { charts } = await world.machine.report('sources');
    const from = `comes from ${repository.url}/elsewhere, which is not allowed (policy.allowedChartSources)`;
    expect(charts.map(({ chart, status, error }) => [chart, status, error?.message])).toEqual([
      ['other', 'refused', `the chart other ${from}`],
      ['needy', 'refused', `the dependency other of needy ${from}`],
      ['content', 'pushed', undefined],
    ]);
    expect(code).toBe(1);
    expect(repository.requests().filter(({ path }) => path.includes('/elsewhere'))).toEqual([]);
  });

  const KEY = makeKey();

  /** Signs a manifest as cosign does. */
  async function sign(name: string, digest: Digest): Promise<void> {
    const payload = payloadFor(digest);
    const signature = signBytes(KEY, Buffer.from(payload)).toString('base64');
    await pushArtifact(world.source.url, `team/${name}`, `${digest.replace(':', '-')}.sig`, {
      ...{ layers: [payload], layerType: 'application/vnd.dev.cosign.simplesigning.v1+json' },
      layerAnnotations: [{ 'dev.cosignproject.cosign/signature': signature }],
    });
  }

  /** Wraps a chart with one image; the last line is what became of it. */
  async function wrapped(name: string, out: string, ...flags: readonly string[]) {
    await publish(`of-${name}`, [`HOST/team/${name}:1`]);
    const argv = ['wrap', filled(`oci://HOST/charts/of-${name}:1.0.0`), '--output-file', out, ...flags];
    const { code, report, stderr } = await world.carry(argv);
    const [chart] = report.charts;
    return { code, stderr, error: chart?.error?.message ?? '', notes: chart?.notes ?? [] };
  }

  it('lets a wrap have what is signed: as a whole, or every platform that is in it', async () => {
    await world.machine.write('own.pub', KEY.pem);
    const platforms = ['linux/amd64', 'linux/arm64'];
    const whole = await world.push('team/whole', '1', { name: 'whole', platforms });
    const parts = await world.push('team/parts', '1', { name: 'parts', platforms });
    await sign('whole', whole.digest);
    const index: { manifests: { digest: Digest }[] } = JSON.parse(
      (await rawManifest(world.source.url, 'team/parts', parts.digest))?.text ?? '',
    );
    await sign('parts', index.manifests[0]?.digest ?? parts.digest);
    const policy = '{ requireSignatures: ["*/team/whole:*", "*/team/parts:*"], allowedRegistries: ["127.0.0.1:*"] }';
    await world.machine.write('signed.yaml', `signatureKeys: [own.pub]\npolicy: ${policy}\n`);
    const config = ['--config', 'signed.yaml'];
    const behind = 'they are not in the wrap, --fetch-artifacts takes them along';
    const good = await wrapped('whole', 'whole.wrap.tgz', ...config);
    expect([good.code, good.notes], good.stderr).toEqual([0, [`signatures of 1 of 1 image verified; ${behind}`]]);
    const cut = await wrapped('whole', 'cut.wrap.tgz', ...config, '--platforms', 'linux/arm64', '--fetch-artifacts');
    expect([cut.code, cut.notes]).toEqual([0, ['signatures of 1 of 1 image verified']]);
    const refused = await wrapped('parts', 'parts.wrap.tgz', ...config);
    expect([refused.code, refused.error]).toEqual([
      ...[
        1,
        expect.stringMatching(
          /does not verify: no signature was found \(policy\.requireSignatures "\*\/team\/parts:\*"\)$/,
        ),
      ],
    ]);
    expect((await wrapped('parts', 'amd64.wrap.tgz', ...config, '--platforms', 'linux/amd64')).code).toBe(0);
    expect((await wrapped('parts', 'arm64.wrap.tgz', ...config, '--platforms', 'linux/arm64')).code).toBe(1);
    // what no pattern names need not be signed, and one run may go without
    const other = await wrapped('small', 'small.wrap.tgz', ...config);
    expect([other.code, other.notes]).toEqual([0, ['signatures of 0 of 1 image verified']]);
    expect((await wrapped('parts', 'none.wrap.tgz', ...config, '--no-verify-signatures')).code).toBe(0);
    // and by flags alone
    const flags = ['--verify-signatures', '--signature-key', 'own.pub'];
    expect((await wrapped('whole', 'flags.wrap.tgz', ...flags)).code).toBe(0);
    expect((await wrapped('small', 'unsigned.wrap.tgz', ...flags)).error).toMatch(/no signature was found$/);
    const files = (await world.machine.files()).filter(
      (file) => file.endsWith('.wrap.tgz') && file !== 'before.wrap.tgz',
    );
    expect(files).toEqual(['amd64', 'cut', 'flags', 'none', 'small', 'whole'].map((name) => `${name}.wrap.tgz`));
  });

  it('says in a wrap what an image does not say of its platform', async () => {
    const config = JSON.stringify({ architecture: '', os: '', rootfs: { type: 'layers', diff_ids: [] } });
    await pushBlob(world.source.url, 'team/nowhere', config);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const own = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    };
    await pushManifest(world.source.url, 'team/nowhere', '1', { schemaVersion: 2, mediaType, config: own, layers: [] });
    const { code, stderr } = await wrapped('nowhere', 'nowhere.wrap.tgz');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/team\/nowhere:1 \(says no platform\)/)]);
  });
});
