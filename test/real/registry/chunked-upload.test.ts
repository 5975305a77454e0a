import { afterEach, expect, test } from 'vitest';
import { sessionName } from '../../../src/adapters/native/upload-sessions.ts';
import { createCopyBench } from '../../support/copy-bench.ts';
import type { CountingProxy } from '../../support/counting-proxy.ts';
import { NEVER } from '../../support/http-network.ts';
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

/** Where uploads are remembered, as a run leaves it. */
function memory(begun: ReadonlyMap<string, URL> = new Map()) {
  const open = new Map(begun);
  return {
    open,
    begun,
    began: (key: Parameters<typeof sessionName>[0], place: URL) => {
      open.set(sessionName(key), place);
    },
    ended: (key: Parameters<typeof sessionName>[0]) => {
      open.delete(sessionName(key));
    },
  };
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
    const copy = async (uploads = memory(), signal = NEVER): Promise<number> => {
      let bytes = 0;
      const hear = (more: number): void => {
        bytes += more;
      };
      await world.native({ chunkBytes: CHUNK, uploads }).copy(job, hear, signal);
      return bytes;
    };
    return { source, target, image, copy };
  }

  test('go up in chunks and leave their source once', async () => {
    const { source, target, image, copy } = await start();
    const uploads = memory();
    expect(await copy(uploads)).toBe(image.bytes);
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PATCH', /./)).toBe(4);
    expect(count(source, 'GET', /blobs/)).toBe(image.blobs.length);
    expect(uploads.open.size).toBe(0);
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

  test('the next run goes on where an interrupted one ended', async () => {
    const { source, target, image, copy } = await start();
    const controller = new AbortController();
    // the third chunk gets nowhere
    target.addFault({ method: 'PATCH', path: /./, times: 2 });
    const third = target.addFault({ method: 'PATCH', path: /./, times: 1, until: new Promise(() => undefined) });
    const uploads = memory();
    const first = copy(uploads, controller.signal);
    await third.firstHit;
    controller.abort();
    await expect(first).rejects.toThrow();
    expect(uploads.open.size).toBe(1);
    source.reset();
    const bytes = await copy(memory(uploads.open));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(bytes).toBeLessThan(LAYER - 2 * CHUNK + 10_000);
  });

  test('what an earlier run sent wrongly is refused by the registry and sent anew', async () => {
    const { target, image, copy } = await start();
    const begun = await fetch(`${target.url}/v2/m/app/blobs/uploads/`, { method: 'POST' });
    const place = new URL(begun.headers.get('location') ?? '', target.url);
    const patched = await fetch(place, { method: 'PATCH', body: Buffer.alloc(CHUNK, 1) });
    const next = new URL(patched.headers.get('location') ?? '', target.url);
    const wrong = image.blobs.map((digest): [string, URL] => [
      sessionName({ registry: target.host, repository: 'm/app', digest }),
      next,
    ]);
    await copy(memory(new Map(wrong)));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
  });
});
