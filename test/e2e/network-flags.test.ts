import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { rawDigest } from '../support/e2e-registry.ts';
import { loginsAt, wasAuthorized } from '../support/net-host.ts';
import { authsFor, type Secret } from '../support/net-machine.ts';
import { createTokenServer } from '../support/net-tokens.ts';
import { imageChart, type NetOutcome, type NetWorld, startNetWorld } from '../support/net-world.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'charts.example.com';
const SOURCE = 'source.example.net';
const HUB = 'registry-1.docker.io';
const TOKENS = 'auth.docker.io';
const PUBLIC_ECR = 'public.ecr.aws';
const SOURCE_ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const OWN_ECR = '210987654321.dkr.ecr.eu-west-1.amazonaws.com';
const AWS = 'api.ecr.eu-west-1.amazonaws.com';
const STABLE = `https://${CHARTS}/stable`;
const HUB_VARIABLES = { DOCKERHUB_USERNAME: 'hubber', DOCKERHUB_TOKEN: 'hub-token-6' };
const ECR_VARIABLES = { ECR_PUBLIC_PASSWORD: 'public-pw-7', ECR_PRIVATE_PASSWORD: 'private-pw-8' };

describeWith(['helm', 'crane', 'openssl'], 'passwords of flags and variables', () => {
  let world: NetWorld;
  const web = { chart: 'web', version: '1.0.0', repository: STABLE };
  const many = { chart: 'many', version: '1.0.0', repository: STABLE };
  const hubOnly = { chart: 'hub-only', version: '1.0.0', repository: STABLE };
  const tokens = createTokenServer();
  let awsAnswer: object = {};

  function secret(user: string, password: string): Secret {
    return world.machine.guard({ user, password });
  }

  function run(
    addon: object,
    path: string,
    env: Readonly<Record<string, string>>,
    ...flags: string[]
  ): Promise<NetOutcome> {
    return world.mirror([{ ...addon }], ['--target-registry', `${OWN_ECR}/${path}`, ...flags], { env });
  }

  function protectAll(): void {
    tokens.protect(world.at(HUB), TOKENS, secret('hubber', 'hub-token-6'), world.machine);
    world.at(PUBLIC_ECR).protect({ kind: 'basic', ...secret('AWS', 'public-pw-7') });
    for (const host of [SOURCE_ECR, OWN_ECR])
      world.at(host).protect({ kind: 'basic', ...secret('AWS', 'private-pw-8') });
  }

  function expectEachAtItsHost(): void {
    expect(loginsAt(world.at(TOKENS))).toEqual(['hubber:hub-token-6']);
    expect(loginsAt(world.at(HUB))).toEqual([]);
    expect(loginsAt(world.at(PUBLIC_ECR))).toEqual(['AWS:public-pw-7']);
    expect(loginsAt(world.at(SOURCE_ECR))).toEqual(['AWS:private-pw-8']);
    expect(loginsAt(world.at(OWN_ECR))).toEqual(['AWS:private-pw-8']);
    for (const host of [CHARTS, SOURCE, AWS]) expect(wasAuthorized(world.at(host)), host).toBe(false);
  }

  beforeAll(async () => {
    world = await startNetWorld({
      ...{ [CHARTS]: 'charts', [SOURCE]: 'source', [HUB]: 'source', [TOKENS]: tokens.answer },
      ...{ [PUBLIC_ECR]: 'source', [SOURCE_ECR]: 'source', [OWN_ECR]: 'target' },
      [AWS]: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(awsAnswer));
      },
    });
    const images = ['docker.io/tool:1', `${PUBLIC_ECR}/team/pub:1`, `${SOURCE_ECR}/team/own:1`, `${SOURCE}/apps/web:1`];
    await world.publish('web', imageChart(`${SOURCE}/apps/web:1`), STABLE);
    await world.publish('many', imageChart(...images), STABLE);
    await world.publish('hub-only', imageChart('tool:1'), STABLE);
    await world.addImages('library/tool:1', 'team/pub:1', 'team/own:1', 'apps/web:1');
  });

  afterEach(() => {
    world.reset();
    expect(world.machine.faults()).toEqual([]);
  });

  afterAll(() => world?.stop());

  it('go to their hosts alone, those of flags before variables and docker', async () => {
    protectAll();
    const stale = secret('AWS', 'stale-pw-9');
    const auths = authsFor(Object.fromEntries([HUB, 'docker.io', PUBLIC_ECR, OWN_ECR].map((host) => [host, stale])));
    const env = {
      DOCKER_CONFIG: await world.machine.dockerConfig(auths),
      ...{ DOCKERHUB_USERNAME: 'nobody', DOCKERHUB_TOKEN: stale.password },
      ...{ ECR_PUBLIC_PASSWORD: stale.password, ECR_PRIVATE_PASSWORD: stale.password },
    };
    const flags = [
      ...['--dockerhub-username', 'hubber', '--dockerhub-token', 'hub-token-6'],
      ...['--public-ecr-password', 'public-pw-7', '--private-ecr-password', 'private-pw-8'],
    ];
    const { code, rows, stderr } = await run(many, 'flags', env, ...flags);
    expect([code, rows], stderr).toEqual([0, ['many pushed']]);
    expectEachAtItsHost();
    expect(await rawDigest(world.target.url, 'flags/library/tool', '1')).toBe(
      await rawDigest(world.source.url, 'library/tool', '1'),
    );
  });

  it('of variables go to their hosts alone', async () => {
    protectAll();
    const { code, rows, stderr } = await run(many, 'variables', { ...HUB_VARIABLES, ...ECR_VARIABLES });
    expect([code, rows], stderr).toEqual([0, ['many pushed']]);
    expectEachAtItsHost();
  });

  it('of a flag take the user name from the variable', async () => {
    protectAll();
    const directory = 'mixed';
    await world.machine.write(`${directory}/catalog.yaml`, JSON.stringify({ addons: [hubOnly] }));
    const argv = ['--target-registry', OWN_ECR, '--scan-only', '--dockerhub-token', 'hub-token-6'];
    const env = { ...world.env, DOCKERHUB_USERNAME: 'hubber' };
    const { code, stderr } = await world.machine.run(['mirror', '--catalog', 'catalog.yaml', ...argv], {
      cwd: directory,
      env,
    });
    expect(code, stderr).toBe(0);
    expect(loginsAt(world.at(TOKENS))).toEqual(['hubber:hub-token-6']);
  });

  it.each([
    ['DOCKERHUB_TOKEN', 'DOCKERHUB_USERNAME', 'hub-token-6'],
    ['DOCKERHUB_USERNAME', 'DOCKERHUB_TOKEN', 'hubber'],
  ])('of half a login are not dropped in silence: %s without %s', async (given, missing, value) => {
    secret('hubber', 'hub-token-6');
    const directory = `half-${given}`;
    await world.machine.write(`${directory}/catalog.yaml`, JSON.stringify({ addons: [hubOnly] }));
    const argv = ['mirror', '--catalog', 'catalog.yaml', '--target-registry', OWN_ECR, '--scan-only'];
    const run = { cwd: directory, env: { ...world.env, [given]: value, [missing]: '' } };
    const { stderr } = await world.machine.run(argv, run);
    expect(stderr).toContain(missing);
    expect(loginsAt(world.at(TOKENS))).toEqual([]);
  });

  it('for ECR go where the configuration says that a host is one of ECR, and not where it says no', async () => {
    protectAll();
    world.at(SOURCE).protect({ kind: 'basic', ...secret('AWS', 'private-pw-8') });
    await world.machine.write(
      'types.yaml',
      `registries: { ${SOURCE}: { type: ecr }, ${SOURCE_ECR}: { type: generic } }\n`,
    );
    const env = { ...HUB_VARIABLES, ...ECR_VARIABLES };
    const { rows } = await run(many, 'types', env, '--scan-only', '--config', '../types.yaml');
    expect(loginsAt(world.at(SOURCE))).toEqual(['AWS:private-pw-8']);
    expect(loginsAt(world.at(SOURCE_ECR))).toEqual([]);
    expect(rows[0]).toContain('IMAGE_SOURCE_DENIED');
  });

  it('for ECR come from an AWS identity where none are given, and so does the target', async () => {
    const chained = secret('AWS', 'chain-pw-10');
    const identity = secret('AKIAEXAMPLE', 'aws-secret-11');
    world.at(OWN_ECR).protect({ kind: 'basic', ...chained });
    const authorizationToken = Buffer.from(`AWS:${chained.password}`).toString('base64');
    const expiresAt = Date.now() / 1000 + 43_200;
    awsAnswer = { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: `https://${OWN_ECR}` }] };
    const keys = { AWS_ACCESS_KEY_ID: identity.user, AWS_SECRET_ACCESS_KEY: identity.password };
    const env = { ...keys, AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, rows, report, stderr } = await world.mirror([web], [], { env });
    expect([code, rows], stderr).toEqual([0, ['web pushed']]);
    expect(report.target).toBe(OWN_ECR);
    expect(loginsAt(world.at(OWN_ECR))).toEqual(['AWS:chain-pw-10']);
    expect(await rawDigest(world.target.url, 'web', '1.0.0')).toBeDefined();
  });
});
