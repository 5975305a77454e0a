import { afterAll, describe, expect, test } from 'vitest';
import { createCopyBench, type Engine } from '../../support/copy-bench.ts';
import type { TestNetworkOptions } from '../../support/http-network.ts';
import { copyJob } from '../../support/http-relay-world.ts';
import { HTPASSWD, startCraneRegistry, startDistribution } from '../../support/registries.ts';
import { digestIn, pushImage } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

const ENGINES: readonly Engine[] = ['crane', 'native'];

// side by side, since crane waits for seconds before it gives up; each copy has servers of its own
describeWith(['crane', 'registry'], 'copies that fail', () => {
  describe.each(ENGINES)('with %s', (engine) => {
    const { counted, worldWith, close } = createCopyBench(engine);
    /** With crane also how often it was started. */
    const starts = (count: number) => (engine === 'crane' ? count : 0);

    /** The request that has the bytes of a layer. */
    const upload = engine === 'crane' ? 'PATCH' : 'PUT';

    afterAll(close);

    async function pair(options: TestNetworkOptions = {}) {
      const [source, target] = [await counted(startCraneRegistry), await counted(startDistribution)];
      const image = await pushImage(source.url, 'app', '1', { layerBytes: 200_000 });
      const world = await worldWith(options);
      source.reset();
      return {
        source,
        target,
        image,
        ...world,
        job: copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']),
      };
    }

    test.concurrent('the destination refuses: denied, with status, code and what was sent; nothing is tried again', async () => {
      const { target, copy, job, started } = await pair();
      const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'you may not push here' }] });
      target.addFault({ method: 'POST', path: /uploads/, status: 403, body });
      await expect(copy(job)).rejects.toMatchObject({
        code: 'IMAGE_DESTINATION_DENIED',
        origin: 'destination',
        message: expect.stringMatching(/403 DENIED: you may not push here; no credentials were sent/),
      });
      expect(started).toHaveLength(starts(1));
    });

    test.concurrent('the destination asks for a login that nobody has', async () => {
      const source = await counted(startCraneRegistry);
      const target = await counted(() => startDistribution({ htpasswd: HTPASSWD.line }));
      const image = await pushImage(source.url, 'app', '1');
      const { copy } = await worldWith();
      await expect(copy(copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']))).rejects.toMatchObject({
        code: 'IMAGE_DESTINATION_DENIED',
        message: expect.stringContaining(`none for ${target.host} were found`),
      });
    });

    test.concurrent('an immutable tag is a tag that is taken', async () => {
      const { target, copy, job } = await pair();
      const body = JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'the tag is immutable' }] });
      target.addFault({ method: 'PUT', path: /manifests\/1/, status: 400, body });
      await expect(copy(job)).rejects.toMatchObject({ code: 'IMAGE_TAG_TAKEN', origin: 'destination' });
    });

    test.concurrent('a missing repository at the destination says what to do', async () => {
      const { target, copy, job } = await pair();
      target.addFault({ method: 'POST', path: /uploads/, status: 404 });
      await expect(copy(job)).rejects.toMatchObject({
        code: 'IMAGE_COPY_FAILED',
        hint: expect.stringContaining('create the repository'),
      });
    });

    test.concurrent('a layer that the source has lost', async () => {
      const { source, copy, job, image } = await pair();
      source.addFault({ path: new RegExp(image.blobs[0] ?? ''), status: 404 });
      await expect(copy(job)).rejects.toMatchObject({
        code: 'IMAGE_SOURCE_ABSENT',
        origin: 'source',
        message: expect.stringContaining(image.blobs[0] ?? ''),
      });
    });

    test.concurrent('a manifest that the source refuses', async () => {
      const { source, copy, job } = await pair();
      source.addFault({ path: /manifests/, status: 403 });
      await expect(copy(job)).rejects.toMatchObject({ code: 'IMAGE_SOURCE_DENIED', origin: 'source' });
    });

    test.concurrent("Docker Hub's pull limit is said as such, at once", async () => {
      const { source, copy, job, started } = await pair();
      const body = JSON.stringify({
        errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.' }],
      });
      const fault = source.addFault({ path: /manifests/, status: 429, body });
      await expect(copy(job)).rejects.toMatchObject({ code: 'RATE_LIMITED', origin: 'source' });
      expect([fault.hits(), started.length]).toEqual([1, starts(1)]);
    });

    test.concurrent('short trouble on both sides is lived through', async () => {
      const { source, target, copy, job, image } = await pair();
      source.addFault({ path: /blobs/, status: 503, times: 2 });
      source.addFault({ path: /manifests/, status: 429, times: 1, headers: { 'retry-after': '3' } });
      target.addFault({ method: 'POST', path: /uploads/, status: 429, times: 2, headers: { 'retry-after': '1' } });
      target.addFault({ method: 'PUT', path: /manifests/, status: 502, times: 1 });
      target.addFault({ method: 'HEAD', path: /blobs/, status: 500, times: 1 });
      await copy(job);
      expect(await digestIn(target.url, 'app', '1')).toBe(image.digest);
    });

    test.concurrent('connections that break in the middle of a layer, on either side, are lived through', async () => {
      const { source, target, copy, job, image } = await pair();
      const cuts = [
        source.addFault({ method: 'GET', path: /blobs/, cutAfterBytes: 50_000, times: 1 }),
        target.addFault({ method: upload, path: /uploads/, cutAfterBytes: 50_000, times: 1 }),
      ];
      await copy(job);
      expect(cuts.map((cut) => cut.hits())).toEqual([1, 1]);
      expect(await digestIn(target.url, 'app', '1')).toBe(image.digest);
    });

    test.concurrent('a source that always breaks is named as the side that failed', async () => {
      const { source, copy, job, started } = await pair();
      source.addFault({ method: 'GET', path: /blobs/, cutAfterBytes: 10 });
      await expect(copy(job)).rejects.toMatchObject({
        code: engine === 'crane' ? 'IMAGE_COPY_FAILED' : 'REGISTRY_UNREACHABLE',
        origin: 'source',
        message: expect.stringMatching(/broke off|cannot be reached/),
      });
      expect(started).toHaveLength(starts(3));
    });

    test.concurrent('a destination that always breaks is named as the side that failed', async () => {
      const { target, copy, job, started } = await pair();
      target.addFault({ method: upload, path: /uploads/, cutAfterBytes: 10 });
      await expect(copy(job)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
      expect(started).toHaveLength(starts(3));
    });

    test.concurrent('a destination that is not there', async () => {
      const { target, copy, job } = await pair();
      await target.stop();
      await expect(copy(job)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
    });

    test.concurrent('a layer that was changed at the source does not arrive', async () => {
      const { source, target, copy, job, image } = await pair();
      const layer = image.blobs.at(-1) ?? '';
      source.addFault({ method: 'GET', path: new RegExp(layer), status: 200, body: 'something else' });
      await expect(copy(job)).rejects.toMatchObject({ code: 'IMAGE_COPY_FAILED' });
      expect(await digestIn(target.url, 'app', '1')).toBeUndefined();
    });

    test.concurrent('an interrupt ends the copy', async () => {
      const { source, target, copy, job, relay } = await pair();
      const controller = new AbortController();
      const stuck = source.addFault({ method: 'GET', path: /blobs/, until: new Promise(() => undefined) });
      const copying = copy(job, controller.signal);
      await stuck.firstHit;
      controller.abort();
      await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
      expect(await digestIn(target.url, 'app', '1')).toBeUndefined();
      expect(relay.host).toMatch(/^127\.0\.0\.1:/);
    });
  });
});
