import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createHostLimits } from '../../../src/adapters/host-limits.ts';
import { createHttpClient, type HttpClientOptions } from '../../../src/adapters/http.ts';
import { createRetries } from '../../../src/adapters/http-retry.ts';
import { createRequests, type Reply } from '../../../src/adapters/requests.ts';
import type { NetworkSettings } from '../../../src/domain/network.ts';
import { Redactor } from '../../../src/redaction.ts';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { type Authority, createAuthority } from '../../support/http-certificates.ts';
import { fastClock, hostWith, NEVER, settingsWith } from '../../support/http-network.ts';
import { type Answering, reply, type ServerOptions, startServer, type TestServer } from '../../support/http-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
let directory: string;
let authority: Authority;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'http-'));
  authority = createAuthority();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function serve(answer: Answering, options?: ServerOptions): Promise<TestServer> {
  const server = await startServer(answer, options);
  cleanups.push(server.close);
  return server;
}

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const SHORT = { connect: 300, head: 300, headAfterUpload: 300, stall: 300 };

function requestsWith(
  settings: Partial<NetworkSettings> = {},
  rest: Partial<HttpClientOptions> = {},
  clock = fastClock(),
) {
  const whole = settingsWith(settings);
  const redactor = new Redactor();
  const client = createHttpClient({ settings: whole, env: {}, redactor, ...rest });
  cleanups.push(client.close);
  const requests = createRequests(client, createHostLimits(whole), createRetries(clock));
  const get = (
    url: string,
    more: { authorization?: string; limit?: number; signal?: AbortSignal } = {},
  ): Promise<Reply> => {
    const { authorization, limit = 1000, signal = NEVER } = more;
    return requests.ask({ method: 'GET', url: new URL(url), authorization, side: 'source', signal }, limit);
  };
  const once = (url: string) => client.send({ method: 'GET', url: new URL(url), headers: {}, signal: NEVER });
  return { requests, get, once, redactor };
}

describe('bodies', () => {
  test('a whole answer, with its headers', async () => {
    const server = await serve((_request, response) => reply(response, 200, { 'x-list': ['a', 'b'] }, 'hello'));
    const answer = await requestsWith().get(server.url);
    expect([answer.status, answer.bytes.toString(), answer.text]).toEqual([200, 'hello', undefined]);
  });

  test('more than the limit is refused, said or unsaid', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/said') reply(response, 200, { 'content-length': '2000' }, 'x'.repeat(2000));
      else response.end('x'.repeat(2000));
    });
    const { get } = requestsWith();
    await expect(get(`${server.url}/said`)).rejects.toThrow(/more than 1000 bytes/);
    await expect(get(`${server.url}/unsaid`)).rejects.toThrow(/more than 1000 bytes/);
    expect(server.seen).toHaveLength(2);
  });

  test('a long refusal is cut, not refused', async () => {
    const server = await serve((_request, response) => reply(response, 404, {}, 'x'.repeat(500_000)));
    const answer = await requestsWith().get(server.url);
    expect([answer.status, (answer.text ?? '').length < 200_000]).toEqual([404, true]);
  });

  test('an answer that breaks off is fetched again', async () => {
    let count = 0;
    const server = await serve((_request, response) => {
      count += 1;
      if (count > 1) return reply(response, 200, {}, 'whole');
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect((await requestsWith().get(server.url)).bytes.toString()).toBe('whole');
  });

  test('an answer that stalls is given up and fetched again', async () => {
    let count = 0;
    const server = await serve((_request, response) => {
      count += 1;
      if (count > 1) return reply(response, 200, {}, 'whole');
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    const answer = await requestsWith({}, { timeouts: SHORT }).get(server.url);
    expect([answer.bytes.toString(), count]).toEqual(['whole', 2]);
  });

  test('a server that never answers is given up', async () => {
    const server = await serve(() => undefined);
    const { once } = requestsWith({}, { timeouts: SHORT });
    await expect(once(server.url)).rejects.toMatchObject({
      message: 'it did not answer in time',
      host: server.host,
      transient: true,
    });
  });

  test('an interrupt ends a request in the middle of its body', async () => {
    const controller = new AbortController();
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => setTimeout(() => controller.abort(), 20));
    });
    const get = requestsWith().get(server.url, { signal: controller.signal });
    await expect(get).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a closed port is a transient failure', async () => {
    const server = await serve(() => undefined);
    await server.close();
    cleanups.pop();
    await expect(requestsWith().get(server.url)).rejects.toMatchObject({ message: 'the connection was refused' });
  });
});

describe('limits', () => {
  test('a host feels no more requests at once than configured', async () => {
    let now = 0;
    let most = 0;
    const server = await serve(async (_request, response) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now -= 1;
      reply(response, 200);
    });
    const { get } = requestsWith({ hosts: new Map([[server.host, hostWith({ concurrency: 3 })]]) });
    await Promise.all(Array.from({ length: 12 }, () => get(server.url)));
    expect(most).toBe(3);
  });

  test('an open answer holds its place until it has been read', async () => {
    const server = await serve((_request, response) => reply(response, 200, {}, 'x'));
    const { requests } = requestsWith({ hosts: new Map([[server.host, hostWith({ concurrency: 1 })]]) });
    const download = { method: 'GET', url: new URL(server.url), side: 'source', signal: NEVER } as const;
    const open = await requests.open(download);
    const second = requests.open(download);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.seen).toHaveLength(1);
    open.body.resume();
    (await second).body.resume();
    expect(server.seen).toHaveLength(2);
  });

  test('uploads and tokens do not wait for a place that a download holds', async () => {
    const server = await serve((_request, response) => reply(response, 200, {}, 'x'));
    const { requests } = requestsWith({ hosts: new Map([[server.host, hostWith({ concurrency: 1 })]]) });
    const common = { url: new URL(server.url), side: 'source', signal: NEVER } as const;
    const download = await requests.open({ ...common, method: 'GET' });
    await requests.ask({ ...common, method: 'GET', lane: 'token' }, 10);
    await requests.ask({ ...common, method: 'PATCH', body: Readable.from(['layer']) }, 10);
    expect(server.lines()).toEqual(['GET /', 'GET /', 'PATCH /']);
    download.body.resume();
  });

  test('an interrupt frees those who wait for a place', async () => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    const { get } = requestsWith({ hosts: new Map([[server.host, hostWith({ concurrency: 1 })]]) });
    const all = [get(server.url, controller), get(server.url, controller)];
    setTimeout(() => controller.abort(), 20);
    const ends = await Promise.allSettled(all);
    expect(ends.map((end) => end.status === 'rejected' && end.reason.name)).toEqual(['AbortError', 'AbortError']);
  });
});

describe('redirects', () => {
  test('credentials stay with their origin, and do not come back', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/back') return reply(response, 302, { location: `${first.url}/end` });
      reply(response, 200, {}, 'other');
    });
    const first: TestServer = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/end') return reply(response, 200, {}, 'end');
      if (request.url === '/own') return reply(response, 307, { location: '/end' });
      reply(response, 307, { location: `${other.url}${request.url}` });
    });
    const { get } = requestsWith();
    await get(`${first.url}/own`, { authorization: 'Bearer t' });
    expect(seen.splice(0)).toEqual(['Bearer t', 'Bearer t']);
    await get(`${first.url}/back`, { authorization: 'Bearer t' });
    expect(seen.splice(0)).toEqual(['Bearer t', undefined, undefined]);
  });

  test('ten hops are followed, eleven are not', async () => {
    const server = await serve((request, response) => {
      const left = Number(request.url.slice(1));
      if (left === 0) return reply(response, 200, {}, 'end');
      reply(response, 302, { location: `/${left - 1}` });
    });
    const { get } = requestsWith();
    expect((await get(`${server.url}/10`)).status).toBe(200);
    await expect(get(`${server.url}/11`)).rejects.toThrow('it redirects more than 10 times');
  });

  test.each([
    ['ftp://example.org/', 'it redirects to ftp:'],
    ['http://', 'it redirects to something that is no address'],
  ])('to %j is not followed', async (location, message) => {
    const server = await serve((_request, response) => reply(response, 302, { location }));
    await expect(requestsWith().get(server.url)).rejects.toThrow(message);
    expect(server.seen).toHaveLength(1);
  });

  test('a redirect without an address is an answer', async () => {
    const server = await serve((_request, response) => reply(response, 304));
    expect((await requestsWith().get(server.url)).status).toBe(304);
  });

  test.each([
    ['http://other.example/', 'it redirects from https to http://other.example'],
    ['https://127.0.0.1:1/', 'it redirects to the internal address 127.0.0.1:1'],
    ['https://169.254.169.254/latest', 'it redirects to the internal address 169.254.169.254'],
    ['https://localhost/', 'it redirects to the internal address localhost'],
    ['https://[::ffff:10.0.0.1]/', 'it redirects to the internal address [::ffff:a00:1]'],
  ])('from a public name to %s is not followed', async (location, message) => {
    const server = await serve((_request, response) => reply(response, 302, { location }), {
      certificate: authority.issue('public.example'),
    });
    const proxy = await startConnectProxy({ routes: { 'public.example:443': server.host } });
    cleanups.push(proxy.stop);
    const { get } = requestsWith({ caFile: file('ca.pem', authority.cert) }, { env: { HTTPS_PROXY: proxy.url } });
    await expect(get('https://public.example/')).rejects.toThrow(message);
  });
});

describe('certificates', () => {
  const secure = (options: ServerOptions = {}) =>
    serve((_request, response) => reply(response, 200, {}, 'secure'), {
      certificate: authority.issue('127.0.0.1'),
      ...options,
    });

  test('an unknown authority is refused at once, with a hint', async () => {
    const server = await secure();
    const get = requestsWith().get(server.url);
    await expect(get).rejects.toMatchObject({ transient: false, hint: expect.stringContaining('--ca-file') });
  });

  test.each(['--ca-file', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])('%s is trusted', async (way) => {
    const server = await secure();
    const ca = file('ca.pem', `some text\n${authority.cert}`);
    const { get } = way === '--ca-file' ? requestsWith({ caFile: ca }) : requestsWith({}, { env: { [way]: ca } });
    expect((await get(server.url)).bytes.toString()).toBe('secure');
  });

  test("a host's own caFile is for that host only", async () => {
    const [mine, other] = [await secure(), await secure()];
    const { get } = requestsWith({
      hosts: new Map([[mine.host, hostWith({ caFile: file('ca.pem', authority.cert) })]]),
    });
    expect((await get(mine.url)).status).toBe(200);
    await expect(get(other.url)).rejects.toThrow('not trusted');
  });

  test('SSL_CERT_FILE takes the place of the usual authorities, the others stand beside it', async () => {
    const [another, mine] = [createAuthority('Another'), await secure()];
    const env = {
      SSL_CERT_FILE: file('another.pem', another.cert),
      NODE_EXTRA_CA_CERTS: file('ca.pem', authority.cert),
    };
    expect((await requestsWith({}, { env }).get(mine.url)).status).toBe(200);
  });

  test('a certificate for another name is refused', async () => {
    const server = await secure({ certificate: authority.issue('other.example') });
    const { get } = requestsWith({ caFile: file('ca.pem', authority.cert) });
    await expect(get(server.url)).rejects.toThrow('its certificate is for another name');
  });

  test('a client certificate is shown to its host', async () => {
    const server = await secure({ clientCa: authority.cert });
    const client = authority.issue('client');
    const clientCertificate = { certFile: file('client.pem', client.cert), keyFile: file('client.key', client.key) };
    const caFile = file('ca.pem', authority.cert);
    const { get } = requestsWith({ hosts: new Map([[server.host, hostWith({ caFile, clientCertificate })]]) });
    expect((await get(server.url)).status).toBe(200);
    await expect(requestsWith({ caFile }).get(server.url)).rejects.toMatchObject({ name: 'ConnectionFailure' });
  });

  test.each([
    ['a missing file', () => join(directory, 'missing.pem'), 'cannot be read'],
    ['a file without certificates', () => file('empty.pem', 'nothing'), 'holds no certificate'],
    [
      'a broken certificate',
      () => file('broken.pem', authority.cert.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAA')),
      'holds a broken certificate',
    ],
  ])('%s is an input error before anything is fetched', (_name, path, message) => {
    expect(() => requestsWith({ caFile: path() })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    expect(() => requestsWith({}, { env: { SSL_CERT_FILE: path() } })).toThrow(message);
  });

  test('a client key that does not fit is an input error', () => {
    const [one, two] = [authority.issue('a'), authority.issue('b')];
    const clientCertificate = { certFile: file('one.pem', one.cert), keyFile: file('two.key', two.key) };
    const hosts = new Map([['h', hostWith({ clientCertificate })]]);
    expect(() => requestsWith({ hosts })).toThrow(/does not fit the key/);
  });

  test('TLS to a server of plain HTTP names the flag', async () => {
    const server = await serve((_request, response) => reply(response, 200));
    const get = requestsWith().get(server.url.replace('http:', 'https:'));
    await expect(get).rejects.toMatchObject({
      message: 'it does not speak TLS',
      hint: expect.stringContaining('--plain-http'),
    });
  });
});

describe('proxies', () => {
  test('https goes through a tunnel, with user and password of the proxy, which are secrets', async () => {
    const server = await serve((_request, response) => reply(response, 200, {}, 'inside'), {
      certificate: authority.issue('invented.example'),
    });
    const login = { user: 'me', password: 'p@ssword' };
    const proxy = await startConnectProxy({ routes: { 'invented.example:443': server.host }, login });
    cleanups.push(proxy.stop);
    const HTTPS_PROXY = proxy.url.replace('http://', 'http://me:p%40ssword@');
    const { get, redactor } = requestsWith({ caFile: file('ca.pem', authority.cert) }, { env: { HTTPS_PROXY } });
    expect((await get('https://invented.example/x')).bytes.toString()).toBe('inside');
    expect(proxy.tunnels()).toEqual([{ authority: 'invented.example:443', allowed: true }]);
    expect(redactor.scrub('p@ssword p%40ssword')).toBe('*** ***');
  });

  test('a proxy that wants a password is named, and asked once', async () => {
    const proxy = await startConnectProxy({ routes: {}, login: { user: 'me', password: 'x' } });
    cleanups.push(proxy.stop);
    const get = requestsWith({}, { env: { HTTPS_PROXY: proxy.url } }).get('https://invented.example/');
    await expect(get).rejects.toMatchObject({ message: expect.stringContaining('answered 407'), transient: false });
    expect(proxy.tunnels()).toHaveLength(1);
  });

  test('plain http is handed to the proxy with its whole address', async () => {
    const proxy = await serve((_request, response) => reply(response, 200, {}, 'from the proxy'));
    const { get } = requestsWith({}, { env: { HTTP_PROXY: proxy.url } });
    expect((await get('http://invented.example/x?y=1')).bytes.toString()).toBe('from the proxy');
    expect(proxy.lines()).toEqual(['GET http://invented.example/x?y=1']);
  });

  test('a proxy that never answers is given up', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    });
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const { once } = requestsWith({}, { env, timeouts: SHORT });
    await expect(once('https://invented.example/')).rejects.toMatchObject({
      name: 'ConnectionFailure',
      transient: true,
    });
  });
});
