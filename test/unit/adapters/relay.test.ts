import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { RelayJob, RelayJobSpec } from '../../../src/adapters/relay-jobs.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import { networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
import { type Answering, reply, type ServerOptions, startServer, type TestServer } from '../../support/http-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(answer: Answering, options?: ServerOptions): Promise<TestServer> {
  const server = await startServer(answer, options);
  cleanups.push(server.close);
  return server;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Sending {
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | Readable;
  readonly login?: string | undefined;
  readonly onGone?: () => void;
}

/** A relay with one job, and a client that behaves like the tools do. */
async function relayWith(spec: Partial<RelayJobSpec>, options: TestNetworkOptions = {}) {
  const network = networkWith(options);
  cleanups.push(network.close);
  const relay = await network.startRelay();
  cleanups.push(relay.close);
  const destination = { registry: 'unused.example', repository: 'to/app', nested: false };
  const job = relay.open({ source: undefined, destination, onBytes: () => undefined, ...spec });
  const send = (method: string, path: string, sending: Sending = {}): Promise<Answered> => {
    const { login = `${relay.username}:${relay.password}`, headers = {}, body, onGone } = sending;
    const [host = '', port = ''] = relay.host.split(':');
    const authorization = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host, port, method, path, headers: { ...authorization, ...headers } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.on('socket', (socket) => onGone !== undefined && socket.once('close', onGone));
      if (body instanceof Readable) body.pipe(outgoing);
      else outgoing.end(body);
    });
  };
  return { relay, job, send, network };
}

const from = (job: RelayJob, rest: string) => `/v2/${job.id}/from/lib/app/${rest}`;
const to = (job: RelayJob, rest: string) => `/v2/${job.id}/to/to/app/${rest}`;
const source = (server: TestServer) => ({ registry: server.host, repository: 'lib/app' });
const destination = (server: TestServer) => ({ registry: server.host, repository: 'to/app', nested: false });

const BLOB = digestOf('layer');
const MANIFEST = Buffer.from('{"schemaVersion":2,"config":{},"layers":[]}');

describe('who gets in', () => {
  test.each([undefined, 'relay:wrong', 'relay:', 'other:x'])('a wrong password is refused: %s', async (login) => {
    const upstream = await serve((_request, response) => reply(response, 200));
    const { job, send } = await relayWith({ source: source(upstream), destination: destination(upstream) });
    for (const path of ['/v2/', from(job, `blobs/${BLOB}`), to(job, 'manifests/1')]) {
      const answer = await send('GET', path, { login: login ?? '' });
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="airgap-charts relay"']);
    }
    expect(upstream.seen).toEqual([]);
  });

  test('a job reaches its own repositories only, and no job outlives its closing', async () => {
    const upstream = await serve((_request, response) => reply(response, 200));
    const { relay, job, send } = await relayWith({ source: source(upstream), destination: destination(upstream) });
    const paths: [string, number][] = [
      [`/v2/${job.id}/from/other/app/blobs/${BLOB}`, 403],
      [`/v2/${job.id}/to/lib/app/blobs/${BLOB}`, 403],
      [`/v2/${job.id}/to/to/app/deeper/blobs/${BLOB}`, 403],
      [`/v2/jffffff/from/lib/app/blobs/${BLOB}`, 404],
      [`/v2/${job.id}/from/lib/app/../../other/blobs/${BLOB}`, 404],
      [`/v2/${job.id}/from/lib/app/manifests/..%2f..%2fx`, 404],
      [`/v2/${job.id}/elsewhere/lib/app/blobs/${BLOB}`, 404],
      ['/v2/_catalog', 404],
      ['/other', 404],
    ];
    for (const [path, status] of paths) expect([path, (await send('GET', path)).status]).toEqual([path, status]);
    expect((await send('GET', '/v2/')).status).toBe(200);
    job.close();
    expect((await send('GET', from(job, `blobs/${BLOB}`))).status).toBe(404);
    expect(relay.open(job.spec).id).not.toBe(job.id);
    expect(upstream.seen).toEqual([]);
  });

  test('a nested job reaches what lies directly below its path', async () => {
    const upstream = await serve((_request, response) => reply(response, 404));
    const { relay, job, send } = await relayWith({
      destination: { registry: upstream.host, repository: 'team/charts', nested: true },
    });
    const top = relay.open({ ...job.spec, destination: { registry: upstream.host, repository: '', nested: true } });
    const head = async (id: string, repository: string) =>
      (await send('HEAD', `/v2/${id}/to/${repository}/manifests/1`)).status;
    expect(await head(job.id, 'team/charts/demo')).toBe(404);
    expect(await head(top.id, 'demo')).toBe(404);
    expect(upstream.lines()).toEqual(['HEAD /v2/team/charts/demo/manifests/1', 'HEAD /v2/demo/manifests/1']);
    for (const [id, repository] of [
      [job.id, 'team/charts'],
      [job.id, 'team/charts/a/b'],
      [job.id, 'demo'],
      [top.id, 'a/demo'],
    ] as const) {
      expect(await head(id, repository)).toBe(403);
    }
  });
});

describe('the source side', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is refused: it is read only', async (method) => {
    const upstream = await serve((_request, response) => reply(response, 200));
    const { job, send } = await relayWith({ source: source(upstream) });
    expect((await send(method, from(job, 'manifests/1'))).status).toBe(405);
    expect((await send(method, from(job, 'blobs/uploads/'))).status).toBe(405);
    expect(upstream.seen).toEqual([]);
  });

  test('a manifest that the run has fetched is not asked for again', async () => {
    const upstream = await serve((_request, response) => {
      reply(response, 200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }, MANIFEST);
    });
    const { job, send, network } = await relayWith({ source: source(upstream) });
    const digest = digestOf(MANIFEST);
    await network.registry.manifest({ ...source(upstream), tag: undefined, digest }, 'source', job.signal);
    const answers = [
      await send('HEAD', from(job, `manifests/${digest}`)),
      await send('GET', from(job, `manifests/${digest}`)),
    ];
    for (const { status, headers } of answers) {
      expect([status, headers['docker-content-digest'], headers['content-length']]).toEqual([
        200,
        digest,
        String(MANIFEST.length),
      ]);
    }
    expect(answers[1]?.body.equals(MANIFEST)).toBe(true);
    expect(upstream.seen).toHaveLength(1);
  });

  test('blobs are streamed through redirects, ranges go along, bytes are counted', async () => {
    const storage = await serve((request, response) => {
      const ranged = request.headers.range === 'bytes=1-2';
      reply(response, ranged ? 206 : 200, ranged ? { 'content-range': 'bytes 1-2/5' } : {}, ranged ? 'ay' : 'layer');
    });
    const upstream = await serve((_request, response) =>
      reply(response, 307, { location: `${storage.url}/signed?x=1` }),
    );
    const counts: number[] = [];
    const { job, send } = await relayWith({ source: source(upstream), onBytes: (count) => counts.push(count) });
    const whole = await send('GET', from(job, `blobs/${BLOB}`));
    expect([whole.status, whole.body.toString()]).toEqual([200, 'layer']);
    const part = await send('GET', from(job, `blobs/${BLOB}`), { headers: { range: 'bytes=1-2' } });
    expect([part.status, part.headers['content-range'], part.body.toString()]).toEqual([206, 'bytes 1-2/5', 'ay']);
    expect(counts).toEqual([5, 2]);
  });

  test('a large blob is not gathered in memory', async () => {
    let sent = 0;
    const upstream = await serve((_request, response) => {
      const total = 256 * 1024 * 1024;
      const chunk = Buffer.alloc(1024 * 1024);
      response.writeHead(200, { 'content-length': String(total) });
      const more = () => {
        while (sent < total) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const { relay, job } = await relayWith({ source: source(upstream) });
    const [host = '', port = ''] = relay.host.split(':');
    const authorization = `Basic ${Buffer.from(`${relay.username}:${relay.password}`).toString('base64')}`;
    const outgoing = httpRequest({ host, port, path: from(job, `blobs/${BLOB}`), headers: { authorization } });
    outgoing.on('error', () => undefined).end();
    await new Promise((resolve) => outgoing.once('response', resolve));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    outgoing.destroy();
  });

  test('a source that breaks off breaks the connection, and the job knows', async () => {
    const upstream = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => setTimeout(() => response.destroy(), 10));
    });
    const { job, send } = await relayWith({ source: source(upstream) });
    await expect(send('GET', from(job, `blobs/${BLOB}`))).rejects.toThrow();
    expect(job.failure).toMatchObject({
      side: 'source',
      status: undefined,
      detail: expect.stringContaining('broke off'),
    });
  });

  test('a tool that goes away is no failure, and the source is let go', async () => {
    const closed = new Promise<void>((resolve) => {
      void serve((_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        response.once('close', () => resolve());
      }).then(async (upstream) => {
        const { relay, job } = await relayWith({ source: source(upstream) });
        jobOf = job;
        const [host = '', port = ''] = relay.host.split(':');
        const authorization = `Basic ${Buffer.from(`${relay.username}:${relay.password}`).toString('base64')}`;
        const outgoing = httpRequest({ host, port, path: from(job, `blobs/${BLOB}`), headers: { authorization } });
        outgoing.on('error', () => undefined).end();
        outgoing.once('response', () => outgoing.destroy());
      });
    });
    let jobOf: RelayJob | undefined;
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(jobOf?.failure).toBeUndefined();
  });

  test('refusals are passed on as final, remembered with status, code and what was sent', async () => {
    const upstream = await serve((_request, response) => {
      reply(response, 403, {}, JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'not for you' }] }));
    });
    const { job, send } = await relayWith({ source: source(upstream) });
    const answer = await send('GET', from(job, `blobs/${BLOB}`));
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
      403,
      { errors: [{ code: 'UNSUPPORTED', message: 'not for you' }] },
    ]);
    expect(job.failure).toMatchObject({
      side: 'source',
      host: upstream.host,
      status: 403,
      what: `GET lib/app/blobs/${BLOB}`,
      problem: { code: 'UNKNOWN', message: 'not for you' },
      detail: 'no credentials were sent, none were asked for',
    });
  });

  test('what the relay has tried five times the tool need not try again', async () => {
    const upstream = await serve((_request, response) => reply(response, 503));
    const { job, send } = await relayWith({ source: source(upstream) });
    expect((await send('GET', from(job, `blobs/${BLOB}`))).status).toBe(424);
    expect(upstream.seen).toHaveLength(5);
    expect(job.failure).toMatchObject({ status: 503 });
  });
});

describe('the destination side', () => {
  /** A registry that takes uploads; `location` is what it answers to the beginning of one. */
  function uploads(location: (host: string) => string, more: Answering = (_request, response) => reply(response, 404)) {
    return serve((request, response, raw) => {
      if (request.method === 'POST') {
        return reply(response, 202, {
          location: location(request.headers.host ?? ''),
          'docker-upload-uuid': 'u1',
          range: '0-0',
        });
      }
      if (request.method === 'PATCH') return reply(response, 202, { location: location(request.headers.host ?? '') });
      if (request.method === 'PUT')
        return reply(response, 201, { 'docker-content-digest': BLOB, location: '/somewhere' });
      return more(request, response, raw);
    });
  }

  test.each([
    ['relative', () => '/v2/to/app/blobs/uploads/u1?_state=a%2Bb%3D'],
    ['absolute', (host: string) => `http://${host}/v2/to/app/blobs/uploads/u1?_state=a%2Bb%3D`],
    ['of another form', () => '/artifacts-uploads/x/u1?_state=a%2Bb%3D'],
  ])('an upload whose address is %s goes on at the relay, its query untouched', async (_name, location) => {
    const upstream = await uploads(location);
    const { job, send } = await relayWith({ destination: destination(upstream) });
    const begun = await send('POST', to(job, 'blobs/uploads/'));
    expect([begun.status, begun.headers.location, begun.headers['docker-upload-uuid']]).toEqual([
      202,
      to(job, 'blobs/uploads/0'),
      'u1',
    ]);
    const sent = await send('PATCH', begun.headers.location ?? '', { body: Buffer.from('layer') });
    expect([sent.status, sent.headers.location]).toEqual([202, to(job, 'blobs/uploads/1')]);
    const done = await send('PUT', `${sent.headers.location}?digest=${encodeURIComponent(BLOB)}`);
    expect([done.status, done.headers.location]).toEqual([201, to(job, `blobs/${BLOB}`)]);
    const path = new URL(location('h'), 'http://h').pathname;
    expect(upstream.lines()).toEqual([
      'POST /v2/to/app/blobs/uploads/',
      `PATCH ${path}?_state=a%2Bb%3D`,
      `PUT ${path}?_state=a%2Bb%3D&digest=${encodeURIComponent(BLOB)}`,
    ]);
    expect(upstream.seen[1]?.body.toString()).toBe('layer');
  });

  test('a body of unknown length is streamed, one of known length keeps it', async () => {
    const upstream = await uploads(() => '/u?s=1');
    const { job, send } = await relayWith({ destination: destination(upstream) });
    const begun = await send('POST', to(job, 'blobs/uploads/'));
    const chunks = Readable.from([Buffer.alloc(100_000), Buffer.alloc(50_000)]);
    await send('PATCH', begun.headers.location ?? '', { body: chunks });
    await send('PATCH', to(job, 'blobs/uploads/1'), { body: Buffer.alloc(7), headers: { 'content-range': '0-6' } });
    const [, chunked, known] = upstream.seen;
    expect([chunked?.body.length, chunked?.headers['transfer-encoding'], chunked?.headers['content-length']]).toEqual([
      150_000,
      'chunked',
      undefined,
    ]);
    expect([known?.body.length, known?.headers['content-length'], known?.headers['content-range']]).toEqual([
      7,
      '7',
      '0-6',
    ]);
  });

  test('credentials do not follow an upload to another host', async () => {
    const storage = await uploads(() => '/next');
    const upstream = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        return reply(response, 401, { 'www-authenticate': 'Basic realm="x"' });
      reply(response, 202, { location: `${storage.url}/put?sig=1` });
    });
    const login = { username: 'me', password: 'password', origin: 'the test' };
    const { job, send } = await relayWith({ destination: destination(upstream) }, { tokenSource: async () => login });
    const begun = await send('POST', to(job, 'blobs/uploads/'));
    expect((await send('PATCH', begun.headers.location ?? '', { body: Buffer.from('layer') })).status).toBe(202);
    expect(storage.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(upstream.seen).toHaveLength(2);
  });

  test.each([
    ['no address at all', ''],
    ['one that is none', 'http://'],
  ])('an upload to %s is a failure', async (_name, location) => {
    const upstream = await serve((_request, response) => reply(response, 202, location === '' ? {} : { location }));
    const { job, send } = await relayWith({ destination: destination(upstream) });
    expect((await send('POST', to(job, 'blobs/uploads/'))).status).toBe(424);
    expect(job.failure?.error).toMatchObject({ code: 'REGISTRY_ANSWER_INVALID', origin: 'destination' });
  });

  test('a token is asked for pull and push before anything is streamed', async () => {
    const upstream = await serve((request, response) => {
      if (request.url.startsWith('/token'))
        return reply(response, 200, {}, JSON.stringify({ token: 'push-token', expires_in: 300 }));
      if (request.headers.authorization !== 'Bearer push-token') {
        return reply(response, 401, {
          'www-authenticate': `Bearer realm="http://${request.headers.host}/token",service="s"`,
        });
      }
      if (request.method === 'HEAD') return reply(response, 404);
      reply(response, request.method === 'PUT' ? 201 : 202, { location: '/upload' });
    });
    const { job, send } = await relayWith({ destination: destination(upstream) });
    await send('HEAD', to(job, `blobs/${BLOB}`));
    await send('POST', to(job, 'blobs/uploads/'));
    await send('PATCH', to(job, 'blobs/uploads/0'), { body: Buffer.from('layer') });
    expect((await send('PUT', to(job, 'manifests/1'), { body: MANIFEST })).status).toBe(201);
    expect(upstream.lines()).toEqual([
      `HEAD /v2/to/app/blobs/${BLOB}`,
      `GET /token?service=s&scope=${encodeURIComponent('repository:to/app:pull,push')}`,
      `HEAD /v2/to/app/blobs/${BLOB}`,
      'POST /v2/to/app/blobs/uploads/',
      'PATCH /upload',
      'PUT /v2/to/app/manifests/1',
    ]);
  });

  test('a manifest is put again after trouble, as it is', async () => {
    const statuses = [503, 429, 201];
    const upstream = await serve((_request, response) => reply(response, statuses.shift() ?? 500, {}));
    const { job, send } = await relayWith({ destination: destination(upstream) });
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const answer = await send('PUT', to(job, 'manifests/1'), { body: MANIFEST, headers: { 'content-type': type } });
    expect([answer.status, answer.headers.location]).toEqual([201, to(job, 'manifests/1')]);
    expect(upstream.seen.map(({ body, headers }) => [body.equals(MANIFEST), headers['content-type']])).toEqual(
      Array(3).fill([true, type]),
    );
  });

  test('a manifest above four MiB is refused here', async () => {
    const upstream = await serve((_request, response) => reply(response, 201));
    const { job, send } = await relayWith({ destination: destination(upstream) });
    expect((await send('PUT', to(job, 'manifests/1'), { body: Buffer.alloc(4 * 1024 * 1024 + 1) })).status).toBe(413);
    expect(upstream.seen).toEqual([]);
  });

  test('a tool that never stops sending a manifest is refused, and its connection closed', async () => {
    const { job, send } = await relayWith({ destination: destination(await serve(() => undefined)) });
    async function* endlessly() {
      for (;;) {
        yield Buffer.alloc(256 * 1024);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    const body = Readable.from(endlessly());
    const closed = new Promise((resolve) => body.once('close', resolve));
    const answer = await send('PUT', to(job, 'manifests/1'), { body, onGone: () => body.destroy() });
    expect(answer.status).toBe(413);
    await closed;
  });

  test('a refusal in the middle of an upload reaches the tool, which may try again', async () => {
    const upstream = await serve(
      (request, response) => {
        if (request.method === 'POST') reply(response, 202, { location: '/upload' });
        else
          reply(
            response,
            503,
            { connection: 'close' },
            JSON.stringify({ errors: [{ code: 'UNAVAILABLE', message: 'full' }] }),
          );
      },
      { readBodies: false },
    );
    const { job, send } = await relayWith({ destination: destination(upstream) });
    await send('POST', to(job, 'blobs/uploads/'));
    async function* slowly() {
      for (let count = 0; count < 100; count += 1) {
        yield Buffer.alloc(64 * 1024);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    const answer = await send('PATCH', to(job, 'blobs/uploads/0'), { body: Readable.from(slowly()) });
    expect(answer.status).toBe(503);
    expect(job.failure).toMatchObject({ side: 'destination' });
  });

  test('a blob that is known to be elsewhere is mounted from there, with the right to read it', async () => {
    const upstream = await serve((request, response) => {
      if (request.url.startsWith('/token')) return reply(response, 200, {}, JSON.stringify({ token: 't' }));
      if (request.headers.authorization === undefined) {
        return reply(response, 401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` });
      }
      reply(response, request.method === 'HEAD' ? 200 : 201, { 'docker-content-digest': BLOB, location: '/x' });
    });
    const { relay, job, send } = await relayWith({ destination: destination(upstream) });
    await send('HEAD', to(job, `blobs/${BLOB}`));
    const other = relay.open({ ...job.spec, destination: { ...destination(upstream), repository: 'to/other' } });
    upstream.seen.splice(0);
    const query = `mount=${encodeURIComponent(BLOB)}&from=${job.id}%2Ffrom%2Flib%2Fapp&origin=127.0.0.1`;
    const mounted = await send('POST', `/v2/${other.id}/to/to/other/blobs/uploads/?${query}`);
    expect([mounted.status, mounted.headers.location]).toEqual([201, `/v2/${other.id}/to/to/other/blobs/${BLOB}`]);
    const scopes = new URL(upstream.seen[0]?.url ?? '', 'http://x').searchParams.getAll('scope');
    expect(scopes).toEqual(['repository:to/other:pull,push', 'repository:to/app:pull']);
    expect(upstream.lines()[1]).toBe(
      `POST /v2/to/other/blobs/uploads/?mount=${encodeURIComponent(BLOB)}&from=to%2Fapp`,
    );
  });

  test('what is known nowhere is not mounted, and no name of the relay goes out', async () => {
    const upstream = await uploads(() => '/u');
    const { job, send } = await relayWith({ destination: destination(upstream) });
    await send(
      'POST',
      `${to(job, 'blobs/uploads/')}?mount=${encodeURIComponent(BLOB)}&from=${job.id}%2Ffrom%2Flib%2Fapp`,
    );
    expect(upstream.lines()).toEqual(['POST /v2/to/app/blobs/uploads/']);
  });

  test('404 to a question is an answer, not a failure', async () => {
    const upstream = await serve((_request, response) => reply(response, 404));
    const { job, send } = await relayWith({ destination: destination(upstream) });
    expect((await send('HEAD', to(job, 'manifests/1'))).status).toBe(404);
    expect((await send('GET', to(job, `referrers/${BLOB}?artifactType=x`))).status).toBe(404);
    expect(job.failure).toBeUndefined();
    expect(upstream.lines()[1]).toBe(`GET /v2/to/app/referrers/${BLOB}?artifactType=x`);
  });

  test('a tool that is to keep no lists of referrers is told that the registry makes them', async () => {
    const upstream = await serve((_request, response) => reply(response, 404));
    const { job, send } = await relayWith({ destination: destination(upstream), keepsLists: false });
    const answer = await send('GET', to(job, `referrers/${BLOB}`));
    expect([answer.status, JSON.parse(answer.body.toString()).manifests]).toEqual([200, []]);
    expect(upstream.lines()).toEqual([]);
  });

  test('401 becomes 403: the tool has no login to add', async () => {
    const upstream = await serve((_request, response) =>
      reply(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
    );
    const { job, send } = await relayWith({ destination: destination(upstream) });
    const answer = await send('POST', to(job, 'blobs/uploads/'));
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([403, undefined]);
    expect(job.failure).toMatchObject({ status: 401, detail: expect.stringContaining('no credentials were sent') });
  });

  test('closing a job ends what is under way', async () => {
    const upstream: TestServer = await serve(() => job.close());
    const { job, send } = await relayWith({ destination: destination(upstream) });
    const waiting = send('HEAD', to(job, 'manifests/1'));
    await expect(waiting).rejects.toThrow();
    expect(job.failure).toBeUndefined();
  });
});
