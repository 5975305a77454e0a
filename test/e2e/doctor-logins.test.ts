import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Diagnosis, diagnosisOf } from '../support/doctor-run.ts';
import { loginsAt, startNetHost } from '../support/net-host.ts';
import { authsFor, type Secret } from '../support/net-machine.ts';
import { createTokenServer } from '../support/net-tokens.ts';
import { imageChart, type NetWorld, startNetWorld } from '../support/net-world.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'charts.example.com';
const SOURCE = 'source.example.net';
const TARGET = 'registry.example.org';
const TOKENS = 'auth.example.net';
const STABLE = `https://${CHARTS}/stable`;

/** A token as registries give it in place of a password; nobody looks at its signature here. */
function webToken(exp: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp })}.${Buffer.from('signature').toString('base64url')}`;
}

describeWith(['helm', 'crane', 'openssl'], 'the doctor, of logins, proxies and authorities', () => {
  let world: NetWorld;
  const tokens = createTokenServer();

  beforeAll(async () => {
    world = await startNetWorld({
      ...{ [CHARTS]: 'charts', [SOURCE]: 'source', [TARGET]: 'target', [TOKENS]: tokens.answer },
    });
    await world.publish('web', imageChart(`${SOURCE}/apps/web:1`), STABLE);
    await world.publish('sock', imageChart(`${SOURCE}/apps/web:1`), `oci://${SOURCE}/charts`);
    const addons = [
      { chart: 'web', version: '1.0.0', repository: STABLE },
      { chart: 'sock', version: '1.0.0', repository: `oci://${SOURCE}/charts` },
    ];
    await world.machine.write('doctor/catalog.yaml', JSON.stringify({ addons }));
  });

  afterEach(() => {
    world.reset();
    expect(world.machine.faults()).toEqual([]);
  });

  afterAll(() => world?.stop());

  const secret = (user: string, password: string): Secret => world.machine.guard({ user, password });

  async function examine(auths: object, env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
    const argv = ['doctor', '--json', '--catalog', 'catalog.yaml', '--target-registry', `${TARGET}/m`];
    const own = { DOCKER_CONFIG: await world.machine.dockerConfig(auths), ...world.env, ...env };
    return diagnosisOf(await world.machine.run(argv, { cwd: 'doctor', env: own }));
  }

  it('finds all well where every login is right, and names whose they are', async () => {
    const logins = [secret('reader', 'read-1'), secret('writer', 'write-2'), secret('shopper', 'shop-3')] as const;
    for (const [index, name] of [SOURCE, TARGET, CHARTS].entries()) {
      const login = logins[index];
      if (login !== undefined) world.at(name).protect({ kind: 'basic', ...login });
    }
    const auths = authsFor({ [SOURCE]: logins[0], [TARGET]: logins[1], [CHARTS]: logins[2] });
    const { code, report, of, rows } = await examine(auths);
    expect([code, report.healthy]).toEqual([0, true]);
    const hosts = [...of('source'), ...of('target')].filter(({ judgement }) => judgement === 'fine');
    expect(hosts.map(({ subject, what }) => [subject, /the login of (\w+) from .* is taken$/.exec(what)?.[1]])).toEqual(
      [
        [SOURCE, 'reader'],
        [`${CHARTS}/stable`, 'shopper'],
        [TARGET, 'writer'],
      ],
    );
    expect(rows('certificates')).toEqual(['SSL_CERT_FILE fine']);
    expect(of('proxy')).toEqual([
      {
        ...{ area: 'proxy', subject: new URL(world.proxy.url).host, judgement: 'fine', remedy: null },
        what: `the way to ${SOURCE}, ${CHARTS}, ${TARGET}`,
      },
    ]);
  });

  it('finds each login that is refused, and each that is missing', async () => {
    world.at(SOURCE).protect({ kind: 'basic', user: 'reader', password: 'changed' });
    world.at(CHARTS).protect({ kind: 'basic', user: 'shopper', password: 'changed' });
    world.at(TARGET).protect({ kind: 'basic', user: 'writer', password: 'changed' });
    const auths = authsFor({
      [SOURCE]: secret('reader', 'of-yesterday'),
      [TARGET]: secret('writer', 'of-yesterday-2'),
    });
    const { code, of } = await examine(auths);
    expect(code).toBe(1);
    const told = [...of('source'), ...of('target')].filter(({ judgement }) => judgement === 'wrong');
    expect(told.map(({ subject, what, remedy }) => `${subject}: ${what} → ${remedy}`)).toEqual([
      expect.stringMatching(
        /^source\.example\.net: the login of reader from .*config\.json is refused for charts\/sock \(401\)/,
      ),
      expect.stringMatching(
        /^charts\.example\.com\/stable: index\.yaml wants a login, and none was found in .*config\.json → log in/,
      ),
      expect.stringMatching(
        /^registry\.example\.org: the login of writer .* is refused for the registry \(401 .*docker login registry/,
      ),
    ]);
  });

  it('asks token servers, and tells when a token that stands for a password has ended', async () => {
    const right = secret('robot', 'for-tokens-5');
    tokens.protect(world.at(TARGET), TOKENS, right, world.machine);
    const taken = await examine(authsFor({ [TARGET]: right }));
    expect(taken.rows('target')).toEqual([`${TARGET} fine`]);
    expect(loginsAt(world.at(TARGET))).toEqual([]);

    const hour = 3600;
    const now = Math.floor(Date.now() / 1000);
    const ended = await examine(authsFor({ [TARGET]: secret('robot', webToken(now - hour)) }));
    expect(ended.code).toBe(1);
    expect(ended.of('target')[0]?.what).toMatch(
      /^the login of robot from .* expired at \d{4}-\d\d-\d\d \d\d:\d\d UTC; the registry answered 401$/,
    );
    const running = secret('robot', webToken(now + hour));
    const refused = await examine(authsFor({ [TARGET]: running }));
    expect(refused.of('target')[0]?.what).toMatch(
      /^the login of robot from .* is refused for the registry \(the token server .* answered 401 who are you\)$/,
    );
    tokens.protect(world.at(TARGET), TOKENS, running, world.machine);
    const { of } = await examine(authsFor({ [TARGET]: running }));
    expect(of('target')[0]?.what).toMatch(/ is taken until \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  });

  it('does not take a target for ready that gives tokens to everybody, and lets nobody in particular push', async () => {
    tokens.protect(world.at(TARGET), TOKENS, { user: '', password: '' }, world.machine);
    const { rows, of } = await examine({});
    expect(rows('target')).toEqual([`${TARGET} wrong`]);
    expect(of('target')[0]?.what).toMatch(/^the registry wants a login, and none was found/);
  });

  it('gives a stored login to a chart repository over plain HTTP only where a run would', async () => {
    const plain = await startNetHost({ name: 'plain', backend: world.charts.url });
    const login = secret('shopper', 'over-http-9');
    const repository = `http://${plain.address}/stable`;
    const addons = [{ chart: 'web', version: '1.0.0', repository }];
    await world.machine.write('doctor/plain.yaml', JSON.stringify({ addons }));
    const env = { DOCKER_CONFIG: await world.machine.dockerConfig(authsFor({ [plain.address]: login })) };
    const examinePlain = async (...flags: readonly string[]) => {
      plain.protect({ kind: 'basic', ...login });
      const argv = ['doctor', '--json', '--catalog', 'plain.yaml', ...flags];
      return diagnosisOf(await world.machine.run(argv, { cwd: 'doctor', env })).rows('source')[0];
    };
    try {
      expect(await examinePlain()).toBe(`${plain.address}/stable wrong`);
      expect(loginsAt(plain)).toEqual([]);
      expect(await examinePlain('--plain-http', plain.address)).toBe(`${plain.address}/stable fine`);
      expect(loginsAt(plain)).toEqual(['shopper:over-http-9']);
    } finally {
      await plain.stop();
    }
  });

  it('names an authority that is missing', async () => {
    const { code, of } = await examine({}, { SSL_CERT_FILE: '' });
    expect(code).toBe(1);
    const hosts = [...of('source'), ...of('target')].filter(({ judgement }) => judgement === 'wrong');
    expect(hosts).toHaveLength(3);
    for (const { what, remedy } of hosts) {
      expect(what).toContain('its certificate is signed by an authority that is not trusted');
      expect(remedy).toContain('--ca-file');
    }
    expect(of('certificates').map(({ subject, what }) => `${subject}: ${what}`)).toEqual([
      'authorities: those of Node and of the system',
    ]);
  });

  it('refuses a file of authorities that holds none', async () => {
    const file = await world.machine.write('doctor/empty.pem', 'nothing\n');
    const argv = ['doctor', '--target-registry', TARGET];
    const { code, stdout, stderr } = await world.machine.run(argv, { cwd: 'doctor', env: { SSL_CERT_FILE: file } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('holds no certificate');
  });

  it('tells that a proxy does not let a host through', async () => {
    const argv = ['doctor', '--json', '--target-registry', 'elsewhere.example.org'];
    const { of } = diagnosisOf(await world.machine.run(argv, { cwd: 'doctor', env: { ...world.env } }));
    expect(of('target')[0]?.what).toMatch(
      /^it cannot be reached: the proxy 127\.0\.0\.1:\d+ answered \d{3} \(REGISTRY_UNREACHABLE\)$/,
    );
  });
});
