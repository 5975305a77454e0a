import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import { sharedLayers } from '../../bench/transfer/workload.ts';
import { createImageMaker, type StoredImage } from '../../bench/transfer/workload-images.ts';
import { planWorkload, uniqueLayers, type WorkloadOptions } from '../../bench/transfer/workload-plan.ts';

const CATALOG: WorkloadOptions = { seed: 'tests', images: 40, bytes: 1_000_000 };

interface Made {
  readonly images: readonly StoredImage[];
  readonly content: ReadonlyMap<string, Uint8Array>;
}

function make(options: WorkloadOptions): Made {
  const content = new Map<string, Uint8Array>();
  const maker = createImageMaker(options.seed, (digest, bytes) => content.set(digest, bytes));
  return { images: planWorkload(options).images.map(maker), content };
}

function textOf({ content }: Made, digest: string): string {
  return Buffer.from(content.get(digest) ?? []).toString('utf8');
}

const made = make(CATALOG);

describe('the plan of a workload', () => {
  const { images, moved } = planWorkload(CATALOG);

  it('is like the catalog of a platform', () => {
    const kinds = Map.groupBy(images, ({ kind }) => kind);
    const count = (kind: 'index' | 'attested' | 'single' | 'docker'): number => kinds.get(kind)?.length ?? 0;
    expect(images).toHaveLength(40);
    expect(count('index') + count('attested')).toBe(28);
    expect(count('attested')).toBe(8);
    expect(count('single') + count('docker')).toBe(12);
    for (const { kind, platforms } of images)
      expect(platforms).toHaveLength(kind === 'index' || kind === 'attested' ? 2 : 1);
    const layers = images.flatMap(({ platforms }) => platforms.map((platform) => platform.layers.length));
    expect([Math.min(...layers), Math.max(...layers)]).toEqual([5, 9]);
    expect(new Set(images.map(({ repository, tag }) => `${repository}:${tag}`)).size).toBe(40);
  });

  it('has as many bytes as it is asked for, in sizes far apart', () => {
    const sizes = [...uniqueLayers(images).values()].toSorted((a, b) => a - b);
    const sum = sizes.reduce((all, size) => all + size, 0);
    expect(Math.abs(sum / CATALOG.bytes - 1)).toBeLessThan(0.05);
    // the mean of a log-normal distribution is far above its median
    expect(sum / sizes.length).toBeGreaterThan(3 * (sizes[Math.floor(sizes.length / 2)] ?? 0));
  });

  it('moves one tag, by two layers of each platform', () => {
    const before = images.find(({ repository }) => repository === moved.repository);
    expect(moved.tag).toBe(before?.tag);
    const known = uniqueLayers(images);
    const fresh = moved.platforms.map(({ layers }) => layers.filter(({ id }) => !known.has(id)).length);
    expect(fresh).toEqual([2, 2]);
  });

  it('begins anew under other names when there are to be more images', () => {
    const many = planWorkload({ ...CATALOG, images: 100 }).images;
    expect(new Set(many.map(({ repository, tag }) => `${repository}:${tag}`)).size).toBe(100);
    expect(many.slice(0, 40).map(({ repository }) => repository)).toEqual(images.map(({ repository }) => repository));
  });
});

describe('the images of a workload', () => {
  const manifests = made.images.flatMap((image) => image.manifests);

  it('are the same for the same seed, and others for another one', () => {
    const digests = made.images.map(({ digest }) => digest);
    expect(make(CATALOG).images.map(({ digest }) => digest)).toEqual(digests);
    const other = make({ ...CATALOG, seed: 'others' }).images.map(({ digest }) => digest);
    expect(other.filter((digest) => digests.includes(digest))).toEqual([]);
  });

  it('share about a third of their layers with other repositories', () => {
    expect(sharedLayers(made.images)).toBeGreaterThan(0.28);
    expect(sharedLayers(made.images)).toBeLessThan(0.38);
  });

  it('have everything that their manifests name, by its digest and size', () => {
    const named = [...manifests, ...manifests.flatMap(({ blobs }) => blobs)];
    for (const { digest, size } of named) expect(made.content.get(digest)?.length).toBe(size);
    for (const [digest, bytes] of made.content) expect(digestOf(bytes)).toBe(digest);
    expect(new Set(named.map(({ digest }) => digest)).size).toBe(made.content.size);
  });

  it('name their children first, and attestations with what they are about', () => {
    const attested = made.images.find(({ manifests: all }) => all.length === 5);
    const index = JSON.parse(textOf(made, attested?.digest ?? ''));
    const children: readonly { digest: string; annotations?: Record<string, string> }[] = index.manifests;
    expect(children.map(({ digest }) => digest)).toEqual(attested?.manifests.slice(0, 4).map(({ digest }) => digest));
    const about = children.flatMap(({ annotations }) => annotations?.['vnd.docker.reference.digest'] ?? []);
    expect(about).toEqual(children.slice(0, 2).map(({ digest }) => digest));
  });

  it('have layers that are gzipped tars, and configs that know what is in them', async () => {
    const single = made.images.find(({ manifests: all }) => all.length === 1);
    const { config, layers } = JSON.parse(textOf(made, single?.digest ?? ''));
    const tars = layers.map(({ digest }: { digest: string }) =>
      gunzipSync(made.content.get(digest) ?? Buffer.alloc(0)),
    );
    expect(JSON.parse(textOf(made, config.digest)).rootfs.diff_ids).toEqual(tars.map(digestOf));
    const reader = extract();
    reader.end(tars[0]);
    const names: string[] = [];
    for await (const entry of reader) {
      names.push(entry.header.name);
      entry.resume();
    }
    expect(names).toEqual(['opt/content']);
  });
});
