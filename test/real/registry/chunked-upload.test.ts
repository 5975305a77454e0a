import { afterEach, expect, test } from 'vitest';
import { foldJournal, type JournalEntry, parseEntry } from '../../../src/domain/journal.ts';
import { createCopyBench } from '../../support/copy-bench.ts';
import type { CountingProxy } from '../../support/counting-proxy.ts';
import { hostWith, NEVER } from '../../support/http-network.ts';
import { copyJob } from '../../support/http-relay-world.ts';
import { startCraneRegistry, startDistribution } from '../../support/registries.ts';
import { digestIn, pushImage } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

/** A layer of four chunks, the last one short. */
const LAYER = 900_000;
const CHUNK = 256 * 1024;
/** What has come from the source in one read, behind the end of a chunk. */
const READ_AHEAD = 64 * 1024;

function count(proxy: CountingProxy, method: string, part: RegExp): number {
  return proxy.requests().filter((one) => one.method === method && part.test(one.path)).length;
}

/** A journal in memory, as a run leaves it for the next. */
function journalOf(uploads: ReadonlyMap<string, URL> = new Map()) {
  const entries: JournalEntry[] = [...uploads].flatMap(([text, place]) => {
    const entry = parseEntry(JSON.stringify({ upload: text, place: place.href }));
    return entry === undefined ? [] : [entry];
  });
  const earlier = foldJournal(entries);
  return { earlier, note: (entry: JournalEntry) => entries.push(entry), state: () => foldJournal(entries) };
}

describeWith(['crane', 'registry'], 'large layers', () => {
  const { counted, worldWith, close } = createCopyBench('native');

  afterEach(close);

  async function start() {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const image = await pushImage(source.url, 'app', '1', { platforms: [], ownLayers: 1, layerBytes: LAYER });
    const world = await worldWith();
    source.reset();
    const job = copyJob([source.host, 'app', image.digest], [target.host, 'm/app', '1']);
    const copy = async (journal = journalOf(), signal = NEVER): Promise<number> => {
      let bytes = 0;
      const hear = (more: number): void => {
        bytes += more;
      };
      await world.native({ chunkBytes: CHUNK, journal }).copy(job, hear, signal);
      return bytes;
    };
    return { source, target, image, copy };
  }

  test('go up in chunks and leave their source once', async () => {
    const { source, target, image, copy } = await start();
    const journal = journalOf();
    expect(await copy(journal)).toBe(image.bytes);
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(4);
    expect(count(source, 'GET', /blobs/)).toBe(image.blobs.length);
    expect(journal.state().uploads.size).toBe(0);
  });

  test('never wait for others that wait for them, where a host allows one request of a kind', async () => {
    const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
    const shape = { platforms: [], ownLayers: 4, layerBytes: LAYER };
    const image = await pushImage(source.url, 'app', '1', shape);
    const one = hostWith({ concurrency: 1 });
    const hosts = new Map([source, target].map(({ host }) => [host, one]));
    const world = await worldWith({ settings: { hosts } });
    const job = copyJob([source.host, 'app', image.digest], [target.host, 'm/app', '1']);
    source.reset();
    await world.native({ chunkBytes: CHUNK }).copy(job, () => undefined, AbortSignal.timeout(30_000));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(source, 'GET', /blobs/)).toBe(image.blobs.length);
  });

  test('a connection that breaks off in a chunk costs at most that chunk', async () => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, times: 1, cutAfterBytes: 100_000 });
    const bytes = await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(bytes - image.bytes).toBeLessThanOrEqual(CHUNK + READ_AHEAD);
    expect(count(target, 'POST', /uploads/)).toBe(image.blobs.length);
  });

  test('an answer that is lost is asked for, and nothing is sent twice', async () => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, times: 1, status: 503 });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'POST', /uploads/)).toBe(image.blobs.length);
  });

  test('a token that has expired in between is replaced, and nothing is sent twice', async () => {
    const { target, image, copy } = await start();
    const challenge = `Bearer realm="${target.url}/token",service="tests",error="invalid_token"`;
    target.addFault({ path: /^\/token/, status: 200, body: '{"token":"second"}' });
    target.addFault({ method: 'PATCH', path: /./, times: 1, status: 401, headers: { 'www-authenticate': challenge } });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'POST', /uploads/)).toBe(image.blobs.length);
    expect(count(target, 'GET', /^\/token/)).toBe(1);
  });

  test('a registry that takes less than was sent gets it anew', async () => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, times: 1, status: 202, headers: { range: '0-99' } });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'POST', /uploads/)).toBe(image.blobs.length + 1);
  });

  test('a host that asks to come back tomorrow is not asked again', async () => {
    const { target, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, status: 429, headers: { 'retry-after': '86400' } });
    await expect(copy()).rejects.toMatchObject({ code: 'RATE_LIMITED', origin: 'destination' });
    expect(count(target, 'PATCH', /./)).toBe(1);
  });

  test('a registry that loses the upload gets it anew', async () => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, times: 1, cutAfterBytes: 10 });
    target.addFault({ method: 'GET', path: /uploads/, times: 1, status: 404 });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'POST', /uploads/)).toBe(image.blobs.length + 1);
  });

  test('a registry that takes no chunks gets it whole', async () => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, status: 405 });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(1);
  });

  test.each([
    ['404', { status: 404 }],
    ['a lost session', { status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' }],
    ['400', { status: 400, body: '{"errors":[{"code":"UNKNOWN"}]}' }],
  ])('one stray answer to the first chunk, %s, does not make the registry take layers whole', async (_, fault) => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, times: 1, ...fault });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(1 + 4);
  });

  test('the same refusal for a fresh session is believed', async () => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, status: 404, body: 'no such page' });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(2);
  });

  test('a registry that refuses every second chunk gets it whole', async () => {
    const { target, image, copy } = await start();
    const refused = { method: 'PATCH', path: /./, times: 1, status: 416, body: 'chunks?' };
    const passed = { method: 'PATCH', path: /./, times: 1 };
    for (const fault of [passed, refused, passed, refused]) target.addFault(fault);
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(4);
  });

  test.each([
    ['501', { status: 501 }],
    ['UNSUPPORTED', { status: 400, body: '{"errors":[{"code":"UNSUPPORTED"}]}' }],
  ])('an answer that says itself that chunks are not supported is believed at once: %s', async (_, fault) => {
    const { target, image, copy } = await start();
    target.addFault({ method: 'PATCH', path: /./, ...fault });
    await copy();
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(1);
  });

  test('the next run goes on where an interrupted one ended', async () => {
    const { source, target, image, copy } = await start();
    const controller = new AbortController();
    // the third chunk gets nowhere
    target.addFault({ method: 'PATCH', path: /./, times: 2 });
    const third = target.addFault({ method: 'PATCH', path: /./, times: 1, until: new Promise(() => undefined) });
    const journal = journalOf();
    const first = copy(journal, controller.signal);
    await third.firstHit;
    controller.abort();
    await expect(first).rejects.toThrow();
    expect(journal.state().uploads.size).toBe(1);
    source.reset();
    const bytes = await copy(journalOf(journal.state().uploads));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(bytes).toBeLessThan(LAYER - 2 * CHUNK + 10_000);
  });

  test('the next run only ends what an interrupted one had sent whole', async () => {
    const { source, target, image, copy } = await start();
    const controller = new AbortController();
    const ended = target.addFault({ method: 'PUT', path: /blobs.uploads/, until: new Promise(() => undefined) });
    const journal = journalOf();
    const first = copy(journal, controller.signal);
    await ended.firstHit;
    await expect.poll(() => count(target, 'PATCH', /./)).toBe(4);
    await expect.poll(() => target.requests().filter(({ method }) => method === 'PUT').length).toBe(3);
    controller.abort();
    await expect(first).rejects.toThrow();
    ended.remove();
    source.reset();
    const bytes = await copy(journalOf(journal.state().uploads));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    // the two small blobs only
    expect(bytes).toBeLessThan(10_000);
    expect(count(source, 'GET', /blobs/)).toBe(2);
  });

  test('what an earlier run sent wrongly is refused by the registry and sent anew', async () => {
    const { target, image, copy } = await start();
    const begun = await fetch(`${target.url}/v2/m/app/blobs/uploads/`, { method: 'POST' });
    const place = new URL(begun.headers.get('location') ?? '', target.url);
    const patched = await fetch(place, { method: 'PATCH', body: Buffer.alloc(CHUNK, 1) });
    const next = new URL(patched.headers.get('location') ?? '', target.url);
    const wrong = image.blobs.map((digest): [string, URL] => [`${target.host}/m/app@${digest}`, next]);
    await copy(journalOf(new Map(wrong)));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
  });
});
