import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import { type Digest, parseReference, type Reference } from '../../../src/domain/reference.ts';
import { NEVER, networkWith, type TestNetworkOptions } from '../../support/http-network.ts';
import { type Answering, reply, startServer, type TestServer } from '../../support/http-server.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const BYTES = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [] }));
const DIGEST = digestOf(BYTES);
const OTHER = digestOf('other');

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(answer: Answering): Promise<TestServer> {
  const server = await startServer(answer);
  cleanups.push(server.close);
  return server;
}

function registryWith(options: TestNetworkOptions = {}) {
  const network = networkWith(options);
  cleanups.push(network.close);
  return network.registry;
}

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is no reference`);
  return parsed;
}

/** A server that sends one manifest, with changed headers (undefined leaves one out). */
function manifestServer(changes: Record<string, string | undefined> = {}, bytes = BYTES): Promise<TestServer> {
  return serve((request, response) => {
    const headers: Record<string, string> = { 'content-type': INDEX, 'docker-content-digest': DIGEST };
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    }
    const length = String(bytes.length);
    if (request.method === 'HEAD') reply(response, 200, { ...headers, 'content-length': length });
    else reply(response, 200, headers, bytes);
  });
}

describe('head', () => {
  test('asks by HEAD alone, with every media type', async () => {
    const server = await manifestServer();
    const found = await registryWith().head(reference(`${server.host}/a/b:1`), 'source', NEVER);
    expect(found).toEqual({ kind: 'found', digest: DIGEST, mediaType: INDEX, size: BYTES.length });
    expect(server.lines()).toEqual(['HEAD /v2/a/b/manifests/1']);
    const accept = server.seen[0]?.headers.accept?.split(', ');
    expect(accept).toHaveLength(4);
    expect(accept).toContain(INDEX);
  });

  test('the digest decides when there is a tag, too; no tag means latest', async () => {
    const server = await manifestServer();
    const registry = registryWith();
    await registry.head(reference(`${server.host}/a/b:1@${DIGEST}`), 'source', NEVER);
    await registry.head(reference(`${server.host}/a/b`), 'source', NEVER);
    expect(server.lines()).toEqual([`HEAD /v2/a/b/manifests/${DIGEST}`, 'HEAD /v2/a/b/manifests/latest']);
  });

  test('an answer without a digest is fetched and hashed', async () => {
    const server = await manifestServer({ 'docker-content-digest': undefined });
    const found = await registryWith().head(reference(`${server.host}/a/b:1`), 'source', NEVER);
    expect(found).toMatchObject({ kind: 'found', digest: DIGEST, size: BYTES.length });
    expect(server.lines()).toEqual(['HEAD /v2/a/b/manifests/1', 'GET /v2/a/b/manifests/1']);
  });

  test('a registry without HEAD is asked by GET', async () => {
    const server = await serve((request, response) => {
      if (request.method === 'HEAD') reply(response, 405);
      else reply(response, 200, { 'content-type': INDEX }, BYTES);
    });
    const found = await registryWith().head(reference(`${server.host}/a/b:1`), 'source', NEVER);
    expect(found).toMatchObject({ kind: 'found', digest: DIGEST });
  });

  test.each([
    ['is no digest', { 'docker-content-digest': 'sha256:short' }],
    [`answered for ${OTHER}`, { 'docker-content-digest': OTHER }],
  ])('an answer that %s is an error', async (message, headers) => {
    const server = await manifestServer(headers);
    const head = registryWith().head(reference(`${server.host}/a/b@${DIGEST}`), 'source', NEVER);
    await expect(head).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test('404 is absent; 401 and 403 are denied and say what was sent', async () => {
    const server = await serve(({ url }, response) =>
      reply(response, url.includes('/tags/') ? 403 : Number(url.slice(-3))),
    );
    const registry = registryWith();
    const head = (tag: string, side: 'source' | 'destination') =>
      registry.head(reference(`${server.host}/a/b:${tag}`), side, NEVER);
    expect(await head('404', 'source')).toEqual({ kind: 'absent' });
    expect(await head('403', 'destination')).toEqual({
      kind: 'denied',
      detail: 'answer 403; no credentials were sent, none were asked for',
    });
    expect(await head('401', 'source')).toMatchObject({
      kind: 'denied',
      detail: expect.stringMatching(/does not exist, is private, or .*answer 401; no credentials were sent/),
    });
  });

  test('403 at a target is absent where the list of tags may be read and lacks the tag', async () => {
    const tags = JSON.stringify({ name: 'a/b', tags: ['there'] });
    const server = await serve(({ url }, response) =>
      url.includes('/tags/')
        ? reply(response, 200, { 'content-type': 'application/json' }, tags)
        : reply(response, 403),
    );
    const registry = registryWith();
    const head = (tag: string, side: 'source' | 'destination') =>
      registry.head(reference(`${server.host}/a/b:${tag}`), side, NEVER);
    expect(await head('new', 'destination')).toEqual({ kind: 'absent' });
    expect(await head('there', 'destination')).toMatchObject({ kind: 'denied' });
    expect(await head('new', 'source')).toMatchObject({ kind: 'denied' });
  });

  test('a server that stays broken is REGISTRY_UNREACHABLE after five tries', async () => {
    const server = await serve((_request, response) => reply(response, 503));
    const head = registryWith().head(reference(`${server.host}/a/b:1`), 'destination', NEVER);
    await expect(head).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
    expect(server.seen).toHaveLength(5);
  });

  test('a registry that is not there is REGISTRY_UNREACHABLE with what was asked', async () => {
    const server = await serve(() => undefined);
    await server.close();
    cleanups.pop();
    const head = registryWith().head(reference(`${server.host}/a/b:1`), 'source', NEVER);
    await expect(head).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: `${server.host} cannot be reached for ${server.host}/a/b:1: the connection was refused`,
    });
  });

  test('redirects are followed', async () => {
    const target = await manifestServer();
    const server = await serve((request, response) =>
      reply(response, 307, { location: `${target.url}${request.url}` }),
    );
    const found = await registryWith().head(reference(`${server.host}/a/b:1`), 'source', NEVER);
    expect(found).toMatchObject({ kind: 'found', digest: DIGEST });
  });
});

describe('manifest', () => {
  test('exact bytes, verified, and a digest is fetched once for the run', async () => {
    const server = await manifestServer();
    const registry = registryWith();
    const found = await registry.manifest(reference(`${server.host}/a/b:1`), 'source', NEVER);
    expect(found).toEqual({ kind: 'found', bytes: BYTES, digest: DIGEST, mediaType: INDEX });
    expect(await registry.manifest(reference(`${server.host}/a/b@${DIGEST}`), 'source', NEVER)).toEqual(found);
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['source', 'destination'],
    ['destination', 'source'],
  ] as const)('what the %s has says nothing of the %s', async (first, second) => {
    const server = await manifestServer();
    const registry = registryWith();
    await registry.manifest(reference(`${server.host}/a/b@${DIGEST}`), first, NEVER);
    await registry.manifest(reference(`${server.host}/a/b@${DIGEST}`), second, NEVER);
    expect(server.seen).toHaveLength(2);
  });

  test('two who want the same at the same time share one request', async () => {
    const server = await manifestServer();
    const registry = registryWith();
    const want = () => registry.manifest(reference(`${server.host}/a/b@${DIGEST}`), 'source', NEVER);
    const [one, two] = await Promise.all([want(), want()]);
    expect([one, server.seen.length]).toEqual([two, 1]);
  });

  test('when the first of two gives up, the second still gets it', async () => {
    const controller = new AbortController();
    const server = await serve((_request, response) => {
      if (controller.signal.aborted) reply(response, 200, { 'content-type': INDEX }, BYTES);
      else controller.abort();
    });
    const registry = registryWith();
    const wanted = reference(`${server.host}/a/b@${DIGEST}`);
    const first = registry.manifest(wanted, 'source', controller.signal);
    const second = registry.manifest(wanted, 'source', NEVER);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(await second).toMatchObject({ kind: 'found', digest: DIGEST });
  });

  test('bytes that are not what was asked for are refused', async () => {
    const server = await manifestServer({}, Buffer.from('{"schemaVersion":2,"manifests":[],"x":1}'));
    const registry = registryWith();
    const byTag = registry.manifest(reference(`${server.host}/a/b:1`), 'source', NEVER);
    const byDigest = registry.manifest(reference(`${server.host}/a/b@${DIGEST}`), 'source', NEVER);
    for (const result of [byTag, byDigest]) {
      await expect(result).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID', origin: 'source' });
    }
  });

  test('sha512 digests are verified, unknown algorithms are refused', async () => {
    const sha512 = `sha512:${createHash('sha512').update(BYTES).digest('hex')}`;
    const server = await manifestServer({ 'docker-content-digest': undefined });
    const registry = registryWith();
    const found = await registry.manifest(reference(`${server.host}/a/b@${sha512}`), 'source', NEVER);
    expect(found).toMatchObject({ kind: 'found', digest: sha512 });
    const unknown = registry.manifest(reference(`${server.host}/a/b@blake3:${'0'.repeat(64)}`), 'source', NEVER);
    await expect(unknown).rejects.toThrow('unknown algorithm');
  });

  test.each([
    ['a web page', { 'content-type': 'text/html; charset=utf-8' }, /text\/html in place of a manifest/],
    ['schema 1', { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' }, /schema 1/],
  ])('%s is no manifest', async (_name, headers, message) => {
    const server = await manifestServer({ ...headers, 'docker-content-digest': undefined });
    const result = registryWith().manifest(reference(`${server.host}/a/b:1`), 'source', NEVER);
    await expect(result).rejects.toThrow(message);
  });

  test('more than four MiB are refused', async () => {
    const server = await manifestServer({}, Buffer.alloc(4 * 1024 * 1024 + 1, ' '));
    const result = registryWith().manifest(reference(`${server.host}/a/b:1`), 'source', NEVER);
    await expect(result).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test('through a source mirror, under its own name', async () => {
    const server = await manifestServer();
    const registry = registryWith({ settings: { mirrors: [{ from: 'quay.io/a', to: `${server.host}/cache` }] } });
    expect(await registry.manifest(reference('quay.io/a/b:1'), 'source', NEVER)).toMatchObject({ kind: 'found' });
    expect(server.lines()).toEqual(['GET /v2/cache/b/manifests/1']);
  });
});

describe('tags', () => {
  const names = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `t${String(from + index).padStart(5, '0')}`);

  function tagsOf(server: TestServer) {
    return registryWith().tags(server.host, 'a/b', 'source', NEVER);
  }

  test('pages are followed by relative links', async () => {
    const server = await serve((request, response) => {
      const last = new URL(request.url, 'http://x').searchParams.get('last');
      if (last === null)
        reply(response, 200, { link: '</v2/a/b/tags/list?last=b&n=2>; rel="next"' }, '{"tags":["a","b"]}');
      else reply(response, 200, {}, '{"name":"a/b","tags":["c"]}');
    });
    expect(await tagsOf(server)).toMatchObject({ kind: 'found', tags: ['a', 'b', 'c'] });
    expect(server.lines()).toEqual(['GET /v2/a/b/tags/list?n=1000', 'GET /v2/a/b/tags/list?last=b&n=2']);
  });

  test('a link to another place is followed at home', async () => {
    const server = await serve((request, response) => {
      const more = request.url.endsWith('n=1000');
      const link = more ? { link: '<http://internal.example:1/v2/a/b/tags/list?last=a>; rel="next"' } : {};
      reply(response, 200, link as Record<string, string>, more ? '{"tags":["a"]}' : '{"tags":["b"]}');
    });
    expect(await tagsOf(server)).toMatchObject({ tags: ['a', 'b'] });
  });

  test('all at once, more than a page, is taken as it is', async () => {
    const server = await serve((_request, response) =>
      reply(response, 200, {}, JSON.stringify({ tags: names(0, 2500) })),
    );
    expect(await tagsOf(server)).toMatchObject({ tags: names(0, 2500) });
    expect(server.seen).toHaveLength(1);
  });

  test('a full page without a link is asked on', async () => {
    const server = await serve((request, response) => {
      const last = new URL(request.url, 'http://x').searchParams.get('last');
      const start = last === null ? 0 : Number(last.slice(1)) + 1;
      reply(response, 200, {}, JSON.stringify({ tags: names(start, Math.min(start + 1000, 1500)) }));
    });
    expect(await tagsOf(server)).toMatchObject({ tags: names(0, 1500) });
  });

  test('a full page that comes again and again ends', async () => {
    const server = await serve((_request, response) =>
      reply(response, 200, {}, JSON.stringify({ tags: names(0, 1000) })),
    );
    expect(await tagsOf(server)).toMatchObject({ tags: names(0, 1000) });
    expect(server.seen).toHaveLength(2);
  });

  test('links in a circle are an error', async () => {
    const server = await serve((_request, response) => {
      reply(response, 200, { link: '</v2/a/b/tags/list?last=a>; rel="next"' }, '{"tags":["a"]}');
    });
    await expect(tagsOf(server)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test.each(['<html>', '{}', '{"tags":7}'])('%s is no tag list', async (body) => {
    const server = await serve((_request, response) => reply(response, 200, {}, body));
    await expect(tagsOf(server)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test('null is empty, what is no tag is left out, 404 is absent', async () => {
    const bodies = ['{"tags":null}', '{"tags":["ok","not ok",7]}'];
    const server = await serve((_request, response) => {
      const body = bodies.shift();
      reply(response, body === undefined ? 404 : 200, {}, body);
    });
    expect(await tagsOf(server)).toMatchObject({ kind: 'found', tags: [] });
    expect(await tagsOf(server)).toMatchObject({ kind: 'found', tags: ['ok'] });
    expect(await tagsOf(server)).toEqual({ kind: 'absent' });
  });
});

describe('blob', () => {
  test('verified, through a redirect, within its limit', async () => {
    const storage = await serve((_request, response) => reply(response, 200, {}, 'content'));
    const server = await serve((_request, response) =>
      reply(response, 307, { location: `${storage.url}/x?signature=1` }),
    );
    const registry = registryWith();
    const get = (digest: Digest, limit: number) =>
      registry.blob(reference(`${server.host}/a/b:1`), digest, limit, 'source', NEVER);
    expect(Buffer.from(await get(digestOf('content'), 10)).toString()).toBe('content');
    await expect(get(digestOf('content'), 6)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    await expect(get(OTHER, 10)).rejects.toThrow('the bytes it sent have another digest');
  });

  test('a missing blob is an error that names it', async () => {
    const server = await serve((_request, response) => reply(response, 404));
    const blob = registryWith().blob(reference(`${server.host}/a/b:1`), OTHER, 10, 'source', NEVER);
    await expect(blob).rejects.toThrow(OTHER);
  });
});
