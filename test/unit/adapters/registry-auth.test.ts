import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import type { Reference } from '../../../src/domain/reference.ts';
import { fastClock, NEVER, networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
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
