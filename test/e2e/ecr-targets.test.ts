import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rawDigest } from '../support/e2e-registry.ts';
import { contentsOf } from '../support/ecr-contents.ts';
import { ecrNames, PUBLIC_NAMES } from '../support/ecr-hosts.ts';
import { startEcrLoopback } from '../support/ecr-loopback.ts';
import { startContainerCredentials, startWebIdentity } from '../support/ecr-run-identities.ts';
import { CHARTS, type EcrRuns, IMAGES, startEcrRuns } from '../support/ecr-run-world.ts';
import { imageChart } from '../support/net-world.ts';
import { describeWith } from '../support/tools.ts';

const OTHER = { account: '210987654321', region: 'us-west-2' };
const CHINA = { account: '123456789012', region: 'cn-north-1' };
/** Where Amazon's own add-ons come from, and a registry that lets nobody in. */
const VENDOR = { account: '602401143452', region: 'us-west-2' };
const CLOSED = { account: '917786371007', region: 'ap-south-1' };
const CORPORATE = 'registry.corp.example';
const LOOK_ALIKE = '123456789012.dkr.ecr.eu-central-1.amazonaws.com.example.org';

describeWith(['helm', 'crane', 'openssl'], 'targets in Amazon ECR', () => {
  let world: EcrRuns;
  let tunnels = 0;

  beforeAll(async () => {
    world = await startEcrRuns({
      registries: [OTHER, CHINA, VENDOR, CLOSED],
      privateNames: { [CORPORATE]: OTHER },
      sources: { 'charts.example.test': 'charts', [IMAGES]: 'source', [LOOK_ALIKE]: 'source' },
    });
    await world.chart('one', 'team/app:1.0');
    await world.chart('two', 'team/new:1.0');
    await world.chart('dashes', 'a--b:1.0');
  });

  afterEach(() => {
    world.ecr.access.reset();
    world.ecr.log.reset();
    tunnels = world.proxy.tunnels().length;
  });

  afterAll(() => world?.stop());

  /** The hosts that were reached since the last test, but for those of the sources. */
  function reached(): readonly string[] {
    const hosts = world.proxy
      .tunnels()
      .slice(tunnels)
      .map(({ authority }) => authority.replace(/:443$/, ''));
    return [...new Set(hosts)].filter((host) => !host.endsWith('.example.test')).sort();
  }

  const inRegion = (region: string) => ({ ...world.env(), AWS_REGION: region });

  it.each(['fips', 'dualStack'] as const)('are asked at API endpoints of the form of their name: %s', async (form) => {
    const { registry, api } = world.names[form];
    const { code, rows, report, stderr } = await world.mirror({
      charts: ['one'],
      target: `${registry}/${form.toLowerCase()}`,
    });
    expect([code, rows], stderr).toEqual([0, ['one pushed']]);
    expect(report.ecr).toMatchObject({ account: world.ecr.account, region: world.ecr.region });
    expect(reached()).toEqual([registry, api].sort());
    expect(world.contents.names()).toContain(`${form.toLowerCase()}/team/app`);
  });

  it('are those of account and region of their name, whatever the identity is of', async () => {
    world.ecr.access.trust(world.ecr.account, OTHER.account);
    const { registry, api } = ecrNames(OTHER.account, OTHER.region);
    const env = inRegion('eu-central-1');
    const before = world.contents.list();
    const { code, rows, report, stderr } = await world.mirror({ charts: ['one'], target: `${registry}/given`, env });
    expect([code, rows], stderr).toEqual([0, ['one pushed']]);
    expect(report.ecr).toMatchObject({ ...OTHER, mounting: { state: 'unknown' } });
    expect(contentsOf(world.ecr, OTHER).names()).toEqual(['given/one', 'given/team/app']);
    expect(world.contents.list()).toEqual(before);
    expect(reached()).toEqual([registry, api].sort());
    expect(world.ecr.log.writes().filter(({ account }) => account !== OTHER.account)).toEqual([]);
  });

  it('may be left out: then it is the own registry, by the token and without another service', async () => {
    const env = inRegion(world.ecr.region);
    const { code, rows, report, stderr } = await world.mirror({ charts: ['one'], target: 'none', env });
    expect([code, rows], stderr).toEqual([0, ['one pushed']]);
    expect(report.target).toBe(world.names.registry);
    expect(reached()).toEqual([world.names.registry, world.names.api]);
    expect(world.contents.names()).toContain('team/app');
  });

  it('may be left out with a profile of the shared files, which is used before all logins of docker', async () => {
    const directory = join(world.machine.home, '.aws');
    await mkdir(directory, { recursive: true });
    const { accessKeyId, secretAccessKey, sessionToken } = world.ecr.addPrincipal(world.ecr.account);
    for (const password of [secretAccessKey, sessionToken ?? '']) world.machine.guard({ user: 'AWS', password });
    const keys = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
    const credentials = ['[release]', ...keys, `aws_session_token = ${sessionToken}`, ''].join('\n');
    await writeFile(join(directory, 'credentials'), credentials);
    await writeFile(join(directory, 'config'), `[profile release]\nregion = ${world.ecr.region}\n`);
    const stale = world.machine.guard({ user: 'AWS', password: 'stale-password-of-docker' });
    const auth = Buffer.from(`${stale.user}:${stale.password}`).toString('base64');
    const docker = await world.machine.dockerConfig({ auths: { [world.names.registry]: { auth } } });
    const env = { ...world.network, DOCKER_CONFIG: docker };
    const { code, rows, stderr } = await world.mirror({
      charts: ['one'],
      target: 'none',
      flags: ['--profile', 'release'],
      env,
    });
    expect([code, rows], stderr).toEqual([0, ['one present']]);
    expect(world.ecr.log.writes()).toEqual([]);
    expect(world.ecr.log.refusedLogins()).not.toContain('invalid');
  });

  it('cannot be left out without an identity', async () => {
    const { cwd, argv } = await world.prepare({ charts: ['one'], target: 'none' });
    const { code, stderr } = await world.run(argv, { cwd, env: { ...world.network, AWS_REGION: 'eu-central-1' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/no target registry, and no AWS identity/);
    expect(world.ecr.log.calls()).toEqual([]);
  });

  it('with a name of their own are what the flags say', async () => {
    world.ecr.access.trust(world.ecr.account, OTHER.account);
    const flags = ['--registry-type', 'ecr', '--ecr-account', OTHER.account, '--ecr-region', OTHER.region];
    const { code, rows, report, stderr } = await world.mirror({ charts: ['one'], target: `${CORPORATE}/flags`, flags });
    expect([code, rows], stderr).toEqual([0, ['one pushed']]);
    expect(report.ecr).toMatchObject(OTHER);
    expect(contentsOf(world.ecr, OTHER).names()).toContain('flags/team/app');
    expect(reached()).toEqual([ecrNames(OTHER.account, OTHER.region).api, CORPORATE]);
  });

  it('with a name of their own are what the configuration says', async () => {
    world.ecr.access.trust(world.ecr.account, OTHER.account);
    const config = { registries: { [CORPORATE]: { type: 'ecr', ...OTHER } } };
    const run = { charts: ['one'], target: `${CORPORATE}/flags`, config };
    const { code, rows, repositories, stderr } = await world.mirror(run);
    expect([code, rows], stderr).toEqual([0, ['one present']]);
    expect(repositories).toEqual(['flags/one present', 'flags/team/app present']);
    expect(world.ecr.log.writes()).toEqual([]);
  });

  it('are not hosts that only look alike, and public images are read without a login where there is none', async () => {
    contentsOf(world.ecr, { service: 'ecr-public' }).add('tools/free', '1.0', { platforms: [] });
    await world.publish(
      'free',
      imageChart(`${PUBLIC_NAMES.registry}/tests/tools/free:1.0`, `${IMAGES}/team/app:1.0`),
      CHARTS,
    );
    const env = { ...world.network };
    const run = { charts: ['free'], target: `${LOOK_ALIKE}/alike`, env };
    const { code, rows, report, stderr } = await world.mirror(run);
    expect([code, rows, report.ecr], stderr).toEqual([0, ['free pushed'], null]);
    expect(reached()).toEqual([LOOK_ALIKE, PUBLIC_NAMES.registry, PUBLIC_NAMES.layers].sort());
    expect(await rawDigest(world.source.url, 'alike/tests/tools/free', '1.0')).toBeDefined();
    expect(world.ecr.log.calls().filter(({ caller }) => caller !== undefined)).toEqual([]);
  });

  it('are filled from ECR registries of other accounts, with a token of their region, or a clear refusal', async () => {
    for (const place of [VENDOR, CLOSED]) contentsOf(world.ecr, place).add('eks/agent', '1.0', { platforms: [] });
    const agent = (place: typeof VENDOR) => `${ecrNames(place.account, place.region).registry}/eks/agent:1.0`;
    await world.publish('vendor', imageChart(agent(VENDOR)), CHARTS);
    await world.publish('closed', imageChart(agent(CLOSED)), CHARTS);
    world.ecr.access.trust(world.ecr.account, VENDOR.account);
    const run = { charts: ['vendor', 'closed', 'free'], path: 'foreign', env: inRegion('eu-west-3') };
    const { code, rows, chart, report, stderr } = await world.mirror(run);
    expect([code, rows], stderr).toEqual([1, ['vendor pushed', 'closed refused IMAGE_SOURCE_DENIED', 'free pushed']]);
    const tokens = world.ecr.log.calls().filter(({ action }) => action === 'GetAuthorizationToken');
    expect(tokens.map(({ service, region }) => `${service} ${region}`).sort()).toEqual([
      ...['ecr ap-south-1', 'ecr eu-central-1', 'ecr us-west-2', 'ecr-public us-east-1'],
    ]);
    expect(chart('closed').error?.message).toContain(agent(CLOSED));
    expect(chart('closed').error?.hint).toMatch(/917786371007.*repository policy|repository policy.*917786371007/);
    const reads = world.ecr.log.calls().filter(({ service, plane }) => service === 'ecr-public' && plane === 'data');
    expect(new Set(reads.map(({ caller }) => caller))).toEqual(new Set([world.ecr.account]));
    const needed = report.ecr?.policy.Statement.filter(({ Resource }) =>
      Resource.some((one) => one.includes(VENDOR.account)),
    );
    // what belongs to images is found by the tags of their repository
    const actions = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:ListImages'];
    expect(needed).toEqual([expect.objectContaining({ Action: actions })]);
  });

  describe('in ECR Public', () => {
    const config = { repositories: [{ match: '*', tags: { team: 'platform' } }] };
    const run = { charts: ['one', 'dashes'], target: `${PUBLIC_NAMES.registry}/tests/mirror`, config };

    it('have their repositories created in us-east-1, with tags, under names that it takes', async () => {
      const { code, rows, repositories, repository, chart, stderr } = await world.mirror({
        ...run,
        env: inRegion('eu-central-1'),
      });
      expect([code, rows], stderr).toEqual([1, ['one pushed', 'dashes refused DESTINATION_COLLISION']]);
      expect(chart('dashes').error?.message).toMatch(/"a--b" in the repository name .* ECR Public takes/);
      expect(repositories).toEqual(['tests/mirror/one created', 'tests/mirror/team/app created']);
      expect(repository('tests/mirror/one').settings.tagMutability).toBeNull();
      const contents = contentsOf(world.ecr, { service: 'ecr-public' });
      expect(contents.names()).toEqual(['mirror/one', 'mirror/team/app', 'tools/free']);
      const { resourceTags } = contents.repository('mirror/one');
      expect(Object.fromEntries(resourceTags)).toEqual({ 'chart-syncer': 'true', team: 'platform' });
      expect(reached()).toEqual([PUBLIC_NAMES.api, PUBLIC_NAMES.registry]);
      expect(new Set(world.ecr.log.calls().map(({ region }) => region))).toEqual(new Set(['us-east-1']));
    });

    it('are left alone by a second run', async () => {
      const { code, rows, stderr } = await world.mirror({ ...run, charts: ['one'] });
      expect([code, rows], stderr).toEqual([0, ['one present']]);
      expect(world.ecr.log.writes()).toEqual([]);
    });
  });

  it('in China are asked there, by a web identity', async () => {
    const principal = world.ecr.addPrincipal(CHINA.account);
    for (const password of [principal.secretAccessKey, principal.sessionToken ?? '', 'token-of-a-pod']) {
      world.machine.guard({ user: 'AWS', password });
    }
    const sts = await startWebIdentity(principal, 'token-of-a-pod');
    try {
      const file = join(world.machine.home, 'web-identity');
      await writeFile(file, 'token-of-a-pod');
      const env = {
        ...{ ...world.network, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ENDPOINT_URL_STS: sts.url },
        ...{ AWS_ROLE_ARN: 'arn:aws-cn:iam::123456789012:role/mirror', AWS_REGION: CHINA.region },
      };
      const { registry, api } = ecrNames(CHINA.account, CHINA.region);
      const run = { charts: ['one'], target: `${registry}/china`, flags: ['--scan-only'], env };
      const { code, repositories, report, stderr } = await world.mirror(run);
      expect([code, repositories], stderr).toEqual([0, ['china/one to-create', 'china/team/app to-create']]);
      expect(reached()).toEqual([api]);
      expect(sts.requests()).toHaveLength(1);
      expect(JSON.stringify(report.ecr?.policy)).toContain(
        'arn:aws-cn:ecr:cn-north-1:123456789012:repository/china/one',
      );
    } finally {
      await sts.stop();
    }
  });

  it('with FIPS over both protocols are asked there, by the credentials of a container', async () => {
    const principal = world.ecr.addPrincipal(world.ecr.account);
    const { user, password } = world.machine.guard({ user: 'Bearer', password: 'container-secret' });
    for (const secret of [principal.secretAccessKey, principal.sessionToken ?? '']) {
      world.machine.guard({ user: 'AWS', password: secret });
    }
    const container = await startContainerCredentials(principal, `${user} ${password}`);
    try {
      const env = {
        ...{ ...world.network, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/keys` },
        AWS_CONTAINER_AUTHORIZATION_TOKEN: `${user} ${password}`,
      };
      const { registry, api } = world.names.dualStackFips;
      const run = { charts: ['one'], target: `${registry}/both`, flags: ['--scan-only'], env };
      const { code, repositories, stderr } = await world.mirror(run);
      expect([code, repositories], stderr).toEqual([0, ['both/one to-create', 'both/team/app to-create']]);
      expect(reached()).toEqual([api]);
      expect(container.requests()).toEqual(['GET /keys']);
    } finally {
      await container.stop();
    }
  });

  it('are reached with a password alone, where their repositories exist already', async () => {
    for (const name of ['alone/one', 'alone/two', 'alone/team/app']) world.contents.create(name);
    const { password } = world.ecr.tokens.issue('ecr', world.ecr.principal, world.ecr.region);
    const run = { charts: ['one', 'two'], path: 'alone', flags: ['--private-ecr-password', password] };
    const { code, rows, repositories, chart, stderr } = await world.mirror({ ...run, env: { ...world.network } });
    expect([code, rows[0]], stderr).toEqual([1, 'one pushed']);
    expect(repositories).toEqual(['one', 'team/app', 'team/new', 'two'].map((name) => `alone/${name} unknown`));
    expect(chart('two').error?.message).toMatch(/alone\/team\/new.* does not exist/);
    expect(chart('two').error?.hint).toMatch(/create/);
    expect(reached()).toEqual([world.names.registry]);
    expect(world.ecr.log.calls().filter(({ plane }) => plane === 'control')).toEqual([]);
  });

  it('may have their API at an address of the environment', async () => {
    const local = await startEcrLoopback({ onToken: (password) => world.machine.guard({ user: 'AWS', password }) });
    try {
      for (const password of [local.ecr.principal.secretAccessKey, local.ecr.principal.sessionToken ?? '']) {
        world.machine.guard({ user: 'AWS', password });
      }
      const env = { ...world.network, ...local.env };
      const flags = ['--registry-type', 'ecr', '--ecr-account', local.ecr.account, '--ecr-region', local.ecr.region];
      const run = { charts: ['one'], target: `${local.host}/local`, flags: ['--plain-http', ...flags], env };
      const { code, rows, repositories, stderr } = await world.mirror(run);
      expect([code, rows], stderr).toEqual([0, ['one pushed']]);
      expect(repositories).toEqual(['local/one created', 'local/team/app created']);
      expect(reached()).toEqual([]);
      expect(local.ecr.defects()).toEqual([]);
    } finally {
      await local.stop();
    }
  });
});
