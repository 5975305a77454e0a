import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import type { Reference } from '../../../src/domain/reference.ts';
import { fastClock, hostWith, NEVER, networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
import { type Answering, reply, type SeenRequest, startServer, type TestServer } from '../../support/http-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(answer: Answering): Promise<TestServer> {
  const server = await startServer(answer);
  cleanups.push(server.close);
  return server;
}

function network(options: TestNetworkOptions = {}) {
  const made = networkWith(options);
  cleanups.push(made.close);
  return made;
}

function tagged(server: TestServer, repository = 'a/b'): Reference {
  return { registry: server.host, repository, tag: '1', digest: undefined };
}

const FOUND = { 'docker-content-digest': digestOf('x'), 'content-type': 'application/vnd.oci.image.index.v1+json' };

interface Bearer {
  readonly issue?: (request: SeenRequest, count: number) => { status: number; body: unknown };
  readonly accepts?: (token: string, request: SeenRequest) => boolean;
  readonly challenge?: (self: string, request: SeenRequest) => string | string[];
}

/** A registry with its token server under `/token` of the same host. */
function bearerRegistry({ issue, accepts = () => true, challenge }: Bearer): Promise<TestServer> {
  let count = 0;
  const standard = (self: string) => `Bearer realm="http://${self}/token",service="tests",scope="repository:a/b:pull"`;
  return serve((request, response) => {
    const self = request.headers.host ?? '';
    if (request.url.startsWith('/token')) {
      count += 1;
      const { status, body } = issue?.(request, count) ?? { status: 200, body: { token: `token-${count}` } };
      return reply(response, status, { 'content-type': 'application/json' }, JSON.stringify(body));
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && accepts(token, request)) return reply(response, 200, FOUND);
    reply(response, 401, { 'www-authenticate': (challenge ?? standard)(self, request) });
  });
}

function withLogin(server: TestServer, user: string, password: string): TestNetworkOptions {
  return {
    tokenSource: async (host) => (host === server.host ? { username: user, password, origin: 'the test' } : undefined),
  };
}

function tokenRequests(server: TestServer): SeenRequest[] {
  return server.seen.filter(({ url }) => url.startsWith('/token'));
}

describe('bearer tokens', () => {
  test('an anonymous token is fetched once and used from then on', async () => {
    const server = await bearerRegistry({});
    const { registry, redactor } = network();
    await registry.head(tagged(server), 'source', NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(server.lines()).toEqual([
      'HEAD /v2/a/b/manifests/1',
      'GET /token?service=tests&scope=repository%3Aa%2Fb%3Apull',
      'HEAD /v2/a/b/manifests/1',
      'HEAD /v2/a/b/manifests/1',
    ]);
    expect(redactor.scrub('token-1')).toBe('***');
  });

  test('another repository gets a token of its own, without being refused first', async () => {
    const server = await bearerRegistry({});
    const { registry } = network();
    await registry.head(tagged(server), 'source', NEVER);
    await registry.head(tagged(server, 'c/d'), 'source', NEVER);
    expect(server.lines().slice(3)).toEqual([
      'GET /token?service=tests&scope=repository%3Ac%2Fd%3Apull',
      'HEAD /v2/c/d/manifests/1',
    ]);
  });

  test('a token is renewed before it expires', async () => {
    const server = await bearerRegistry({
      issue: (_request, count) => ({ status: 200, body: { access_token: `t${count}`, expires_in: 100 } }),
    });
    const clock = fastClock();
    const { registry } = network({ clock });
    await registry.head(tagged(server), 'source', NEVER);
    await clock.sleep(70_000, NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server)).toHaveLength(1);
    await clock.sleep(15_000, NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server)).toHaveLength(2);
  });

  test('a token that a cache has had for a while lives from when it was issued', async () => {
    const issued = new Date(Date.now() - 60_000).toISOString();
    const server = await bearerRegistry({
      issue: (_request, count) => ({
        status: 200,
        body: { access_token: `t${count}`, expires_in: 100, ...(count === 1 ? { issued_at: issued } : {}) },
      }),
    });
    const clock = fastClock();
    const { registry } = network({ clock });
    await registry.head(tagged(server), 'source', NEVER);
    await clock.sleep(25_000, NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server)).toHaveLength(1);
    await clock.sleep(15_000, NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server)).toHaveLength(2);
  });

  test.each([
    ['in the future', 50],
    ['long ago', -86_400],
  ])('a token that was issued %s, by the clock of the server, lives as long as it says', async (_, seconds) => {
    const issued = new Date(Date.now() + seconds * 1000).toISOString();
    const server = await bearerRegistry({
      issue: () => ({ status: 200, body: { access_token: 't', expires_in: 100, issued_at: issued } }),
    });
    const clock = fastClock();
    const { registry } = network({ clock });
    await registry.head(tagged(server), 'source', NEVER);
    await clock.sleep(70_000, NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server)).toHaveLength(1);
  });

  test('a token that is refused early is renewed once', async () => {
    const server = await bearerRegistry({ accepts: (token) => token !== 'token-1' || revoked === false });
    let revoked = false;
    const { registry } = network();
    await registry.head(tagged(server), 'source', NEVER);
    revoked = true;
    expect(await registry.head(tagged(server), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(tokenRequests(server)).toHaveLength(2);
  });

  test('401 with a fresh token is denied, and not asked again and again', async () => {
    const server = await bearerRegistry({ accepts: () => false });
    const { registry } = network();
    const first = await registry.head(tagged(server), 'source', NEVER);
    expect(first).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining(`none for ${server.host} were found in`),
    });
    await registry.head(tagged(server), 'source', NEVER);
    expect(server.seen.length).toBeLessThanOrEqual(7);
  });

  test('user and password go to the token server alone', async () => {
    const server = await bearerRegistry({});
    const { registry } = network(withLogin(server, 'me', 'password'));
    await registry.head(tagged(server), 'source', NEVER);
    const basic = `Basic ${Buffer.from('me:password').toString('base64')}`;
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, basic, 'Bearer token-1']);
  });

  test('a token server that refuses the login is denied and says whose it was', async () => {
    const server = await bearerRegistry({
      issue: () => ({ status: 401, body: { details: 'incorrect username or password' } }),
    });
    const { registry } = network(withLogin(server, 'me', 'wrong-password'));
    const answer = await registry.head(tagged(server), 'source', NEVER);
    expect(answer).toEqual({
      kind: 'denied',
      detail: `the token server ${server.host} answered 401 incorrect username or password; credentials from the test were sent`,
    });
  });

  test('an identity token is posted, and sent by GET where there is no POST', async () => {
    const server = await bearerRegistry({
      issue: (request) =>
        request.method === 'POST' && noPost ? { status: 404, body: {} } : { status: 200, body: { access_token: 'a' } },
    });
    let noPost = false;
    await network(withLogin(server, '<token>', 'refresh me')).registry.head(tagged(server), 'source', NEVER);
    const posted = tokenRequests(server)[0];
    expect(Object.fromEntries(new URLSearchParams(posted?.body.toString()))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'refresh me',
      service: 'tests',
      scope: 'repository:a/b:pull',
    });
    noPost = true;
    await network(withLogin(server, '<token>', 'refresh me')).registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server).map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
  });

  test("a mirror's own name of the repository is asked for, too", async () => {
    const server = await bearerRegistry({
      challenge: (self) => `Bearer realm="http://${self}/token",scope="repository:cache/a/b:pull"`,
    });
    const { registry } = network();
    await registry.head(tagged(server), 'source', NEVER);
    await registry.head(tagged(server), 'source', NEVER);
    expect(tokenRequests(server)).toHaveLength(1);
    const scopes = new URL(tokenRequests(server)[0]?.url ?? '', 'http://x').searchParams.getAll('scope');
    expect(scopes).toEqual(['repository:a/b:pull', 'repository:cache/a/b:pull']);
  });

  test('a token server that is throttled is RATE_LIMITED', async () => {
    const server = await bearerRegistry({ issue: () => ({ status: 429, body: {} }) });
    const head = network().registry.head(tagged(server), 'source', NEVER);
    await expect(head).rejects.toMatchObject({ code: 'RATE_LIMITED', origin: 'source' });
  });

  test.each([
    ['nothing', {}],
    ['a token with a line break', { token: 'a\nb' }],
    ['text', 'token'],
  ])('a token server that sends %s is REGISTRY_ANSWER_INVALID', async (_name, body) => {
    const server = await bearerRegistry({ issue: () => ({ status: 200, body }) });
    const head = network().registry.head(tagged(server), 'source', NEVER);
    await expect(head).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test.each(['nowhere', 'ftp://x/', ''])('the token address %j is refused', async (realm) => {
    const server = await bearerRegistry({ challenge: () => `Bearer realm="${realm}",service="x"` });
    const head = network().registry.head(tagged(server), 'source', NEVER);
    await expect(head).rejects.toThrow(/token address/);
  });
});

describe('other challenges', () => {
  test('basic, with the login sent at once from then on', async () => {
    const expected = `Basic ${Buffer.from('me:password').toString('base64')}`;
    const server = await serve((request, response) => {
      if (request.headers.authorization === expected) reply(response, 200, FOUND);
      else reply(response, 401, { 'www-authenticate': 'Basic realm="x"' });
    });
    const { registry } = network(withLogin(server, 'me', 'password'));
    expect(await registry.head(tagged(server), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(await registry.head(tagged(server), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, expected, expected]);
  });

  test('basic with a wrong password is denied after one try', async () => {
    const server = await serve((_request, response) => reply(response, 401, { 'www-authenticate': 'Basic realm="x"' }));
    const { registry } = network(withLogin(server, 'me', 'wrong'));
    const answer = await registry.head(tagged(server), 'source', NEVER);
    expect(answer).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining('credentials from the test were sent'),
    });
    expect(server.seen).toHaveLength(2);
    await registry.head(tagged(server), 'source', NEVER);
    expect(server.seen).toHaveLength(3);
  });

  test('of several, a bearer one is answered', async () => {
    const server = await bearerRegistry({
      challenge: (self) => ['Negotiate', `Basic realm="x", Bearer realm="http://${self}/token",service="s"`],
    });
    expect(await network().registry.head(tagged(server), 'source', NEVER)).toMatchObject({ kind: 'found' });
  });

  test('none that is known is denied', async () => {
    const server = await serve((_request, response) => reply(response, 401, { 'www-authenticate': 'Negotiate' }));
    expect(await network().registry.head(tagged(server), 'source', NEVER)).toMatchObject({ kind: 'denied' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('credentials and origins', () => {
  test('a registry behind a redirect gets an anonymous token of its own', async () => {
    const behind = await bearerRegistry({});
    const server = await serve((request, response) =>
      reply(response, 307, { location: `${behind.url}${request.url}` }),
    );
    const login = withLogin(behind, 'me', 'password');
    expect(await network(login).registry.head(tagged(server), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(behind.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, 'Bearer token-1']);
  });

  test('a registry that asks for no login is not looked up', async () => {
    const server = await serve((_request, response) => reply(response, 200, FOUND));
    const asked: string[] = [];
    const { registry } = network({ tokenSource: async (host) => void asked.push(host) as undefined });
    await registry.head(tagged(server), 'source', NEVER);
    expect(asked).toEqual([]);
  });

  test('behind a mirror, the login is that of the mirror', async () => {
    const server = await bearerRegistry({});
    const asked: string[] = [];
    const { registry } = network({
      settings: { mirrors: [{ from: 'quay.io', to: server.host }] },
      tokenSource: async (host) => void asked.push(host) as undefined,
    });
    await registry.head({ registry: 'quay.io', repository: 'a/b', tag: '1', digest: undefined }, 'source', NEVER);
    expect(asked).toEqual([server.host]);
  });

  test("user and password in the mirror's address are used and kept secret", async () => {
    const server = await bearerRegistry({});
    const { registry, redactor } = network({
      settings: { mirrors: [{ from: 'quay.io', to: `http://me:mirror-pw@${server.host}` }] },
    });
    await registry.head({ registry: 'quay.io', repository: 'a/b', tag: '1', digest: undefined }, 'source', NEVER);
    expect(tokenRequests(server)[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:mirror-pw').toString('base64')}`,
    );
    expect(redactor.scrub('mirror-pw')).toBe('***');
  });
});

describe('logins to Amazon ECR that have expired', () => {
  const EXPIRED = JSON.stringify({
    errors: [{ code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate and try again.' }],
  });
  const DENIED = JSON.stringify({
    errors: [{ code: 'DENIED', message: 'not authorized to perform: ecr:BatchGetImage' }],
  });

  interface Login {
    readonly expired: ReadonlySet<string>;
    readonly status?: number;
    readonly denied?: boolean;
  }

  function passwordIn({ headers }: SeenRequest): string | undefined {
    const basic = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1];
    return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString().replace(/^AWS:/, '');
  }

  /** Answers as ECR does: a HEAD has no body that could say why. */
  function ecrRegistry({ expired, status = 403, denied = false }: Login): Promise<TestServer> {
    return serve((request, response) => {
      const challenge = { 'www-authenticate': 'Basic realm="tests"' };
      const password = passwordIn(request);
      if (password === undefined) return reply(response, 401, challenge);
      if (expired.has(password)) return reply(response, status, status === 401 ? challenge : {}, EXPIRED);
      if (denied && request.url !== '/v2/') return reply(response, 403, {}, DENIED);
      return reply(response, 200, request.method === 'GET' ? { 'content-type': FOUND['content-type'] } : FOUND, '{}');
    });
  }

  /** A source of tokens that gives a new one whenever one was dropped. */
  function tokensFor(server: TestServer): TestNetworkOptions & { readonly dropped: string[] } {
    const dropped: string[] = [];
    return {
      dropped,
      settings: { hosts: new Map([[server.host, hostWith({ type: 'ecr' })]]) },
      tokenSource: async () => ({ username: 'AWS', password: `token-${dropped.length + 1}`, origin: 'AWS' }),
      dropToken: (_host, password) => void dropped.push(password),
    };
  }

  test.each([403, 401])('a GET that is answered with %i is sent once more with the next one', async (status) => {
    const server = await ecrRegistry({ expired: new Set(['token-1']), status });
    const options = tokensFor(server);
    const { registry } = network(options);
    expect(await registry.manifest(tagged(server), 'destination', NEVER)).toMatchObject({ kind: 'found' });
    expect(options.dropped).toEqual(['token-1']);
    expect(server.seen.map(passwordIn)).toEqual([undefined, 'token-1', 'token-2']);
  });

  test('a HEAD, whose answer says nothing, as well, after the registry was asked for itself', async () => {
    const server = await ecrRegistry({ expired: new Set(['token-1']) });
    const options = tokensFor(server);
    const { registry } = network(options);
    expect(await registry.head(tagged(server), 'destination', NEVER)).toMatchObject({ kind: 'found' });
    expect(server.lines()).toEqual([
      'HEAD /v2/a/b/manifests/1',
      'HEAD /v2/a/b/manifests/1',
      'GET /v2/',
      'HEAD /v2/a/b/manifests/1',
    ]);
  });

  test('a missing right is none of them: the token stays', async () => {
    const server = await ecrRegistry({ expired: new Set(), denied: true });
    const options = tokensFor(server);
    const { registry } = network(options);
    expect(await registry.head(tagged(server), 'destination', NEVER)).toMatchObject({ kind: 'denied' });
    expect(await registry.manifest(tagged(server), 'destination', NEVER)).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining('ecr:BatchGetImage'),
    });
    expect(options.dropped).toEqual([]);
  });

  test('one request gives up one login, not one after the other', async () => {
    const server = await ecrRegistry({ expired: new Set(['token-1', 'token-2', 'token-3']) });
    const options = tokensFor(server);
    const { registry } = network(options);
    expect(await registry.manifest(tagged(server), 'destination', NEVER)).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining('authorization token has expired'),
    });
    expect(server.seen.map(passwordIn)).toEqual([undefined, 'token-1', 'token-2']);
  });

  test('a body that cannot be sent again is marked, and the next request has a new login', async () => {
    const expired = new Set<string>();
    const server = await ecrRegistry({ expired });
    const { access } = network(tokensFor(server));
    const address = { base: new URL(server.url), host: server.host, repository: 'a/b', userinfo: undefined };
    const call = { address, actions: 'pull,push', side: 'destination', signal: NEVER, what: 'it' } as const;
    await access.ask({ ...call, method: 'POST', target: 'blobs/uploads/' }, 1000);
    expired.add('token-1');
    const upload = () =>
      access.open({ ...call, method: 'PATCH', target: 'blobs/uploads/1', body: Readable.from(['layer']) });
    expect(await upload()).toMatchObject({ kind: 'answer', stale: true, answer: { status: 403 } });
    const again = await upload();
    expect(again).toMatchObject({ kind: 'answer', answer: { status: 200 } });
    expect(again).not.toHaveProperty('stale');
    expect(server.seen.map(passwordIn)).toEqual([undefined, 'token-1', 'token-1', 'token-2']);
  });

  test('explicit credentials are never replaced', async () => {
    const server = await ecrRegistry({ expired: new Set(['by-hand']) });
    const options = tokensFor(server);
    const privateEcr = { username: 'AWS', password: 'by-hand', origin: '--private-ecr-password' };
    const { registry } = network({ ...options, credentials: { privateEcr } });
    expect(await registry.manifest(tagged(server), 'destination', NEVER)).toMatchObject({
      kind: 'denied',
      detail: expect.stringMatching(/token has expired.*credentials from --private-ecr-password were sent/),
    });
    expect(server.seen).toHaveLength(2);
  });

  test('where there is no other login, the refusal says so', async () => {
    const server = await ecrRegistry({ expired: new Set(['token-1']) });
    let isDropped = false;
    const { registry } = network({
      ...tokensFor(server),
      tokenSource: async () => (isDropped ? undefined : { username: 'AWS', password: 'token-1', origin: 'AWS' }),
      dropToken: () => {
        isDropped = true;
      },
    });
    expect(await registry.manifest(tagged(server), 'destination', NEVER)).toMatchObject({
      kind: 'denied',
      detail: expect.stringContaining('they have expired, and there are no others'),
    });
  });

  test('at other registries 401 and 403 are final', async () => {
    const server = await ecrRegistry({ expired: new Set(['token-1']) });
    const options = tokensFor(server);
    const { registry } = network({ ...options, settings: {} });
    expect(await registry.manifest(tagged(server), 'destination', NEVER)).toMatchObject({ kind: 'denied' });
    expect(options.dropped).toEqual([]);
    // the list of tags tells whether it is refused or absent
    expect(server.seen.map(({ url }) => url.replace(/.*\//, ''))).toEqual(['1', '1', 'list?n=1000']);
  });
});
