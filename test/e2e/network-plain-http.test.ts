import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { rawDigest } from '../support/e2e-registry.ts';
import { type ForwardProxy, startForwardProxy } from '../support/net-forward-proxy.ts';
import { imageChart, type NetWorld, startNetWorld } from '../support/net-world.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'charts.example.com';
const SOURCE = 'source.example.net';
const TARGET = 'registry.example.org';

describeWith(['helm', 'crane', 'openssl'], 'plain HTTP', () => {
  let world: NetWorld;
  let forward: ForwardProxy;
  const named = { chart: 'named', version: '1.0.0', repository: `http://${CHARTS}/stable` };
  const near = () => ({ chart: 'near', version: '1.0.0', repository: `oci://${world.source.host}/charts` });

  /** The environment in which plain requests go through one proxy and tunnels through another one. */
  const both = () => ({ env: { HTTP_PROXY: forward.url } });

  function tunnelled(host: string): boolean {
    return world.proxy.tunnels().some(({ authority }) => authority === `${host}:443`);
  }

  beforeAll(async () => {
    world = await startNetWorld({ [SOURCE]: 'source', [TARGET]: 'target' });
    const image = `${world.source.host}/apps/web:1`;
    await world.publish('near', imageChart(image), `oci://${world.source.host}/charts`);
    await world.publish('named', imageChart(`${SOURCE}/apps/web:1`), `http://${CHARTS}/stable`);
    await world.addImages('apps/web:1');
    forward = await startForwardProxy({
      ...{ [CHARTS]: world.charts.host, [SOURCE]: world.source.host, [TARGET]: world.target.host },
    });
  });

  afterEach(() => {
    world.reset();
    expect(world.machine.faults()).toEqual([]);
  });

  afterAll(() => Promise.all([world?.stop(), forward?.stop()]));

  it('is not spoken unasked, not even to loopback; the message says how to ask', async () => {
    const { code, rows, stderr } = await world.mirror([near()], ['--target-registry', world.target.host]);
    expect([code, rows]).toEqual([1, ['near failed REGISTRY_UNREACHABLE']]);
    expect(stderr).toContain('it does not speak TLS');
    expect(stderr).toContain(`→ if ${world.source.host} serves plain HTTP, add --plain-http ${world.source.host}`);
  });

  it('is spoken to loopback and the target with --plain-http alone', async () => {
    const argv = ['--target-registry', `${world.target.host}/alone`, '--plain-http'];
    const { code, rows, stderr } = await world.mirror([near()], argv);
    expect([code, rows], stderr).toEqual([0, ['near pushed']]);
  });

  it('is spoken to no other host than those that are named', async () => {
    const argv = ['--target-registry', `${world.target.host}/named`, '--plain-http', world.target.host];
    const one = await world.mirror([near()], argv);
    expect(one.rows).toEqual(['near failed REGISTRY_UNREACHABLE']);
    expect(one.report.charts[0]?.error?.message).toMatch(new RegExp(`^${world.source.host} .*does not speak TLS`));
    const two = await world.mirror([near()], [...argv, '--plain-http', world.source.host]);
    expect(two.rows, two.stderr).toEqual(['near pushed']);
  });

  it('without a host is for the target, and TLS stays for every other name; HTTP_PROXY leads there', async () => {
    const argv = ['--target-registry', `${TARGET}/plain`, '--plain-http'];
    const { code, rows, stderr } = await world.mirror([named], argv, both());
    expect([code, rows], stderr).toEqual([0, ['named pushed']]);
    expect(forward.hosts()).toEqual([CHARTS, TARGET]);
    expect([tunnelled(SOURCE), tunnelled(TARGET)]).toEqual([true, false]);
    expect(await rawDigest(world.target.url, 'plain/named', '1.0.0')).toBeDefined();
  });

  it('with a host is for that host, and TLS stays for the target', async () => {
    const argv = ['--target-registry', `${TARGET}/secure`, '--plain-http', SOURCE];
    const { code, rows, stderr } = await world.mirror([named], argv, both());
    expect([code, rows], stderr).toEqual([0, ['named pushed']]);
    expect(forward.hosts()).toContain(SOURCE);
    expect(tunnelled(TARGET)).toBe(true);
  });

  it('can be asked for in the configuration, for one host', async () => {
    await world.machine.write(
      'configured/airgap-charts.yaml',
      `registries: { ${world.source.host}: { plainHttp: true } }\n`,
    );
    const run = { cwd: 'configured' };
    const { code, rows, stderr } = await world.mirror([near()], ['--target-registry', `${TARGET}/configured`], run);
    expect([code, rows], stderr).toEqual([0, ['near pushed']]);
  });
});
