import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ExplicitCredentials } from '../../src/adapters/credentials.ts';
import type { HostSettings } from '../../src/domain/network.ts';
import type { Reference } from '../../src/domain/reference.ts';
import type { Side } from '../../src/ports/registry.ts';
import { type AwsAdapters, type AwsAdaptersOptions, awsAdapters } from '../support/aws-adapters.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { contentsOf } from '../support/ecr-contents.ts';
import { ecrNames } from '../support/ecr-hosts.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';
import { type EcrWorld, startEcrWorld } from '../support/ecr-world.ts';
import { hostWith, NEVER } from '../support/http-network.ts';
import { reply, startServer } from '../support/http-server.ts';
import { createPrivateCa, type PrivateCa } from '../support/private-ca.ts';

const NAMES = ecrNames('123456789012', 'eu-central-1');
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function adaptersWith(options: AwsAdaptersOptions): AwsAdapters {
  const made = awsAdapters(options);
  cleanups.push(made.close);
  return made;
}

function tagged(registry: string, repository = 'team/app'): Reference {
  return { registry, repository, tag: '1.0', digest: undefined };
}

describe('on loopback', () => {
  let loopback: EcrLoopback;
  let hosts: Map<string, HostSettings>;

  beforeEach(async () => {
    loopback = await startEcrLoopback();
    cleanups.push(loopback.stop);
    const { account, region } = loopback.ecr;
    hosts = new Map([[loopback.host, hostWith({ type: 'ecr', account, region })]]);
    contentsOf(loopback.ecr).add('team/app', '1.0');
  });

  function adapters(changes: Partial<AwsAdaptersOptions> = {}): AwsAdapters {
    return adaptersWith({ env: loopback.env, settings: { hosts }, ...changes });
  }

  function issued(): number {
    return loopback.ecr.log.counts().GetAuthorizationToken ?? 0;
  }

  const head = (made: AwsAdapters, side: Side = 'destination') =>
    made.registry.head(tagged(loopback.host), side, NEVER);

  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(loopback.env).filter(([name]) => !names.includes(name)));

  const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

  test('one token serves a run, and the own registry is read from it', async () => {
    const made = adapters();
    expect(await made.ecr.ownRegistry(undefined, NEVER)).toBe('123456789012.dkr.ecr.eu-central-1.amazonaws.com');
    await Promise.all([head(made), head(made), head(made)]);
    expect(await head(made)).toMatchObject({ kind: 'found' });
    expect(issued()).toBe(1);
  });

  test('a token that ends in the middle is replaced, and nothing is lost', async () => {
    const made = adapters();
    await head(made);
    loopback.ecr.tokens.expireAll();
    expect(await head(made)).toMatchObject({ kind: 'found' });
    loopback.ecr.tokens.expireAll();
    expect(await made.registry.manifest(tagged(loopback.host), 'destination', NEVER)).toMatchObject({ kind: 'found' });
    expect(issued()).toBe(3);
    // the HEAD cannot say why it was refused: the registry was asked for itself
    expect(loopback.ecr.log.refusedLogins()).toEqual(['missing', 'expired', 'expired', 'expired']);
  });

  test('short tokens are renewed before they end', async () => {
    loopback.ecr.tokens.setLife(600);
    const made = adapters();
    await head(made);
    for (let round = 0; round < 12; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await head(made)).toMatchObject({ kind: 'found' });
    }
    expect(loopback.ecr.log.refusedLogins()).toEqual(['missing']);
    expect(issued()).toBeLessThan(6);
  });

  test('a refusal says what was asked for, for whom, and which right is missing; AWS is asked once', async () => {
    loopback.ecr.access.deny({ action: 'GetAuthorizationToken' });
    const made = adapters();
    await expect(head(made)).rejects.toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
      message: expect.stringMatching(
        /^AWS gave no token for 127\.0\.0\.1:\d+ \(account 123456789012, region eu-central-1\): AccessDeniedException: User: arn:.* not authorized to perform: ecr:GetAuthorizationToken/,
      ),
      hint: expect.stringContaining('--private-ecr-password'),
    });
    await expect(head(made)).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
    expect(issued()).toBe(1);
  });

  test('keys that AWS does not know are a refusal too', async () => {
    const made = adapters({ env: { ...loopback.env, AWS_ACCESS_KEY_ID: 'AKIDOESNOTEXIST' } });
    await expect(head(made)).rejects.toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
      message: expect.stringContaining('UnrecognizedClientException'),
      hint: expect.stringContaining('--profile'),
    });
  });

  test('without an identity, the message tells where was looked', async () => {
    const made = adapters({ env: without(...KEYS) });
    expect(await head(made)).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining('login file or the AWS credential chain'),
    });
    expect(await made.ecr.ownRegistry(undefined, NEVER)).toBeUndefined();
    expect(issued()).toBe(0);
  });

  test('without an identity, repositories are unknown and tags are left to the login', async () => {
    const made = adapters({ env: without(...KEYS) });
    const { account, region } = loopback.ecr;
    const place = { kind: 'private', host: loopback.host, account, region, fips: false, dualStack: false } as const;
    const port = made.ecr.repositories(place);
    const wanted = { tags: {}, scanOnPush: undefined, encryption: undefined, lifecyclePolicy: undefined };
    const settings = { ...wanted, tagMutability: undefined, repositoryPolicy: undefined };
    expect((await port.describe(new Map([['team/app', settings]]), NEVER)).get('team/app')).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('Could not load credentials'),
    });
    expect((await port.lookUp?.('team/app', ['1.0'], NEVER))?.size).toBe(0);
    expect(await port.mounting(NEVER)).toBe('unknown');
  });

  test('a region that nobody names is asked for', async () => {
    hosts = new Map([[loopback.host, hostWith({ type: 'ecr' })]]);
    const made = adapters({ env: without('AWS_REGION') });
    await expect(head(made)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('region'),
    });
    expect(await made.ecr.ownRegistry(undefined, NEVER)).toBeUndefined();
  });

  test('explicit passwords go before AWS', async () => {
    const explicit: ExplicitCredentials = {
      privateEcr: {
        username: 'AWS',
        password: loopback.ecr.tokens.issue('ecr', loopback.ecr.principal, loopback.ecr.region).password,
        origin: '--private-ecr-password',
      },
    };
    expect(await head(adapters({ explicit }))).toMatchObject({ kind: 'found' });
    expect(issued()).toBe(0);
  });

  test('the API that breaks a connection off is asked again', async () => {
    let count = 0;
    const api = await startServer((_request, response) => {
      count += 1;
      if (count < 4) return void response.destroy();
      const { password } = loopback.ecr.tokens.issue('ecr', loopback.ecr.principal, loopback.ecr.region);
      const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
      const data = [{ authorizationToken, expiresAt: Date.now() / 1000 + 3600 }];
      return reply(response, 200, {}, JSON.stringify({ authorizationData: data }));
    });
    cleanups.push(api.close);
    const made = adapters({ env: { ...loopback.env, AWS_ENDPOINT_URL_ECR: api.url } });
    expect(await head(made)).toMatchObject({ kind: 'found' });
    expect(count).toBe(4);
  });

  test('a page in place of an answer is no token', async () => {
    const api = await startServer((_request, response) => reply(response, 200, {}, '<html>please log in</html>'));
    cleanups.push(api.close);
    const made = adapters({ env: { ...loopback.env, AWS_ENDPOINT_URL_ECR: api.url } });
    await expect(head(made)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  describe('ECR Public as a source', () => {
    let open: string;

    beforeEach(() => {
      open = loopback.publicUrl.slice('http://'.length);
      contentsOf(loopback.ecr, { service: 'ecr-public' }).add('app', '1.0');
    });

    const mirrors = () => [{ from: 'public.ecr.aws', to: loopback.publicUrl }];

    /** `public.ecr.aws` by its own name cannot be reached on loopback: its token is asked for by hand. */
    const token = (made: AwsAdapters, side: Side) => made.ecr.token('public.ecr.aws', NEVER, side);

    test('has a token where there are credentials, kept for the run', async () => {
      const made = adapters();
      expect(await token(made, 'source')).toMatchObject({ username: 'AWS', origin: 'the AWS credential chain' });
      await Promise.all([token(made, 'source'), token(made, 'destination')]);
      expect(loopback.ecr.log.calls()).toMatchObject([{ service: 'ecr-public', action: 'GetAuthorizationToken' }]);
    });

    test('is read anonymously where nothing names an identity: AWS is not looked for', async () => {
      const made = adapters({ env: without(...KEYS), settings: { hosts, mirrors: mirrors() } });
      expect(await token(made, 'source')).toBeUndefined();
      expect(await made.registry.head(tagged('public.ecr.aws', 'tests/app'), 'source', NEVER)).toMatchObject({
        kind: 'found',
      });
      expect(made.said).toEqual([]);
      expect(open).not.toBe('');
    });

    test('the metadata of an instance are asked for only where a target needs an identity anyway', async () => {
      const metadata = await startServer((_request, response) => reply(response, 404));
      cleanups.push(metadata.close);
      const asking = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url };
      const made = adapters({ env: { ...without(...KEYS), ...asking } });
      expect(await token(made, 'source')).toBeUndefined();
      expect(metadata.seen).toEqual([]);
      made.ecr.repositories({ kind: 'public', host: 'public.ecr.aws', alias: 'tests' });
      expect(await token(made, 'source')).toBeUndefined();
      expect(metadata.seen.length).toBeGreaterThan(0);
    });

    test('is read anonymously when AWS refuses, which is said once', async () => {
      loopback.ecr.access.deny({ action: 'GetServiceBearerToken' });
      const made = adapters();
      expect([await token(made, 'source'), await token(made, 'source')]).toEqual([undefined, undefined]);
      expect(made.said).toEqual([
        expect.stringMatching(/^ECR Public is read without a login.*sts:GetServiceBearerToken/),
      ]);
      expect(loopback.ecr.log.calls()).toHaveLength(1);
    });

    test('as a target the same refusal is an error that names the rights', async () => {
      loopback.ecr.access.deny({ action: 'GetServiceBearerToken' });
      await expect(token(adapters(), 'destination')).rejects.toMatchObject({
        code: 'CREDENTIALS_UNREADABLE',
        hint: expect.stringContaining('ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken'),
      });
    });

    test('one token that many requests are refused with is one', async () => {
      const made = adapters();
      const first = await token(made, 'source');
      for (let count = 0; count < 3; count += 1) made.ecr.dropToken('public.ecr.aws', first?.password ?? '');
      expect(await token(made, 'source')).toBeDefined();
      expect(made.said).toEqual([]);
    });

    test('tokens that the registry refuses twice in a row are given up', async () => {
      const made = adapters();
      const first = await token(made, 'source');
      made.ecr.dropToken('public.ecr.aws', first?.password ?? '');
      const second = await token(made, 'source');
      expect(second?.password).not.toBe(first?.password);
      made.ecr.dropToken('public.ecr.aws', second?.password ?? '');
      expect(await token(made, 'source')).toBeUndefined();
      expect(made.said).toHaveLength(1);
      expect(await token(made, 'destination')).toBeDefined();
    });
  });

  describe('profiles', () => {
    let home: string;

    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'aws-home-'));
      mkdirSync(join(home, '.aws'));
      cleanups.push(() => rmSync(home, { recursive: true }));
    });

    function profile(name: string, principal = loopback.ecr.principal): string {
      const token = principal.sessionToken === undefined ? '' : `aws_session_token = ${principal.sessionToken}\n`;
      return `[${name}]\naws_access_key_id = ${principal.accessKeyId}\naws_secret_access_key = ${principal.secretAccessKey}\n${token}`;
    }

    test('the named one is used, not the variables', async () => {
      const other = loopback.ecr.addPrincipal('111122223333');
      writeFileSync(join(home, '.aws', 'credentials'), profile('work', other));
      const made = adapters({ env: { ...loopback.env, HOME: home }, profile: 'work' });
      expect(await made.ecr.ownRegistry(undefined, NEVER)).toBe('111122223333.dkr.ecr.eu-central-1.amazonaws.com');
    });

    test('its region is the own one', async () => {
      writeFileSync(join(home, '.aws', 'credentials'), profile('work'));
      writeFileSync(join(home, '.aws', 'config'), '[profile work]\nregion = eu-west-3\n');
      const made = adapters({ env: { ...without(...KEYS, 'AWS_REGION'), HOME: home }, profile: 'work' });
      expect(await made.ecr.ownRegistry(undefined, NEVER)).toBe('123456789012.dkr.ecr.eu-west-3.amazonaws.com');
    });

    test('a profile that does not exist is an error, not anonymity', async () => {
      const made = adapters({ env: { ...without(...KEYS), HOME: home }, profile: 'typo' });
      await expect(head(made)).rejects.toMatchObject({
        code: 'CREDENTIALS_UNREADABLE',
        message: expect.stringMatching(/^AWS gave no token for .*: the profile typo gives no credentials$/),
      });
    });

    test('the default profile is identity enough for ECR Public', async () => {
      writeFileSync(join(home, '.aws', 'credentials'), profile('default'));
      const made = adapters({ env: { ...without(...KEYS), HOME: home } });
      expect(await made.ecr.token('public.ecr.aws', NEVER, 'source')).toBeDefined();
    });
  });
});

describe('single sign-on and roles', () => {
  let ca: PrivateCa;
  let loopback: EcrLoopback;
  let proxy: ConnectProxy;
  let home: string;

  beforeEach(async () => {
    [ca, loopback] = await Promise.all([createPrivateCa(), startEcrLoopback()]);
    home = mkdtempSync(join(tmpdir(), 'aws-home-'));
    mkdirSync(join(home, '.aws', 'sso', 'cache'), { recursive: true });
    cleanups.push(ca.remove, loopback.stop, () => rmSync(home, { recursive: true }));
  });

  /** The service behind a name that leads nowhere but through the proxy, with the private authority. */
  async function behindProxy(name: string, body: (self: EcrLoopback) => string): Promise<Record<string, string>> {
    const certificate = await ca.issue([name]);
    const server = await startServer((_request, response) => reply(response, 200, {}, body(loopback)), { certificate });
    proxy = await startConnectProxy({ routes: { [`${name}:443`]: server.host } });
    cleanups.push(server.close, () => proxy.stop());
    const { AWS_ENDPOINT_URL_ECR = '', AWS_REGION = '' } = loopback.env;
    return { AWS_ENDPOINT_URL_ECR, AWS_REGION, HOME: home, HTTPS_PROXY: proxy.url, SSL_CERT_FILE: ca.certFile };
  }

  test('go through the same proxy and authorities: single sign-on', async () => {
    const env = await behindProxy('sso.example.test', ({ ecr: { principal } }) =>
      JSON.stringify({ roleCredentials: { ...principal, expiration: Date.now() + 3_600_000 } }),
    );
    const start = 'https://corp.example.test/start';
    const cached = join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update(start).digest('hex')}.json`);
    writeFileSync(cached, JSON.stringify({ accessToken: 'x', expiresAt: new Date(Date.now() + 3_600_000) }));
    const lines = [`sso_start_url = ${start}`, 'sso_region = eu-central-1', 'sso_account_id = 1', 'sso_role_name = r'];
    writeFileSync(join(home, '.aws', 'config'), `[profile corp]\n${lines.join('\n')}\n`);
    const made = adaptersWith({ env: { ...env, AWS_ENDPOINT_URL_SSO: 'https://sso.example.test' }, profile: 'corp' });
    expect(await made.ecr.ownRegistry(undefined, NEVER)).toContain('123456789012');
    expect(proxy.tunnels()).toMatchObject([{ authority: 'sso.example.test:443', allowed: true }]);
  });

  test('an expired sign-on says so', async () => {
    const start = 'https://corp.example.test/start';
    const cached = join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update(start).digest('hex')}.json`);
    writeFileSync(cached, JSON.stringify({ accessToken: 'x', expiresAt: new Date(Date.now() - 1000) }));
    const lines = [`sso_start_url = ${start}`, 'sso_region = eu-central-1', 'sso_account_id = 1', 'sso_role_name = r'];
    writeFileSync(join(home, '.aws', 'config'), `[default]\n${lines.join('\n')}\n`);
    const { AWS_ENDPOINT_URL_ECR = '' } = loopback.env;
    const made = adaptersWith({ env: { AWS_ENDPOINT_URL_ECR, AWS_REGION: 'eu-central-1', HOME: home } });
    await expect(made.ecr.ownRegistry(undefined, NEVER)).rejects.toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
      message: expect.stringMatching(/SSO session .* has expired/),
    });
  });

  test('go through the same proxy and authorities: web identity', async () => {
    const env = await behindProxy('sts.example.test', ({ ecr: { principal } }) => {
      const { accessKeyId, secretAccessKey, sessionToken = '' } = principal;
      const keys = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`;
      const rest = `<SessionToken>${sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
      const result = `<AssumeRoleWithWebIdentityResult><Credentials>${keys}${rest}</Credentials></AssumeRoleWithWebIdentityResult>`;
      return `<AssumeRoleWithWebIdentityResponse>${result}</AssumeRoleWithWebIdentityResponse>`;
    });
    writeFileSync(join(home, 'token'), 'a web identity');
    const made = adaptersWith({
      env: {
        ...{ ...env, AWS_ENDPOINT_URL_STS: 'https://sts.example.test' },
        ...{ AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'token'), AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/mirror' },
      },
    });
    expect(await made.ecr.ownRegistry(undefined, NEVER)).toContain('123456789012');
    expect(proxy.tunnels()).toMatchObject([{ authority: 'sts.example.test:443', allowed: true }]);
  });
});

describe('by their real names, through a proxy', () => {
  const FOREIGN = { account: '602401143452', region: 'us-west-2' };
  const CHINA = { account: '123456789012', region: 'cn-north-1' };
  const CORP = { account: '123456789012', region: 'eu-west-1' };
  let world: EcrWorld;

  beforeAll(async () => {
    world = await startEcrWorld({
      registries: [FOREIGN, CHINA, CORP],
      privateNames: { 'registry.corp.example': CORP },
    });
    world.contents.add('team/app', '1.0');
    for (const place of [FOREIGN, CHINA, CORP]) contentsOf(world.ecr, place).add('team/app', '1.0');
    contentsOf(world.ecr, { service: 'ecr-public' }).add('app', '1.0');
  });

  afterAll(() => world.stop());

  afterEach(() => {
    world.ecr.log.reset();
    world.ecr.access.reset();
  });

  function apisAsked(since: number): readonly string[] {
    const asked = world.proxy
      .tunnels()
      .slice(since)
      .map(({ authority }) => authority.replace(/:443$/, ''));
    return [...new Set(asked)].filter((host) => /^(?:api\.)?ecr.*api|^api\.ecr/.test(host));
  }

  test.each([
    ['standard', NAMES.registry, NAMES.api],
    ['FIPS', NAMES.fips.registry, NAMES.fips.api],
    ['dual-stack', NAMES.dualStack.registry, NAMES.dualStack.api],
    ['both', NAMES.dualStackFips.registry, NAMES.dualStackFips.api],
  ])('%s: the API has the form of the registry, and its region', async (_form, registry, api) => {
    const since = world.proxy.tunnels().length;
    const made = adaptersWith({ env: { ...world.env(), AWS_REGION: 'sa-east-1' } });
    expect(await made.registry.head(tagged(registry), 'destination', NEVER)).toMatchObject({ kind: 'found' });
    expect(apisAsked(since)).toEqual([api]);
    expect(world.ecr.log.calls()).toContainEqual(
      expect.objectContaining({ action: 'GetAuthorizationToken', region: 'eu-central-1' }),
    );
  });

  test('another partition', async () => {
    const names = ecrNames(CHINA.account, CHINA.region);
    const since = world.proxy.tunnels().length;
    const made = adaptersWith({ env: world.env() });
    expect(await made.registry.head(tagged(names.registry), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(apisAsked(since)).toEqual(['api.ecr.cn-north-1.amazonaws.com.cn']);
  });

  test("another account's registry gets a token of its region", async () => {
    world.ecr.access.trust('123456789012', FOREIGN.account);
    const { registry } = ecrNames(FOREIGN.account, FOREIGN.region);
    const made = adaptersWith({ env: { ...world.env(), AWS_REGION: 'eu-central-1' } });
    expect(await made.registry.head(tagged(registry), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(world.ecr.log.calls()).toContainEqual(
      expect.objectContaining({ action: 'GetAuthorizationToken', region: 'us-west-2' }),
    );
  });

  test('a refusal there is a clear word', async () => {
    const { registry } = ecrNames(FOREIGN.account, FOREIGN.region);
    const made = adaptersWith({ env: world.env() });
    expect(await made.registry.manifest(tagged(registry), 'source', NEVER)).toMatchObject({
      kind: 'denied',
      detail: expect.stringMatching(
        /not authorized to perform: ecr:BatchGetImage.*credentials from the AWS credential chain/,
      ),
    });
  });

  test('a private name has account and region from the configuration', async () => {
    const name = 'registry.corp.example';
    const hosts = new Map([[name, hostWith({ type: 'ecr', ...CORP })]]);
    const since = world.proxy.tunnels().length;
    const made = adaptersWith({ env: { ...world.env(), AWS_REGION: 'eu-central-1' }, settings: { hosts } });
    expect(await made.registry.head(tagged(name), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(apisAsked(since)).toEqual(['api.ecr.eu-west-1.amazonaws.com']);
  });

  test('public.ecr.aws is read with a token; one that ends is replaced', async () => {
    const made = adaptersWith({ env: world.env() });
    const image = tagged('public.ecr.aws', 'tests/app');
    expect(await made.registry.head(image, 'source', NEVER)).toMatchObject({ kind: 'found' });
    const callers = () =>
      world.ecr.log
        .calls()
        .filter(({ plane }) => plane === 'data')
        .map(({ caller }) => caller);
    expect(callers()).toEqual(['123456789012']);
    world.ecr.tokens.expireAll();
    expect(await made.registry.manifest(image, 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(callers()).toEqual(['123456789012', '123456789012']);
    expect(world.ecr.log.counts().GetAuthorizationToken).toBe(2);
  });

  test('public.ecr.aws is read without keys', async () => {
    const made = adaptersWith({ env: world.network });
    const image = tagged('public.ecr.aws', 'tests/app');
    expect(await made.registry.head(image, 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(world.ecr.log.counts().GetAuthorizationToken).toBeUndefined();
  });

  test('public.ecr.aws over both versions of IP', async () => {
    const since = world.proxy.tunnels().length;
    const made = adaptersWith({ env: world.env() });
    const image = tagged('ecr-public.aws.com', 'tests/app');
    expect(await made.registry.head(image, 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(apisAsked(since)).toEqual(['ecr-public.us-east-1.api.aws']);
  });

  test('look-alikes get nothing', async () => {
    const made = adaptersWith({ env: world.env() });
    const alike = `${NAMES.registry}.example.org`;
    expect(await made.ecr.token(alike, NEVER, 'source')).toBeUndefined();
    expect(world.ecr.log.calls()).toEqual([]);
  });
});
