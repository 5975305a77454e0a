import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { type NetHost, type NetHostOptions, startNetHost } from '../support/net-host.ts';
import { imageChart, type NetWorld, startNetWorld } from '../support/net-world.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'charts.example.com';
const SOURCE = 'source.example.net';
const TARGET = 'registry.example.org';
const MUTUAL = 'mutual.example.net';
const STABLE = `https://${CHARTS}/stable`;
const UNTRUSTED = 'its certificate is signed by an authority that is not trusted';

describeWith(
  ['helm', 'crane', 'openssl'],
  'hosts that only a proxy leads to, with certificates of a private authority',
  () => {
    let world: NetWorld;
    const web = { chart: 'web', version: '1.0.0', repository: STABLE };
    const sock = { chart: 'sock', version: '1.0.0', repository: `oci://${SOURCE}/charts` };
    const opened: { stop(): Promise<void> }[] = [];

    /** Targets that differ in their path let every run push anew. */
    function to(path: string, ...flags: readonly string[]): readonly string[] {
      return ['--target-registry', `${TARGET}/${path}`, ...flags];
    }

    async function proxyWith(...argv: Parameters<typeof startConnectProxy>): Promise<ConnectProxy> {
      const proxy = await startConnectProxy(...argv);
      opened.push(proxy);
      return proxy;
    }

    async function hostWith(
      name: string,
      options: Pick<NetHostOptions, 'backend' | 'listen' | 'clientCa'>,
    ): Promise<NetHost> {
      const host = await startNetHost({ name, certificate: await world.ca.issue([name]), ...options });
      opened.push(host);
      return host;
    }

    beforeAll(async () => {
      world = await startNetWorld({ [CHARTS]: 'charts', [SOURCE]: 'source', [TARGET]: 'target' });
      await world.publish('web', imageChart(`${SOURCE}/apps/web:1`), STABLE);
      await world.publish('sock', imageChart(`${SOURCE}/apps/sock:1`), `oci://${SOURCE}/charts`);
      await world.addImages('apps/web:1', 'apps/sock:1');
      const hosts = [CHARTS, SOURCE, TARGET].map((host) => `  ${host}: { ca: ca.pem }\n`);
      await world.machine.write('settings/ca.pem', world.ca.cert);
      await world.machine.write('settings/all.yaml', 'ca: ca.pem\n');
      await world.machine.write('settings/each.yaml', `registries:\n${hosts.join('')}`);
      await world.machine.write('settings/one.yaml', `registries:\n${hosts[0]}`);
    });

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((server) => server.stop()));
      world.reset();
      expect(world.machine.faults()).toEqual([]);
    });

    afterAll(() => world?.stop());

    it('are all reached through HTTPS_PROXY: chart repository, OCI chart, images, target', async () => {
      const { code, rows, stderr } = await world.mirror([web, sock], to('all'));
      expect(code, stderr).toBe(0);
      expect(rows).toEqual(['web pushed', 'sock pushed']);
      for (const name of ['web', 'sock']) {
        const source = await rawDigest(world.source.url, `apps/${name}`, '1');
        expect(await rawDigest(world.target.url, `all/apps/${name}`, '1'), name).toBe(source);
        expect(await rawDigest(world.target.url, `all/${name}`, '1.0.0'), name).toBeDefined();
      }
      const asked = new Set(world.proxy.tunnels().map(({ authority }) => authority));
      expect([...asked].sort()).toEqual(Object.keys(world.routes).sort());
    });

    it('get no request from helm and crane, which know of no proxy and no authority', async () => {
      const { code, stderr } = await world.mirror([web], to('crane', '--engine', 'crane'));
      expect(code, stderr).toBe(0);
      const children = await world.machine.children();
      expect(children.some((text) => text.includes('/crane\ncopy\n'))).toBe(true);
      expect(children.some((text) => text.includes('/helm\npush\n'))).toBe(true);
      for (const text of children) {
        expect(text).not.toContain(world.proxy.url);
        expect(text).not.toContain(world.ca.certFile);
      }
    });

    it.each([
      ['NODE_EXTRA_CA_CERTS', ['--scan-only'], 'web ready'],
      ['--ca-file', ['--scan-only', '--ca-file', '../settings/ca.pem'], 'web ready'],
      ['ca of the configuration', ['--scan-only', '--config', '../settings/all.yaml'], 'web ready'],
      ['ca of each host', ['--config', '../settings/each.yaml'], 'web pushed'],
    ])('are trusted by %s', async (way, flags, row) => {
      const env = { SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: way === 'NODE_EXTRA_CA_CERTS' ? world.ca.certFile : '' };
      const { rows, stderr } = await world.mirror([web], to('trusted', ...flags), { env });
      expect(rows, stderr).toEqual([row]);
    });

    it('say, without the authority, whose certificate is not trusted and what to give', async () => {
      const { code, rows, stderr } = await world.mirror([web, sock], to('none'), { env: { SSL_CERT_FILE: '' } });
      expect(code).toBe(1);
      expect(rows).toEqual(['web failed CHART_SOURCE_UNREACHABLE', 'sock failed REGISTRY_UNREACHABLE']);
      const through = `(through the proxy ${new URL(world.proxy.url).host})`;
      expect(stderr).toContain(`${STABLE}/index.yaml cannot be reached: ${UNTRUSTED} ${through}`);
      expect(stderr).toContain(`${SOURCE} cannot be reached for ${SOURCE}/charts/sock:1.0.0: ${UNTRUSTED} ${through}`);
      const hint = (host: string) =>
        `the certificate of ${host} with --ca-file, or as ca of this host in the configuration`;
      expect(stderr).toContain(hint(CHARTS));
      expect(stderr).toContain(hint(SOURCE));
    });

    it('are trusted only where the configuration says so: another host is not', async () => {
      const env = { SSL_CERT_FILE: '' };
      const { code, rows, report } = await world.mirror([web], to('one', '--config', '../settings/one.yaml'), { env });
      expect([code, rows]).toEqual([1, ['web failed REGISTRY_UNREACHABLE']]);
      expect(report.charts[0]?.error?.message).toContain(UNTRUSTED);
      expect(report.charts[0]?.error?.message).toMatch(new RegExp(`${SOURCE}|${TARGET}`));
      expect(await rawDigest(world.target.url, 'one/web', '1.0.0')).toBeUndefined();
    });

    it('are not even tried when a file of certificates is missing: exit code 2, nothing written', async () => {
      await world.machine.write('missing/catalog.yaml', JSON.stringify({ addons: [web] }));
      const argv = ['mirror', '--catalog', 'catalog.yaml', ...to('missing')];
      const env = { HTTPS_PROXY: world.proxy.url, SSL_CERT_FILE: '/no/such.pem' };
      const before = world.proxy.tunnels().length;
      const { code, stderr } = await world.machine.run(argv, { cwd: 'missing', env });
      expect(code).toBe(2);
      expect(stderr).toContain('INPUT_INVALID: SSL_CERT_FILE /no/such.pem cannot be read\n');
      expect(stderr).toContain('→ name a readable PEM file for SSL_CERT_FILE');
      expect(world.proxy.tunnels()).toHaveLength(before);
      expect(await world.machine.files()).not.toContain('missing/report.json');
    });

    it('are reached through a proxy with a login, which nothing shows', async () => {
      const login = world.machine.guard({ user: 'way', password: 'out&through' });
      const proxy = await proxyWith({ routes: world.routes, login });
      const url = new URL(proxy.url);
      url.username = login.user;
      url.password = encodeURIComponent(login.password);
      const { rows, stderr } = await world.mirror([web], to('login'), { env: { HTTPS_PROXY: url.href } });
      expect(rows, stderr).toEqual(['web pushed']);
      expect(proxy.tunnels().length).toBeGreaterThan(0);
    });

    it('are not blamed for a proxy that refuses', async () => {
      const locked = await proxyWith({ routes: world.routes, login: { user: 'way', password: 'in' } });
      const wrong = world.machine.guard({ user: 'way', password: 'not-the-one' });
      const url = locked.url.replace('//', `//${wrong.user}:${wrong.password}@`);
      const denied = await world.mirror([web, sock], to('407'), { env: { HTTPS_PROXY: url } });
      expect([denied.code, denied.rows.length]).toEqual([1, 2]);
      expect(denied.stderr).toContain(`cannot be reached: the proxy ${new URL(locked.url).host} answered 407`);
      expect(denied.stderr).toContain('→ the proxy asks for a user and password: write them in HTTPS_PROXY');

      const narrow = await proxyWith({ routes: {} });
      const forbidden = await world.mirror([web, sock], to('403'), { env: { HTTPS_PROXY: narrow.url } });
      expect(forbidden.code).toBe(1);
      for (const host of [CHARTS, SOURCE]) {
        expect(forbidden.stderr).toContain(`→ ask who runs the proxy about ${host}, or add it to NO_PROXY`);
      }
      expect(forbidden.stderr).toContain(`the proxy ${new URL(narrow.url).host} answered 403`);
    });

    it('are reached without the proxy when NO_PROXY names them', async () => {
      // a name that loopback answers without being one: no program leaves it out of its own accord
      const near = await hostWith('0.0.0.0', { backend: world.charts.url, listen: '0.0.0.0' });
      const name = near.address.replace('127.0.0.1', '0.0.0.0');
      const proxy = await proxyWith({ routes: { ...world.routes, [name]: near.address } });
      await world.publish('near', imageChart(`${SOURCE}/apps/web:1`), `https://${name}/near`);
      const addon = { chart: 'near', version: '1.0.0', repository: `https://${name}/near` };
      const asked = () => proxy.tunnels().filter(({ authority }) => authority === name).length;

      const env = { HTTPS_PROXY: proxy.url, NO_PROXY: `10.0.0.0/8,0.0.0.0,.${TARGET}` };
      const direct = await world.mirror([addon], to('direct'), { env });
      expect(direct.rows, direct.stderr).toEqual(['near pushed']);
      expect(asked()).toBe(0);
      expect(proxy.tunnels().some(({ authority }) => authority === `${TARGET}:443`)).toBe(true);

      await world.mirror([addon], to('direct', '--scan-only'), { env: { HTTPS_PROXY: proxy.url } });
      expect(asked()).toBeGreaterThan(0);
    });

    it('are given the client certificate of their configuration, and no other host is', async () => {
      const host = await hostWith(MUTUAL, { backend: world.source.url, clientCa: world.ca.cert });
      const proxy = await proxyWith({ routes: { ...world.routes, [`${MUTUAL}:443`]: host.address } });
      const locked = { ...sock, repository: `oci://${MUTUAL}/charts` };
      const pair = await world.ca.issue(['client'], 'client');
      await world.machine.write('mutual/client.pem', pair.cert);
      await world.machine.write('mutual/client.key', pair.key);
      const settings = (name: string) =>
        `registries: { ${name}: { clientCertificate: { cert: client.pem, key: client.key } } }\n`;
      await world.machine.write('mutual/right.yaml', settings(MUTUAL));
      await world.machine.write('mutual/other.yaml', settings(SOURCE));
      const env = { HTTPS_PROXY: proxy.url };

      const right = await world.mirror([locked], to('mutual', '--config', '../mutual/right.yaml'), { env });
      expect(right.rows, right.stderr).toEqual(['sock pushed']);
      const requests = host.requests().length;
      expect(requests).toBeGreaterThan(0);

      const other = await world.mirror([locked], to('other', '--config', '../mutual/other.yaml'), { env });
      expect(other.rows).toEqual(['sock failed REGISTRY_UNREACHABLE']);
      expect(other.report.charts[0]?.error?.message).toContain(MUTUAL);
      expect(host.requests()).toHaveLength(requests);
    });
  },
);
