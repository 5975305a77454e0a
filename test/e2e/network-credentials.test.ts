import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { rawDigest } from '../support/e2e-registry.ts';
import { loginsAt, wasAuthorized } from '../support/net-host.ts';
import { authsFor, type Secret } from '../support/net-machine.ts';
import { createTokenServer } from '../support/net-tokens.ts';
import { imageChart, type NetWorld, startNetWorld } from '../support/net-world.ts';
import { HTPASSWD, startDistribution } from '../support/registries.ts';
import { describeWith, skipReason } from '../support/tools.ts';

const CHARTS = 'charts.example.com';
const FILES = 'files.example.com';
const SOURCE = 'source.example.net';
const TARGET = 'registry.example.org';
const TOKENS = 'auth.example.net';
const STABLE = `https://${CHARTS}/stable`;

describeWith(['helm', 'crane', 'openssl'], 'logins', () => {
  let world: NetWorld;
  const web = { chart: 'web', version: '1.0.0', repository: STABLE };
  const sock = { chart: 'sock', version: '1.0.0', repository: `oci://${SOURCE}/charts` };
  const to = (path: string, ...flags: readonly string[]) => ['--target-registry', `${TARGET}/${path}`, ...flags];

  function secret(user: string, password: string): Secret {
    return world.machine.guard({ user, password });
  }

  const tokens = createTokenServer();

  beforeAll(async () => {
    world = await startNetWorld({
      ...{ [CHARTS]: 'charts', [FILES]: 'charts', [SOURCE]: 'source', [TARGET]: 'target', [TOKENS]: tokens.answer },
    });
    await world.publish('web', imageChart(`${SOURCE}/apps/web:1`), STABLE);
    await world.publish('sock', imageChart(`${SOURCE}/apps/web:1`), `oci://${SOURCE}/charts`);
    await world.addImages('apps/web:1');
  });

  afterEach(() => {
    world.reset();
    expect(world.machine.faults()).toEqual([]);
  });

  afterAll(() => world?.stop());

  it('come from DOCKER_CONFIG, each to its own host', async () => {
    const reader = secret('reader', 'read-only-1');
    const writer = secret('writer', 'write-only-2');
    world.at(SOURCE).protect({ kind: 'basic', ...reader });
    world.at(TARGET).protect({ kind: 'basic', ...writer });
    const auths = authsFor({ [SOURCE]: reader, [TARGET]: writer, [CHARTS]: secret('nobody', 'asked-for-it') });
    const env = { DOCKER_CONFIG: await world.machine.dockerConfig(auths) };
    const { code, rows, stderr } = await world.mirror([web, sock], to('docker'), { env });
    expect([code, rows], stderr).toEqual([0, ['web pushed', 'sock pushed']]);
    expect(loginsAt(world.at(SOURCE))).toEqual(['reader:read-only-1']);
    expect(loginsAt(world.at(TARGET))).toEqual(['writer:write-only-2']);
    expect(wasAuthorized(world.at(CHARTS))).toBe(false);
  });

  const noRegistry = skipReason(['registry']);
  it.skipIf(noRegistry !== undefined)(
    `are what a real registry wants, for images and charts${noRegistry === undefined ? '' : ` (skipped: ${noRegistry})`}`,
    async () => {
      const name = 'strict.example.org';
      const registry = await startDistribution({ htpasswd: HTPASSWD.line, tls: await world.ca.issue([name]) });
      const proxy = await startConnectProxy({ routes: { ...world.routes, [`${name}:443`]: registry.host } });
      try {
        const auths = authsFor({ [`https://${name}/v2/`]: secret(HTPASSWD.user, HTPASSWD.password) });
        const env = { HTTPS_PROXY: proxy.url, DOCKER_CONFIG: await world.machine.dockerConfig(auths) };
        const argv = ['--target-registry', `${name}/m`];
        const { code, rows, stderr } = await world.mirror([sock], argv, { env });
        expect([code, rows], stderr).toEqual([0, ['sock pushed']]);
        const again = await world.mirror([sock], argv, { env });
        expect(again.rows, again.stderr).toEqual(['sock present']);
      } finally {
        await Promise.all([proxy.stop(), registry.stop()]);
      }
    },
  );

  it('come from a credential helper, which is asked by standard input', async () => {
    const reader = secret('helped', 'by-helper-3');
    const writer = secret('stored', 'by-store-4');
    world.at(SOURCE).protect({ kind: 'basic', ...reader });
    world.at(TARGET).protect({ kind: 'basic', ...writer });
    await world.machine.helperKnows([
      { server: SOURCE, ...reader },
      { server: TARGET, ...writer },
    ]);
    const config = { credHelpers: { [SOURCE]: 'tests' }, credsStore: 'tests' };
    const env = { DOCKER_CONFIG: await world.machine.dockerConfig(config) };
    const { code, rows, stderr } = await world.mirror([sock], to('helper'), { env });
    expect([code, rows], stderr).toEqual([0, ['sock pushed']]);
    const asked = (await world.machine.children()).filter((text) => text.includes('docker-credential-tests'));
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.filter((text) => !text.endsWith('/docker-credential-tests\nget\n'))).toEqual([]);
  });

  it('are changed into tokens where a registry names a token server; it sees the tokens only', async () => {
    const login = secret('robot', 'for-tokens-5');
    tokens.protect(world.at(SOURCE), TOKENS, login, world.machine);
    const env = { DOCKER_CONFIG: await world.machine.dockerConfig(authsFor({ [SOURCE]: login })) };
    const { code, rows, stderr } = await world.mirror([sock], to('tokens'), { env });
    expect([code, rows], stderr).toEqual([0, ['sock pushed']]);
    expect(loginsAt(world.at(TOKENS))).toEqual(['robot:for-tokens-5']);
    expect(loginsAt(world.at(SOURCE))).toEqual([]);
    expect(wasAuthorized(world.at(TARGET))).toBe(false);
    const asked = world.at(TOKENS).requests()[0]?.path ?? '';
    expect(new URL(asked, 'https://x').searchParams.get('service')).toBe(SOURCE);
    expect(new URL(asked, 'https://x').searchParams.get('scope')).toMatch(/^repository:.*:pull$/);
  });

  it('that a registry refuses are named by where they came from', async () => {
    const wrong = secret('reader', 'mistaken-12');
    world.at(SOURCE).protect({ kind: 'basic', user: 'reader', password: 'right' });
    const directory = await world.machine.dockerConfig(authsFor({ [SOURCE]: wrong }));
    const refused = await world.mirror([sock, web], to('refused'), { env: { DOCKER_CONFIG: directory } });
    expect([refused.code, refused.rows]).toEqual([
      1,
      ['sock failed CHART_SOURCE_DENIED', 'web refused IMAGE_SOURCE_DENIED'],
    ]);
    expect(refused.report.images[0]?.status).toBe('refused');
    for (const error of [refused.report.charts[0]?.error, refused.report.images[0]?.error]) {
      expect(error?.message).toContain(`credentials from ${directory}/config.json were sent`);
      expect(error?.message).toContain('401');
    }
    const none = await world.mirror([sock], to('refused'));
    expect(none.rows).toEqual(['sock failed CHART_SOURCE_DENIED']);
    const looked = `no credentials were sent, none for ${SOURCE} were found in ${world.machine.home}/.docker/config.json`;
    expect(none.report.charts[0]?.error?.message).toContain(looked);
    expect(await rawDigest(world.target.url, 'refused/web', '1.0.0')).toBeUndefined();
  });

  it('for a chart repository come from docker too, and stay there: a host where an archive lies gets its own', async () => {
    const login = secret('shopper', 'for-charts-13');
    const porter = secret('porter', 'for-files-16');
    world.at(CHARTS).protect({ kind: 'basic', ...login });
    world.at(FILES).protect({ kind: 'basic', ...porter });
    await world.publish('away', imageChart(`${SOURCE}/apps/web:1`), `https://${FILES}/away`);
    const away = { chart: 'away', version: '1.0.0', repository: `https://${CHARTS}/away` };
    const env = { DOCKER_CONFIG: await world.machine.dockerConfig(authsFor({ [CHARTS]: login, [FILES]: porter })) };
    const { code, rows, stderr } = await world.mirror([web, away], to('repository', '--scan-only'), { env });
    expect([code, rows], stderr).toEqual([0, ['web ready', 'away ready']]);
    expect(loginsAt(world.at(CHARTS))).toEqual(['shopper:for-charts-13']);
    expect(loginsAt(world.at(FILES))).toEqual(['porter:for-files-16']);
  });

  it('for a chart repository are asked for where they can be given, and hidden where the server quotes them', async () => {
    world.at(CHARTS).protect({ kind: 'basic', user: 'shopper', password: 'unknown' });
    const none = await world.mirror([web], to('repository'));
    expect([none.code, none.rows]).toEqual([1, ['web failed CHART_SOURCE_DENIED']]);
    expect(none.report.charts[0]?.error?.message).toContain(`${STABLE}/index.yaml refused: 401`);
    expect(none.report.charts[0]?.error?.message).toContain('no credentials were sent');
    // a catalog takes no password in a URL
    expect(none.report.charts[0]?.error?.hint).toContain('docker login');

    const directory = await world.machine.dockerConfig(authsFor({ [CHARTS]: secret('shopper', 'mistaken-15') }));
    const wrong = await world.mirror([web], to('repository'), { env: { DOCKER_CONFIG: directory } });
    expect(wrong.rows).toEqual(['web failed CHART_SOURCE_DENIED']);
    expect(wrong.report.charts[0]?.error?.message).toMatch(/not with Basic \*\*\*, shopper:\*\*\*/);
    expect(wrong.report.charts[0]?.error?.message).toContain(`credentials from ${directory}/config.json were sent`);
  });

  it('in the address of an archive are sent there, and shown nowhere', async () => {
    const login = secret('signed', 'in-the-index-14');
    world.at(FILES).protect({ kind: 'basic', ...login });
    const base = `https://${login.user}:${login.password}@${FILES}/signed`;
    await world.publish('signed', imageChart(`${SOURCE}/apps/web:1`), base);
    const addon = { chart: 'signed', version: '1.0.0', repository: `https://${CHARTS}/signed` };
    const { code, rows, stderr } = await world.mirror([addon], to('signed', '--scan-only'));
    expect([code, rows], stderr).toEqual([0, ['signed ready']]);
    expect(loginsAt(world.at(FILES))).toEqual(['signed:in-the-index-14']);
    expect(wasAuthorized(world.at(CHARTS))).toBe(false);
  });
});
