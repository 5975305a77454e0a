import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import { NEVER, networkWith } from '../../support/http-network.ts';
import { type Answering, reply, startServer } from '../../support/http-server.ts';

const SUBJECT = digestOf('subject');
const TYPE = 'application/vnd.example.list.v1+json';
const PATH = `/v2/a/b/referrers/${SUBJECT}`;

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function referrersOf(answer: Answering) {
  const server = await startServer(answer);
  const network = networkWith();
  cleanups.push(server.close, network.close);
  const reference = { registry: server.host, repository: 'a/b', tag: '1', digest: SUBJECT };
  const result = network.registry.referrers(reference, TYPE, 'destination', NEVER);
  return { server, result };
}

function page(...names: readonly string[]): string {
  return JSON.stringify({ schemaVersion: 2, manifests: names.map((name) => ({ digest: digestOf(name) })) });
}

describe('what refers to a manifest', () => {
  it('is asked for by type, in one request', async () => {
    const { server, result } = await referrersOf((_, response) => reply(response, 200, {}, page('a', 'b')));
    expect(await result).toMatchObject({ kind: 'found', digests: [digestOf('a'), digestOf('b')], pages: 1 });
    expect(server.lines()).toEqual([`GET ${PATH}?artifactType=${encodeURIComponent(TYPE)}`]);
    expect(server.seen[0]?.headers.accept).toBe('application/vnd.oci.image.index.v1+json');
  });

  it('is read page by page', async () => {
    const { server, result } = await referrersOf(({ url }, response) => {
      if (url.includes('page=2')) return reply(response, 200, {}, page('b', 'c'));
      return reply(response, 200, { link: `<${PATH}?page=2>; rel="next"` }, page('a', 'b'));
    });
    expect(await result).toMatchObject({ kind: 'found', digests: ['a', 'b', 'c'].map(digestOf), pages: 2 });
    expect(server.lines()[1]).toBe(`GET ${PATH}?page=2`);
  });

  it('comes with the artifact types that the list tells', async () => {
    const entries = [{ digest: digestOf('a'), artifactType: TYPE }, { digest: digestOf('b') }];
    const { result } = await referrersOf((_, response) =>
      reply(response, 200, {}, JSON.stringify({ schemaVersion: 2, manifests: entries })),
    );
    expect(await result).toMatchObject({ types: new Map([[digestOf('a'), TYPE]]) });
  });

  it.each([400, 404, 405])('%i means that the registry lists no such thing', async (status) => {
    const { result } = await referrersOf((_, response) => reply(response, status));
    expect(await result).toEqual({ kind: 'unsupported' });
  });

  it.each([401, 403])('%i means that it may not be asked for', async (status) => {
    const { result } = await referrersOf((_, response) => reply(response, status));
    expect(await result).toMatchObject({ kind: 'denied' });
  });

  it.each(['', '[]', '{}', '{"manifests":{}}', '{"manifests":[{"digest":"x"}]}', '{"manifests":["x"]}'])(
    '%j is no answer',
    async (body) => {
      const { result } = await referrersOf((_, response) => reply(response, 200, {}, body));
      await expect(result).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    },
  );

  it('is not read for ever', async () => {
    const { result } = await referrersOf((_, response) =>
      reply(response, 200, { link: `<${PATH}?again=1>; rel="next"` }, page('a')),
    );
    await expect(result).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });
});
