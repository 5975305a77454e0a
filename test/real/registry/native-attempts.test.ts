import { afterEach, expect, test } from 'vitest';
import { createCopyBench } from '../../support/copy-bench.ts';
import type { CountingProxy } from '../../support/counting-proxy.ts';
import { NEVER } from '../../support/http-network.ts';
import { copyJob } from '../../support/http-relay-world.ts';
import { startCraneRegistry, startDistribution } from '../../support/registries.ts';
import { digestIn, pushImage } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

function count(proxy: CountingProxy, method: string, part: RegExp): number {
  return proxy.requests().filter((one) => one.method === method && part.test(one.path)).length;
}

describeWith(['crane', 'registry'], 'attempts of the engine', () => {
  const { counted, worldWith, close } = createCopyBench('native');

  afterEach(close);

  test('a target that takes layers and does not hand them out is given up soon, for all of them', async () => {
    // it does not mount
    const [source, target] = [await counted(startDistribution), await counted(startCraneRegistry)];
    const shape = { name: 'the same', platforms: [], ownLayers: 8, layerBytes: 2_000 };
    const image = await pushImage(source.url, 'one', '1', shape);
    await pushImage(source.url, 'two', '1', shape);
    const world = await worldWith();
    const copier = world.native();
    const copy = (repository: string) =>
      copier.copy(
        copyJob([source.host, repository, image.digest], [target.host, repository, '1']),
        () => undefined,
        NEVER,
      );
    await copy('one');
    target.addFault({ method: 'GET', path: /blobs\/sha256/, status: 503 });
    target.addFault({ method: 'PUT', path: /two\/blobs/, status: 503, times: 4 });
    target.reset();
    await copy('two');
    expect(await digestIn(target.url, 'two', '1')).toBe(image.digest);
    // each is tried five times at most, and all that were under way when it was given up
    expect(image.blobs.length).toBeGreaterThan(8);
    expect(count(target, 'GET', /blobs\/sha256/)).toBeLessThanOrEqual(5 * image.blobs.length);
    target.reset();
    await pushImage(source.url, 'three', '1', shape);
    await copy('three');
    expect(count(target, 'GET', /blobs\/sha256/)).toBe(0);
  });

  test('a registry that refuses mounts is soon asked for none, and takes all', async () => {
    const [source, target] = [await counted(startDistribution), await counted(startDistribution)];
    const world = await worldWith();
    const copier = world.native();
    const copy = async (repository: string): Promise<number> => {
      const image = await pushImage(source.url, repository, '1', { platforms: [], ownLayers: 4 });
      target.reset();
      const job = copyJob([source.host, repository, image.digest], [target.host, repository, '1']);
      await copier.copy(job, () => undefined, NEVER);
      expect(await digestIn(target.url, repository, '1')).toBe(image.digest);
      return image.blobs.length;
    };
    target.addFault({ method: 'POST', path: /mount=/, status: 400, body: '{"errors":[{"code":"UNSUPPORTED"}]}' });
    expect(await copy('one')).toBeGreaterThan(3);
    const blobs = await copy('two');
    expect([count(target, 'POST', /mount=/), count(target, 'POST', /uploads\/$/)]).toEqual([0, blobs]);
  });

  test('a registry that says it mounted what it does not have gets it', async () => {
    const [source, target] = [await counted(startDistribution), await counted(startDistribution)];
    const image = await pushImage(source.url, 'app', '1', { platforms: [], ownLayers: 2 });
    const world = await worldWith();
    target.addFault({ method: 'POST', path: /mount=/, status: 201 });
    await world.copy(copyJob([source.host, 'app', image.digest], [target.host, 'm/app', '1']));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PUT', /manifests/)).toBe(2);
  });

  test('a manifest whose type the source does not say is written under its own', async () => {
    const [source, target] = [await counted(startDistribution), await counted(startDistribution)];
    const image = await pushImage(source.url, 'app', '1');
    const world = await worldWith();
    source.addFault({ method: 'GET', path: /manifests/, headers: { 'content-type': 'application/json' } });
    await world.copy(copyJob([source.host, 'app', image.digest], [target.host, 'm/app', '1']));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
  });

  test('an index of which the target has lost a manifest gets it anew', async () => {
    const [source, target] = [await counted(startDistribution), await counted(startDistribution)];
    const image = await pushImage(source.url, 'app', '1');
    const [child] = image.children;
    const world = await worldWith();
    const body = '{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}';
    target.addFault({ method: 'PUT', path: /manifests\/1$/, status: 400, times: 1, body });
    await world.copy(copyJob([source.host, 'app', image.digest], [target.host, 'm/app', '1']));
    expect(await digestIn(target.url, 'm/app', '1')).toBe(image.digest);
    expect(count(target, 'PUT', new RegExp(`manifests/${child?.digest}`))).toBe(2);
    expect(count(target, 'PUT', /manifests\/1$/)).toBe(2);
  });
});
