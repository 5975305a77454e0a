import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { digestOf, parseManifest } from '../../../src/domain/manifest.ts';
import { chartYaml, oneDeploymentChart, packChart } from '../../support/charts.ts';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { startCountingProxy } from '../../support/counting-proxy.ts';
import { createAuthority } from '../../support/http-certificates.ts';
import { NEVER, type TestNetworkOptions } from '../../support/http-network.ts';
import { filesBelow, startRelayWorld } from '../../support/http-relay-world.ts';
import { type DistributionOptions, HTPASSWD, startDistribution } from '../../support/registries.ts';
import { describeWith, requireTool } from '../../support/tools.ts';

const cleanups: (() => Promise<unknown>)[] = [];
let chart: Buffer;

beforeAll(async () => {
  chart = await oneDeploymentChart('demo', '1.2.3+build.7', { repository: 'app', tag: '1' });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function fileOf(name: string, content: Uint8Array | string): string {
  const directory = mkdtempSync(join(tmpdir(), 'helm-push-'));
  cleanups.push(async () => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, content);
  utimesSync(path, 1_577_836_800, 1_577_836_800);
  return path;
}

async function counted(options: DistributionOptions = {}) {
  const server = await startDistribution(options);
  cleanups.push(server.stop);
  const proxy = await startCountingProxy(server.url);
  cleanups.push(proxy.stop);
  return proxy;
}

async function worldWith(options: TestNetworkOptions = {}) {
  const world = await startRelayWorld(options);
  cleanups.push(world.close);
  return world;
}

for (const tool of ['helm3', 'helm4'] as const) {
  describeWith([tool, 'registry'], `${tool} push through the relay`, () => {
    test('the archive arrives as it is, and a second push uploads nothing', async () => {
      const target = await counted();
      const world = await worldWith();
      const pusher = world.helm(requireTool(tool));
      const archive = fileOf('demo-1.2.3+build.7.tgz', chart);
      await pusher.push(archive, target.host, 'team/charts', NEVER);
      const reference = {
        registry: target.host,
        repository: 'team/charts/demo',
        tag: '1.2.3_build.7',
        digest: undefined,
      };
      const found = await world.network.registry.manifest(reference, 'destination', NEVER);
      if (found.kind !== 'found') throw new Error(`the chart is ${found.kind}`);
      const manifest = parseManifest(found.bytes, found.mediaType);
      expect(manifest?.kind === 'image' && manifest.layers.map(({ digest }) => digest)).toEqual([digestOf(chart)]);
      expect(found.bytes.toString()).toContain('"org.opencontainers.image.created":"1970-01-01T00:00:00Z"');
      const blob = await world.network.registry.blob(reference, digestOf(chart), 1_000_000, 'destination', NEVER);
      expect(Buffer.from(blob).equals(chart)).toBe(true);
      target.reset();
      await pusher.push(archive, target.host, 'team/charts', NEVER);
      expect(target.writes().filter(({ method }) => method !== 'PUT')).toEqual([]);
    });

    test('without a path', async () => {
      const target = await counted();
      const world = await worldWith();
      await world.helm(requireTool(tool)).push(fileOf('demo.tgz', chart), target.host, '', NEVER);
      const tags = await world.network.registry.tags(target.host, 'demo', 'destination', NEVER);
      expect(tags).toMatchObject({ kind: 'found', tags: ['1.2.3_build.7'] });
    });

    test('with a login, TLS, a private CA and a proxy, none of which helm gets to see', async () => {
      const authority = createAuthority();
      const server = await startDistribution({
        htpasswd: HTPASSWD.line,
        tls: authority.issue('charts.invented.example'),
      });
      cleanups.push(server.stop);
      const proxy = await startConnectProxy({ routes: { 'charts.invented.example:443': server.host } });
      cleanups.push(proxy.stop);
      const login = { username: HTPASSWD.user, password: HTPASSWD.password, origin: 'the test' };
      const world = await worldWith({
        env: { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: fileOf('ca.pem', authority.cert) },
        tokenSource: async () => login,
      });
      await world.helm(requireTool(tool)).push(fileOf('demo.tgz', chart), 'charts.invented.example', 'x', NEVER);
      const reference = {
        registry: 'charts.invented.example',
        repository: 'x/demo',
        tag: '1.2.3_build.7',
        digest: undefined,
      };
      expect(await world.network.registry.head(reference, 'destination', NEVER)).toMatchObject({ kind: 'found' });
      const everything = JSON.stringify([world.started, filesBelow(world.directory)]);
      for (const secret of [HTPASSWD.password, proxy.url, 'invented.example']) expect(everything).not.toContain(secret);
      expect(JSON.stringify(world.started)).not.toContain(world.relay.password);
      expect(world.started[0]?.env).toMatchObject({ TZ: 'UTC', KUBECONFIG: '/dev/null' });
    });

    test('a refusal is CHART_PUSH_FAILED with status and code, and is not repeated', async () => {
      const target = await counted();
      const world = await worldWith();
      const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'no charts here' }] });
      target.addFault({ method: 'POST', path: /uploads/, status: 403, body });
      const push = world.helm(requireTool(tool)).push(fileOf('demo.tgz', chart), target.host, 'x', NEVER);
      await expect(push).rejects.toMatchObject({
        code: 'CHART_PUSH_FAILED',
        origin: 'destination',
        message: expect.stringMatching(/pushing demo.tgz to oci:\/\/\S+\/x failed .* 403 DENIED: no charts here/),
      });
      expect(world.started).toHaveLength(1);
    });

    test('an immutable tag is CHART_TAG_TAKEN', async () => {
      const target = await counted();
      const world = await worldWith();
      const body = JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'tag is immutable' }] });
      target.addFault({ method: 'PUT', path: /manifests\//, status: 400, body });
      const push = world.helm(requireTool(tool)).push(fileOf('demo.tgz', chart), target.host, 'x', NEVER);
      await expect(push).rejects.toMatchObject({ code: 'CHART_TAG_TAKEN' });
    });

    test('short trouble is lived through', async () => {
      const target = await counted();
      const world = await worldWith();
      target.addFault({ path: /./, status: 503, times: 2 });
      target.addFault({ method: 'PUT', path: /manifests/, status: 429, times: 1, headers: { 'retry-after': '2' } });
      target.addFault({ method: 'PUT', path: /uploads/, cutAfterBytes: 10, times: 1 });
      await world.helm(requireTool(tool)).push(fileOf('demo.tgz', chart), target.host, 'x', NEVER);
      const tags = await world.network.registry.tags(target.host, 'x/demo', 'destination', NEVER);
      expect(tags).toMatchObject({ tags: ['1.2.3_build.7'] });
    });

    test('what is no chart fails with the words of helm', async () => {
      const target = await counted();
      const world = await worldWith();
      const archive = fileOf('bad.tgz', await packChart('bad', { 'Chart.yaml': chartYaml('Bad Name!', '1') }));
      const push = world.helm(requireTool(tool)).push(archive, target.host, 'x', NEVER);
      await expect(push).rejects.toMatchObject({
        code: 'CHART_PUSH_FAILED',
        message: expect.stringContaining('helm says'),
      });
    });
  });
}

describeWith(['helm3', 'helm4', 'registry'], 'both majors', () => {
  test('give the same manifest, whatever the time zone here', async () => {
    const target = await counted();
    const world = await worldWith({ env: { TZ: 'America/New_York' } });
    const archive = fileOf('demo.tgz', chart);
    await world.helm(requireTool('helm3')).push(archive, target.host, 'three', NEVER);
    await world.helm(requireTool('helm4')).push(archive, target.host, 'four', NEVER);
    const digests = await Promise.all(
      ['three', 'four'].map(async (path) => {
        const reference = {
          registry: target.host,
          repository: `${path}/demo`,
          tag: '1.2.3_build.7',
          digest: undefined,
        };
        const found = await world.network.registry.head(reference, 'destination', NEVER);
        return found.kind === 'found' ? found.digest : found.kind;
      }),
    );
    expect(digests[0]).toMatch(/^sha256:/);
    expect(digests[0]).toBe(digests[1]);
  });
});
