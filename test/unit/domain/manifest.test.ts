import { describe, expect, it } from 'vitest';
import { digestOf, MANIFEST_MEDIA_TYPES, parseManifest } from '../../../src/domain/manifest.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const A = digestOf('a');
const B = digestOf('b');

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: A, size: 7 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: B, size: 9 };

describe('reading a manifest', () => {
  it('knows an image by its layers, whatever the media type says', () => {
    expect(parseManifest(json({ schemaVersion: 2, config, layers: [layer] }), IMAGE)).toEqual({
      kind: 'image',
      mediaType: IMAGE,
      config,
      layers: [layer],
    });
  });

  it('prefers the media type inside to the content type', () => {
    const docker = 'application/vnd.docker.distribution.manifest.v2+json';
    const bytes = json({ schemaVersion: 2, mediaType: docker, config, layers: [] });
    expect(parseManifest(bytes, 'application/json')?.mediaType).toBe(docker);
  });

  it.each([
    ['that is an image and an index at once', { config, layers: [layer], manifests: [layer] }, IMAGE],
    ['that is an index and says image', { manifests: [layer] }, IMAGE],
    ['that is an image and says index', { config, layers: [layer] }, INDEX],
    ['with a size below nothing', { config, layers: [{ ...layer, size: -1 }] }, IMAGE],
    ['with half a byte', { config: { ...config, size: 0.5 }, layers: [] }, IMAGE],
  ])('reads none %s', (_, parts, type) => {
    expect(parseManifest(json({ schemaVersion: 2, ...parts }), type)).toBeUndefined();
  });

  it('reads the platforms of an index, and none for attestations', () => {
    const manifests = [
      { ...layer, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { ...layer, platform: { os: 'unknown', architecture: 'unknown' } },
      layer,
    ];
    const parsed = parseManifest(JSON.stringify({ schemaVersion: 2, manifests }), INDEX);
    expect(parsed?.kind === 'index' && parsed.manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'arm64', variant: 'v8' },
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['text that is no JSON', Buffer.from('<html>')],
    ['JSON that is no map', json([])],
    ['schema 1', json({ schemaVersion: 1, fsLayers: [] })],
    ['neither layers nor manifests', json({ schemaVersion: 2, config })],
    ['layers without a configuration', json({ schemaVersion: 2, layers: [layer] })],
    ['a layer without a size', json({ schemaVersion: 2, config, layers: [{ digest: B }] })],
    ['a child with a broken digest', json({ schemaVersion: 2, manifests: [{ ...layer, digest: 'sha256:1' }] })],
  ])('is undefined for %s', (_, bytes) => {
    expect(parseManifest(bytes, IMAGE)).toBeUndefined();
  });

  it('computes the digest that registries compute', () => {
    expect(digestOf('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOf(new Uint8Array([97]))).toBe(A);
  });

  it('asks for indexes before images', () => {
    expect(MANIFEST_MEDIA_TYPES[0]).toBe(INDEX);
    expect(MANIFEST_MEDIA_TYPES).toContain('application/vnd.docker.distribution.manifest.list.v2+json');
  });
});
