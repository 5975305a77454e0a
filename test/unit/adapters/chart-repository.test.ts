import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { NEVER, networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
import { type Answering, reply, startServer, type TestServer } from '../../support/http-server.ts';

const INDEX = `apiVersion: v1
entries:
  a:
  - version: 2.0.0
    urls: [a-2.0.0.tgz, "https://cdn.example/a-2.0.0.tgz"]
  - version: 1.0.0
    urls: [/top/a-1.0.0.tgz]
  - version: 0.1.0
    urls: ["oci://registry.example/charts/a:0.1.0"]
  - version: 0.0.1
    urls: ["http://"]
`;

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

const serveIndex = (index: string | Buffer = INDEX, headers: Record<string, string> = {}) =>
  serve((request, response) => reply(response, request.url.includes('index.yaml') ? 200 : 404, headers, index));

describe('entries', () => {
  test('relative addresses belong to the repository, with a slash at its end or without', async () => {
    const server = await serveIndex();
    for (const repository of [`${server.url}/stable`, `${server.url}/stable/`]) {
      const entries = await network().charts.entries(repository, 'a', NEVER);
      expect(entries?.map(({ version, urls }) => [version, ...urls])).toEqual([
        ['2.0.0', `${server.url}/stable/a-2.0.0.tgz`, 'https://cdn.example/a-2.0.0.tgz'],
        ['1.0.0', `${server.url}/top/a-1.0.0.tgz`],
        ['0.1.0', 'oci://registry.example/charts/a:0.1.0'],
      ]);
    }
    expect(server.lines()).toEqual(['GET /stable/index.yaml', 'GET /stable/index.yaml']);
  });

  test('one fetch for a repository and run, also at the same time', async () => {
    const server = await serveIndex();
    const { charts } = network();
    const all = await Promise.all([
      charts.entries(server.url, 'a', NEVER),
      charts.entries(`${server.url}/`, 'b', NEVER),
      charts.charts(server.url, NEVER),
    ]);
    expect([all[0]?.length, all[1], all[2], server.seen.length]).toEqual([3, undefined, ['a'], 1]);
  });

  test('a packed index is unpacked, within its limit', async () => {
    const server = await serveIndex(gzipSync(INDEX), { 'content-encoding': 'gzip' });
    expect(await network().charts.charts(server.url, NEVER)).toEqual(['a']);
    const bomb = await serveIndex(gzipSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 }), {
      'content-encoding': 'gzip',
    });
    await expect(network().charts.charts(bomb.url, NEVER)).rejects.toMatchObject({ code: 'CHART_SOURCE_UNREACHABLE' });
  });

  test("the repository's query goes along, as with helm", async () => {
    const server = await serveIndex();
    const entries = await network().charts.entries(`${server.url}/x?token=1`, 'a', NEVER);
    expect(server.lines()).toEqual(['GET /x/index.yaml?token=1']);
    expect(entries?.[0]?.urls[0]).toBe(`${server.url}/x/a-2.0.0.tgz?token=1`);
  });

  test('what is no index is an error that names the address without its query', async () => {
    const server = await serveIndex('<html>');
    const read = network().charts.entries(`${server.url}/x?token=secret`, 'a', NEVER);
    await expect(read).rejects.toMatchObject({
      code: 'CHART_SOURCE_UNREACHABLE',
      message: `${server.url}/x/index.yaml is not the index of a chart repository`,
    });
  });

  test('an interrupted fetch is not remembered', async () => {
    const controller = new AbortController();
    const server = await serve((_request, response) => {
      if (controller.signal.aborted) reply(response, 200, {}, INDEX);
      else controller.abort();
    });
    const { charts } = network();
    await expect(charts.charts(server.url, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await charts.charts(server.url, NEVER)).toEqual(['a']);
  });
});

describe('answers that are none', () => {
  test.each([
    [404, 'CHART_SOURCE_UNREACHABLE'],
    [401, 'CHART_SOURCE_DENIED'],
    [403, 'CHART_SOURCE_DENIED'],
    [503, 'CHART_SOURCE_UNREACHABLE'],
    [429, 'RATE_LIMITED'],
  ])('%i is %s', async (status, code) => {
    const server = await serve((_request, response) => reply(response, status));
    await expect(network().charts.charts(server.url, NEVER)).rejects.toMatchObject({ code, origin: 'source' });
  });

  test('a repository that is not there', async () => {
    const server = await serve(() => undefined);
    await server.close();
    cleanups.pop();
    await expect(network().charts.charts(server.url, NEVER)).rejects.toMatchObject({
      code: 'CHART_SOURCE_UNREACHABLE',
      message: `${server.url}/index.yaml cannot be reached: the connection was refused`,
    });
  });

  test.each(['oci://x/y', 'nonsense'])('%s is no address', async (url) => {
    await expect(network().charts.archive(url, 10, NEVER)).rejects.toMatchObject({ code: 'CHART_SOURCE_UNREACHABLE' });
  });
});

/** An environment whose docker configuration has a login for a host. */
function dockerLogin(host: string, login: string): Record<string, string> {
  const directory = mkdtempSync(join(tmpdir(), 'docker-config-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const auths = { [host]: { auth: Buffer.from(login).toString('base64') } };
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ auths }));
  return { DOCKER_CONFIG: directory };
}

describe('user and password', () => {
  const expected = `Basic ${Buffer.from('me:p@ss-word').toString('base64')}`;
  const withLogin = (server: TestServer) => server.url.replace('http://', 'http://me:p%40ss-word@');
  const guarded = () =>
    serve((request, response) => reply(response, request.headers.authorization === expected ? 200 : 401, {}, INDEX));

  test('are sent, kept secret, and not in the entries', async () => {
    const server = await guarded();
    const { charts, redactor } = network();
    const entries = await charts.entries(withLogin(server), 'a', NEVER);
    expect(entries?.[0]?.urls[0]).toBe(`${server.url}/a-2.0.0.tgz`);
    expect(redactor.scrub('p@ss-word')).toBe('***');
    expect(await charts.archive(entries?.[0]?.urls[0] ?? '', 1000, NEVER)).toHaveLength(INDEX.length);
  });

  test('go to no other origin, by archive, redirect or mirror', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      reply(response, 200, {}, INDEX);
    });
    const server = await serve((_request, response) => reply(response, 302, { location: `${other.url}/index.yaml` }));
    const { charts } = network();
    await charts.charts(withLogin(server), NEVER);
    await charts.archive(`${other.url}/a.tgz`, 1000, NEVER);
    const mirrored = network({ settings: { mirrors: [{ from: 'https://charts.example', to: other.url }] } });
    await mirrored.charts.charts('https://me:p%40ss-word@charts.example', NEVER);
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  test('without them a refusal says that none were sent, with them that they were', async () => {
    const server = await guarded();
    await expect(network().charts.charts(server.url, NEVER)).rejects.toThrow(/401; no credentials were sent/);
    const wrong = network().charts.charts(server.url.replace('http://', 'http://me:wrong-one@'), NEVER);
    await expect(wrong).rejects.toThrow(/401; credentials from its URL were sent/);
    await expect(wrong).rejects.not.toThrow(/wrong-one/);
  });

  test('an origin without a login in its address gets the one that docker has for its host, when it asks', async () => {
    const server = await guarded();
    const { charts, redactor } = network({ env: dockerLogin(server.host, 'me:p@ss-word') });
    await Promise.all([charts.charts(server.url, NEVER), charts.archive(`${server.url}/a.tgz`, 1000, NEVER)]);
    expect(await charts.archive(`${server.url}/b.tgz`, 1000, NEVER)).toHaveLength(INDEX.length);
    expect(redactor.scrub('p@ss-word')).toBe('***');
    expect(server.seen.at(-1)?.headers.authorization).toBe(expected);
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  test('a login of docker that is refused is tried once, and named', async () => {
    const server = await guarded();
    const { charts } = network({ env: dockerLogin(server.host, 'me:wrong-one') });
    await expect(charts.charts(server.url, NEVER)).rejects.toThrow(/401; credentials from .*config\.json were sent/);
    expect(server.seen).toHaveLength(2);
  });

  test('a login of docker is not sent in the clear to a host that was not allowed it', async () => {
    const server = await guarded();
    const env = dockerLogin(server.host, 'me:p@ss-word');
    const { charts } = network({ env, settings: { plainHttpLoopback: false } });
    await expect(charts.charts(server.url, NEVER)).rejects.toMatchObject({ code: 'CHART_SOURCE_DENIED' });
    expect(server.seen).toHaveLength(1);
  });

  test('those of a mirror are sent to it', async () => {
    const server = await guarded();
    const { charts } = network({ settings: { mirrors: [{ from: 'https://charts.example', to: withLogin(server) }] } });
    expect(await charts.charts('https://charts.example', NEVER)).toEqual(['a']);
  });
});

describe('archives and mirrors', () => {
  test('an archive has its limit', async () => {
    const server = await serve((_request, response) => reply(response, 200, {}, 'x'.repeat(100)));
    const { charts } = network();
    expect(await charts.archive(`${server.url}/a.tgz`, 100, NEVER)).toHaveLength(100);
    await expect(charts.archive(`${server.url}/a.tgz`, 99, NEVER)).rejects.toMatchObject({
      code: 'CHART_ARCHIVE_REFUSED',
    });
  });

  test('a packed archive stays packed', async () => {
    const bytes = gzipSync('chart');
    const server = await serve((_request, response) => reply(response, 200, { 'content-encoding': 'gzip' }, bytes));
    expect(Buffer.from(await network().charts.archive(`${server.url}/a.tgz`, 100, NEVER)).equals(bytes)).toBe(true);
    expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('index, archive and redirect go through the mirrors; names stay', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/charts/index.yaml') return reply(response, 200, {}, INDEX);
      if (request.url === '/cdn/a-2.0.0.tgz')
        return reply(response, 302, { location: 'https://storage.example/bucket/a.tgz' });
      reply(response, request.url === '/storage/bucket/a.tgz' ? 200 : 404, {}, 'chart');
    });
    const mirrors = ['https://charts.example=/charts', 'cdn.example=/cdn', 'https://storage.example=/storage'].map(
      (text) => {
        const [from = '', path = ''] = text.split('=');
        return { from, to: `${server.url}${path}` };
      },
    );
    const { charts } = network({ settings: { mirrors } });
    const entries = await charts.entries('https://charts.example', 'a', NEVER);
    expect(entries?.[0]?.urls).toEqual(['https://charts.example/a-2.0.0.tgz', 'https://cdn.example/a-2.0.0.tgz']);
    expect(Buffer.from(await charts.archive('https://cdn.example/a-2.0.0.tgz', 100, NEVER)).toString()).toBe('chart');
  });
});

describe('a provenance file', () => {
  test('stands beside its archive, before the query of the address', async () => {
    const server = await serve((_request, response) => reply(response, 200, {}, 'signed'));
    const bytes = await network().charts.provenance(`${server.url}/x/a-1.0.0.tgz?token=1`, 10, NEVER);
    expect([Buffer.from(bytes ?? []).toString(), server.lines()]).toEqual([
      'signed',
      ['GET /x/a-1.0.0.tgz.prov?token=1'],
    ]);
  });

  test.each([403, 404, 410])('is not there where the answer is %i', async (status) => {
    const server = await serve((_request, response) => reply(response, status));
    expect(await network().charts.provenance(`${server.url}/a.tgz`, 10, NEVER)).toBeUndefined();
    expect(server.lines()).toEqual(['GET /a.tgz.prov']);
  });

  test.each([
    [401, 'CHART_SOURCE_DENIED'],
    [400, 'CHART_SOURCE_UNREACHABLE'],
    [503, 'CHART_SOURCE_UNREACHABLE'],
  ])('is an error where the answer is %i', async (status, code) => {
    const server = await serve((_request, response) => reply(response, status));
    await expect(network().charts.provenance(`${server.url}/a.tgz`, 10, NEVER)).rejects.toMatchObject({ code });
  });

  test('is not read beyond its limit', async () => {
    const server = await serve((_request, response) => reply(response, 200, {}, 'x'.repeat(11)));
    await expect(network().charts.provenance(`${server.url}/a.tgz`, 10, NEVER)).rejects.toMatchObject({
      message: `${server.url}/a.tgz.prov is larger than 10 bytes`,
    });
  });

  test('is asked for through mirrors and redirects, with the login of the repository and nobody else', async () => {
    const login = `Basic ${Buffer.from('me:p@ss-word').toString('base64')}`;
    const far = await serve((request, response) =>
      reply(response, request.headers.authorization === undefined ? 200 : 400, {}, 'signed'),
    );
    const cache = await serve((request, response) => {
      if (request.headers.authorization !== login) return reply(response, 401);
      reply(response, 302, { location: `${far.url}/files/a.tgz.prov` });
    });
    const { charts } = network({
      settings: { mirrors: [{ from: 'https://charts.example/stable', to: `${cache.url}/pull` }] },
      env: dockerLogin(cache.host, 'me:p@ss-word'),
    });
    const bytes = await charts.provenance('https://charts.example/stable/a.tgz', 10, NEVER);
    expect(Buffer.from(bytes ?? []).toString()).toBe('signed');
    expect([cache.lines(), far.lines()]).toEqual([
      ['GET /pull/a.tgz.prov', 'GET /pull/a.tgz.prov'],
      ['GET /files/a.tgz.prov'],
    ]);
  });
});
