import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { imageChart, type NetWorld, startNetWorld } from '../support/net-world.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'charts.example.com';
const SOURCE = 'source.example.net';
const TARGET = 'registry.example.org';
const CACHE = 'cache.example.net';
const STABLE = `https://${CHARTS}/stable`;

/** Where the cache keeps each original; nothing else leads to any of them. */
const MIRRORS = [
  [STABLE, `https://${CACHE}/pull/stable`],
  ['files.example.com', `https://${CACHE}/files`],
  ['https://deps.example.com', `https://${CACHE}/dependencies`],
  [SOURCE, `${CACHE}/proxy/src`],
  ['docker.io', `https://${CACHE}/hub`],
] as const;

const WHOLE = {
  yaml: [
    'dependencies:',
    '  - { name: kv, version: 1.0.0, repository: "https://deps.example.com/charts" }',
    `  - { name: bus, version: ^1.0, repository: "oci://${SOURCE}/deps" }`,
  ],
  values: 'image: tool:1\n',
  templates: { 'd.yaml': deployment('- { name: main, image: "{{ .Values.image }}" }', 'whole') },
};

describeWith(['helm', 'crane', 'openssl'], 'source mirrors', () => {
  let world: NetWorld;
  const flags = MIRRORS.flatMap(([from, to]) => ['--source-mirror', `${from}=${to}`]);
  const addons = [
    { chart: 'web', version: '1.0.0', repository: STABLE },
    { chart: 'far', version: '1.0.0', repository: STABLE },
    { chart: 'sock', version: '1.0.0', repository: `oci://${SOURCE}/charts` },
    { chart: 'whole', version: '1.0.0', repository: STABLE },
  ];

  beforeAll(async () => {
    world = await startNetWorld({ [CACHE]: 'cache', [TARGET]: 'target' });
    const { publish } = world;
    const [app, far] = [imageChart(`${SOURCE}/apps/web:1`), imageChart('tool:1')];
    await publish('web', app, STABLE, `https://${CACHE}/pull/stable`);
    await publish('whole', WHOLE, STABLE, `https://${CACHE}/pull/stable`);
    for (const place of ['pull/stable', 'files/dist']) {
      await publish('far', far, 'https://files.example.com/dist', `https://${CACHE}/${place}`);
    }
    const charts = `https://${CACHE}/dependencies/charts`;
    await publish('kv', imageChart(`${SOURCE}/apps/kv:1`), 'https://deps.example.com/charts', charts);
    await publish('bus', imageChart(`${SOURCE}/apps/bus:1`), `oci://${CACHE}/proxy/src/deps`);
    await publish('sock', app, `oci://${CACHE}/proxy/src/charts`);
    await world.addImages('hub/library/tool:1', ...['web', 'kv', 'bus'].map((name) => `proxy/src/apps/${name}:1`));
  });

  afterEach(() => {
    world.reset();
    expect(world.machine.faults()).toEqual([]);
  });

  afterAll(() => world?.stop());

  it('lead to indexes, archives at absolute addresses, OCI charts, dependencies and images, and rename nothing', async () => {
    const { code, rows, report, stderr } = await world.mirror(addons, ['--target-registry', TARGET, ...flags], {
      cwd: 'flags',
    });
    expect([code, rows], stderr).toEqual([0, addons.map(({ chart }) => `${chart} pushed`)]);
    const asked = new Set(world.proxy.tunnels().map(({ authority }) => authority));
    expect([...asked].sort()).toEqual([`${CACHE}:443`, `${TARGET}:443`]);
    for (const [path, digestAt] of [
      ['apps/bus', 'proxy/src/apps/bus'],
      ['library/tool', 'hub/library/tool'],
    ] as const) {
      const source = await rawDigest(world.source.url, digestAt, '1');
      expect(await rawDigest(world.target.url, path, '1'), path).toBe(source);
    }
    const names = report.images.map(({ source }) => source);
    expect(names.sort()).toEqual([
      'docker.io/library/tool:1',
      ...['bus', 'kv', 'web'].map((name) => `${SOURCE}/apps/${name}:1`),
    ]);
    const whole = report.charts.find(({ chart }) => chart === 'whole');
    expect(whole?.dependencies.map(({ path, version, state }) => `${path} ${version} ${state}`)).toEqual([
      'kv 1.0.0 fetched',
      'bus 1.0.0 fetched',
    ]);
    // the cache may change from one day to the next: no file that stays names it
    const found = await world.machine.filesWith(CACHE, 'flags');
    expect(found).toEqual([]);
  });

  it('of the configuration lead to the same', async () => {
    const [stable, files, deps, source, hub] = MIRRORS;
    const listed = [stable, files, deps].map(([from, to]) => `  - { from: "${from}", to: "${to}" }\n`);
    const ofHosts = [source, hub].map(([host, to]) => `  ${host}: { mirror: "${to}" }\n`);
    const text = `sourceMirrors:\n${listed.join('')}registries:\n${ofHosts.join('')}`;
    await world.machine.write('configured/airgap-charts.yaml', text);
    const { code, rows, stderr } = await world.mirror(addons, ['--target-registry', TARGET, '--scan-only'], {
      cwd: 'configured',
    });
    expect([code, rows], stderr).toEqual([0, addons.map(({ chart }) => `${chart} ready`)]);
  });

  it('that cannot be reached are named beside what they stand for', async () => {
    const proxy = await startConnectProxy({ routes: { [`${TARGET}:443`]: world.at(TARGET).address } });
    try {
      const env = { HTTPS_PROXY: proxy.url };
      const argv = ['--target-registry', TARGET, '--scan-only', '--only-addon', 'web,sock', ...flags];
      const { code, report } = await world.mirror(addons, argv, { env });
      expect(code).toBe(1);
      const messages = report.charts.map(({ error }) => error?.message ?? '');
      expect(messages[0]).toContain(`${STABLE}/index.yaml cannot be reached (at ${CACHE})`);
      expect(messages[1]).toContain(`${SOURCE}/charts/sock`);
      expect(messages[1]).toContain(CACHE);
    } finally {
      await proxy.stop();
    }
  });
});
