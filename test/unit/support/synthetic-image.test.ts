import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../src/demo/synthetic-image.ts';
import { parseManifest } from '../../../src/domain/manifest.ts';
import { formatPlatform } from '../../../src/domain/platform.ts';

function parsed(name: string, shape: Parameters<typeof buildImage>[1] = {}) {
  const { root } = buildImage(name, shape);
  return parseManifest(root.bytes, root.mediaType);
}

function blobsOf(name: string): ReadonlySet<string> {
  return new Set(buildImage(name).blobs.map((blob) => blob.digest));
}

describe('buildImage', () => {
  it('gives the same digest for the same name, on every machine', () => {
    expect(buildImage('quay.io/a/b:1').root.digest).toMatchInlineSnapshot(
      `"sha256:497dbbcc9e819f3f960dc46c9805dee7e2bcc52150ab0eaf6c7e82866854dc90"`,
    );
  });

  it('gives another digest for another tag', () => {
    expect(buildImage('quay.io/a/b:1').root.digest).not.toBe(buildImage('quay.io/a/b:2').root.digest);
  });

  it('shares one layer a platform with every other image, and nothing else', () => {
    const first = blobsOf('quay.io/a/b:1');
    expect([...blobsOf('quay.io/c/d:1')].filter((digest) => first.has(digest))).toHaveLength(2);
  });

  it('makes an index of two platforms by default', () => {
    const index = parsed('quay.io/a/b:1');
    const platforms =
      index?.kind === 'index' ? index.manifests.map(({ platform }) => platform && formatPlatform(platform)) : [];
    expect(platforms).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('adds one attestation of unknown platform for each child when asked', () => {
    const index = parsed('quay.io/a/b:1', { attestations: true });
    const platforms = index?.kind === 'index' ? index.manifests.map(({ platform }) => platform) : [];
    expect(platforms).toHaveLength(4);
    expect(platforms.slice(2)).toEqual([undefined, undefined]);
  });

  it('makes a single image without platforms, with 2 to 4 layers', () => {
    const image = parsed('quay.io/a/b:1', { platforms: [] });
    expect(image?.kind).toBe('image');
    const layers = image?.kind === 'image' ? image.layers.length : 0;
    expect(layers).toBeGreaterThanOrEqual(2);
    expect(layers).toBeLessThanOrEqual(4);
  });

  it('uses the media types of Docker when asked', () => {
    const { root, children } = buildImage('quay.io/a/b:1', { format: 'docker' });
    expect(root.mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json');
    expect(children.map((child) => child.mediaType)).toEqual(
      Array(2).fill('application/vnd.docker.distribution.manifest.v2+json'),
    );
  });

  it('makes layers as large and as many as asked', () => {
    const { blobs } = buildImage('quay.io/a/b:1', { platforms: [], ownLayers: 2, layerBytes: 100_000 });
    expect(blobs.filter((blob) => blob.bytes.length > 100_000)).toHaveLength(2);
  });
});
