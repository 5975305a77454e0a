import { createCipheriv, createHash } from 'node:crypto';
import { digestOf } from '../domain/manifest.ts';
import type { Digest } from '../domain/reference.ts';
import { storedGzip, tarOf } from './tar.ts';

/** What an image is made of. */
export interface ImageShape {
  readonly format: 'oci' | 'docker';
  /** `os/architecture[/variant]` of each child of an index; none means one image without an index. */
  readonly platforms: readonly string[];
  /** Whether the index carries the attestation children that buildx adds. OCI indexes only. */
  readonly attestations: boolean;
  /** Layers beside the one that all images of a platform share; undefined means 1 to 3, by the name. */
  readonly ownLayers: number | undefined;
  /** The size of the file in each own layer, in bytes. */
  readonly layerBytes: number;
}

/** Bytes with their digest, as a registry keeps them. */
export interface Piece {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image ready to be pushed: blobs first, then the children, then the root. Blobs occur once each. */
export interface SyntheticImage {
  readonly root: Piece;
  /** The manifests below an index; none for a single image. `platform` is undefined for an attestation. */
  readonly children: readonly (Piece & { readonly platform: string | undefined })[];
  readonly blobs: readonly Piece[];
}

const DEFAULT_SHAPE: ImageShape = {
  format: 'oci',
  platforms: ['linux/amd64', 'linux/arm64'],
  attestations: false,
  ownLayers: undefined,
  layerBytes: 1024,
};

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';
const MEDIA_TYPES = {
  oci: {
    index: `${OCI}.index.v1+json`,
    manifest: `${OCI}.manifest.v1+json`,
    config: `${OCI}.config.v1+json`,
    layer: `${OCI}.layer.v1.tar+gzip`,
  },
  docker: {
    index: `${DOCKER}.distribution.manifest.list.v2+json`,
    manifest: `${DOCKER}.distribution.manifest.v2+json`,
    config: `${DOCKER}.container.image.v1+json`,
    layer: `${DOCKER}.image.rootfs.diff.tar.gzip`,
  },
} as const;
const CREATED = '2020-01-01T00:00:00Z';

function piece(mediaType: string, content: Uint8Array | object): Piece {
  const bytes = content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(JSON.stringify(content));
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function descriptorOf({ mediaType, digest, bytes }: Piece) {
  return { mediaType, digest, size: bytes.length };
}

/** Bytes that no compression shrinks and that follow from the seed alone. */
function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

function layerOf(path: string, seed: string, size: number) {
  const unpacked = tarOf([{ name: path, data: noise(seed, size) }]);
  return { packed: storedGzip(unpacked), unpackedDigest: digestOf(unpacked) };
}

function layersOf(name: string, platform: string, shape: ImageShape) {
  const chance = createHash('sha256').update(name).digest().readUInt8(0);
  const own = Array.from({ length: shape.ownLayers ?? 1 + (chance % 3) }, (_, n) =>
    layerOf(`opt/layer-${n + 1}`, `${name} ${platform} ${n + 1}`, shape.layerBytes),
  );
  return [layerOf('etc/base', `base ${platform}`, 2048), ...own];
}

function buildSingle(name: string, platform: string, shape: ImageShape): { manifest: Piece; blobs: readonly Piece[] } {
  const types = MEDIA_TYPES[shape.format];
  const layers = layersOf(name, platform, shape);
  const [os = '', architecture = '', variant] = platform.split('/');
  const config = piece(types.config, {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    created: CREATED,
    config: { Labels: { 'org.opencontainers.image.ref.name': name } },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.unpackedDigest) },
  });
  const blobs = layers.map((layer) => piece(types.layer, layer.packed));
  const manifest = piece(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptorOf(config),
    layers: blobs.map(descriptorOf),
  });
  return { manifest, blobs: [config, ...blobs] };
}

/** A provenance statement about a child, in the form in which buildx stores it beside the child. */
function buildAttestation(name: string, subject: Piece): { manifest: Piece; blobs: readonly Piece[] } {
  const statement = piece('application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name, digest: { sha256: subject.digest.slice('sha256:'.length) } }],
    predicate: { buildType: 'synthetic' },
  });
  const config = piece(MEDIA_TYPES.oci.config, {
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [statement.digest] },
  });
  const annotations = { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' };
  const manifest = piece(MEDIA_TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.oci.manifest,
    config: descriptorOf(config),
    layers: [{ ...descriptorOf(statement), annotations }],
  });
  return { manifest, blobs: [config, statement] };
}

function platformOf(platform: string) {
  const [os = '', architecture = '', variant] = platform.split('/');
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}

function attestationEntry(subject: Piece, attestation: Piece) {
  const annotations = {
    'vnd.docker.reference.digest': subject.digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  };
  return { ...descriptorOf(attestation), annotations, platform: { architecture: 'unknown', os: 'unknown' } };
}

function buildIndex(name: string, shape: ImageShape): SyntheticImage {
  const images = shape.platforms.map((platform) => ({ platform, ...buildSingle(name, platform, shape) }));
  const attestations = shape.attestations
    ? images.map(({ manifest }) => ({ subject: manifest, ...buildAttestation(name, manifest) }))
    : [];
  const root = piece(MEDIA_TYPES[shape.format].index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES[shape.format].index,
    manifests: [
      ...images.map(({ manifest, platform }) => ({ ...descriptorOf(manifest), platform: platformOf(platform) })),
      ...attestations.map(({ subject, manifest }) => attestationEntry(subject, manifest)),
    ],
  });
  const children = [
    ...images.map(({ manifest, platform }) => ({ ...manifest, platform })),
    ...attestations.map(({ manifest }) => ({ ...manifest, platform: undefined })),
  ];
  const blobs = new Map([...images, ...attestations].flatMap((part) => part.blobs).map((blob) => [blob.digest, blob]));
  return { root, children, blobs: [...blobs.values()] };
}

/**
 * Builds a small image whose bytes follow from its name and shape alone: the same name gives the same digests on every
 * machine, another name gives other ones. Its first layer is the same for all images of a platform.
 */
export function buildImage(name: string, partialShape: Partial<ImageShape> = {}): SyntheticImage {
  const shape = { ...DEFAULT_SHAPE, ...partialShape };
  if (shape.platforms.length > 0) return buildIndex(name, shape);
  const { manifest, blobs } = buildSingle(name, 'linux/amd64', shape);
  return { root: manifest, children: [], blobs };
}
