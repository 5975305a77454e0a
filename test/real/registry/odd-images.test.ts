import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createCopyBench } from '../../support/copy-bench.ts';
import type { CountingProxy } from '../../support/counting-proxy.ts';
import { copyJob } from '../../support/http-relay-world.ts';
import { startCraneRegistry, startDistribution } from '../../support/registries.ts';
import { digestIn } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const EMPTY = 'application/vnd.oci.empty.v1+json';

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly [field: string]: unknown;
}

function digestOf(bytes: string, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

async function pushBlob({ url }: CountingProxy, mediaType: string, bytes: string, algorithm?: string): Promise<Blob> {
  const digest = digestOf(bytes, algorithm);
  const begun = await fetch(`${url}/v2/odd/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', url);
  place.searchParams.set('digest', digest);
  const put = await fetch(place, { method: 'PUT', body: bytes });
  expect(put.status, await put.text()).toBe(201);
  return { mediaType, digest, size: bytes.length };
}

/** Pushes a manifest with a layout of its own, which no builder would make. */
async function pushManifest({ url }: CountingProxy, config: Blob, layers: readonly Blob[]): Promise<string> {
  const text = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }, undefined, 3);
  const headers = { 'content-type': MANIFEST };
  const put = await fetch(`${url}/v2/odd/manifests/1`, { method: 'PUT', headers, body: text });
  expect(put.status, await put.text()).toBe(201);
  return digestOf(text);
}

describeWith(['crane', 'registry'], 'unusual images', () => {
  const { counted, worldWith, close } = createCopyBench('native');

  afterEach(close);

  type Make = (source: CountingProxy) => Promise<{ readonly config: Blob; readonly layers: readonly Blob[] }>;

  const usual: Make = async (source) => ({
    config: await pushBlob(source, CONFIG, '{"os":"linux"}'),
    layers: [await pushBlob(source, LAYER, 'a layer')],
  });

  test.each<[string, Make]>([
    [
      'with a layer of no bytes',
      async (source) => ({ ...(await usual(source)), layers: [await pushBlob(source, LAYER, '')] }),
    ],
    [
      'with the empty config, and its content in the descriptor',
      async (source) => ({
        ...(await usual(source)),
        config: { ...(await pushBlob(source, EMPTY, '{}')), data: Buffer.from('{}').toString('base64') },
      }),
    ],
    ['without layers', async (source) => ({ ...(await usual(source)), layers: [] })],
    [
      'with one layer twice',
      async (source) => {
        const { config, layers } = await usual(source);
        return { config, layers: [...layers, ...layers] };
      },
    ],
    [
      'with a layer under sha512',
      async (source) => ({ ...(await usual(source)), layers: [await pushBlob(source, LAYER, 'long', 'sha512')] }),
    ],
  ])('%s arrive byte for byte', async (_, make) => {
    const [source, target] = [await counted(startDistribution), await counted(startDistribution)];
    const { config, layers } = await make(source);
    const digest = await pushManifest(source, config, layers);
    const world = await worldWith();
    await world.copy(copyJob([source.host, 'odd', digest], [target.host, 'm/odd', '1']));
    expect(await digestIn(target.url, 'm/odd', '1')).toBe(digest);
    for (const blob of [config, ...layers]) {
      const there = await fetch(`${target.url}/v2/m/odd/blobs/${blob.digest}`);
      expect([there.status, (await there.arrayBuffer()).byteLength]).toEqual([200, blob.size]);
    }
  });

  test('with a foreign layer arrive without it: it is fetched from the address that the manifest names', async () => {
    // one that does not look whether all is there, as those that take foreign layers
    const [source, target] = [await counted(startCraneRegistry), await counted(startCraneRegistry)];
    const { config, layers } = await usual(source);
    const type = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const base = { mediaType: type, digest: digestOf('base'), size: 4, urls: ['https://publisher.example/base'] };
    const digest = await pushManifest(source, config, [base, ...layers]);
    const world = await worldWith();
    await world.copy(copyJob([source.host, 'odd', digest], [target.host, 'm/odd', '1']));
    expect(await digestIn(target.url, 'm/odd', '1')).toBe(digest);
    const asked = [...source.requests(), ...target.requests()].filter(({ path }) => path.includes(base.digest));
    expect(asked).toEqual([]);
  });
});
