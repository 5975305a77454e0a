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
