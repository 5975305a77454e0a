import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { createBlobSource } from '../../../src/adapters/blob-source.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import { fastClock, NEVER, networkWith } from '../../support/http-network.ts';
import { type Answering, reply, startServer } from '../../support/http-server.ts';

const BYTES = 'some content';
const BLOB = { mediaType: 'application/octet-stream', digest: digestOf(BYTES), size: BYTES.length };

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function sourceOf(answer: Answering, options: { readonly hasty?: boolean } = {}) {
  const server = await startServer(answer);
  const { access, settings, close } = networkWith({ clock: fastClock() });
  cleanups.push(server.close, close);
  const source = createBlobSource({ access, settings, clock: fastClock(), ...options });
  const repository = { registry: server.host, repository: 'a', tag: undefined, digest: undefined };
  return {
    server,
    open(signal = NEVER): Readable {
      const stream = source.open(repository, BLOB, signal);
      if (!(stream instanceof Readable)) throw new Error('it is no stream of Node');
      return stream;
    },
  };
}

test.each(['nobody reads it any more', 'the run ends'])('a request under way ends when %s', async (why) => {
  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  // it never answers
  const { open } = await sourceOf((_request, response) => {
    response.once('close', ended.resolve);
    asked.resolve();
  });
  const run = new AbortController();
  const stream = open(run.signal).on('error', () => undefined);
  stream.resume();
  await asked.promise;
  if (why === 'the run ends') run.abort();
  else stream.destroy();
  await ended.promise;
});

test('where others have it, too, what does not open is not asked for again and again', async () => {
  const answer: Answering = (_request, response) => reply(response, 503);
  const patient = await sourceOf(answer);
  await expect(patient.open().toArray()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  const hasty = await sourceOf(answer, { hasty: true });
  await expect(hasty.open().toArray()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  expect([patient.server.seen.length, hasty.server.seen.length]).toEqual([25, 5]);
});

test('and goes on all the same where it broke off', async () => {
  let count = 0;
  const { open, server } = await sourceOf(
    ({ headers }, response) => {
      count += 1;
      if (count > 1) {
        reply(response, 206, { 'content-range': `bytes 4-11/${BYTES.length}` }, BYTES.slice(4));
        expect(headers.range).toBe('bytes=4-11');
        return;
      }
      response.writeHead(200, { 'content-length': String(BYTES.length) });
      response.write(BYTES.slice(0, 4), () => setTimeout(() => response.destroy(), 50));
    },
    { hasty: true },
  );
  expect(Buffer.concat(await open().toArray()).toString()).toBe(BYTES);
  expect(server.seen).toHaveLength(2);
});
