import { createCipheriv, createHash } from 'node:crypto';
import { storedGzip, tarOf } from '../../../src/demo/tar.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import type { PlannedImage, PlannedLayer, PlannedPlatform } from './workload-plan.ts';

/** Content as a manifest names it. */
export interface Stored {
  readonly digest: string;
  readonly size: number;
}

/** A manifest that was made. `blobs` are its config and its layers; an index has none. */
export interface StoredManifest extends Stored {
  readonly blobs: readonly Stored[];
}

/** An image that was made. */
export interface StoredImage {
  readonly host: number;
  readonly repository: string;
  readonly tag: string;
  /** What the tag stands for. */
  readonly digest: string;
  /** All of them, those that others name first. */
  readonly manifests: readonly StoredManifest[];
}

/** Takes each piece of content as it is made; a layer that several images have, once. */
export type Keep = (digest: string, bytes: Uint8Array) => void;

/** Makes images; layers that it has made are not made again. */
export type ImageMaker = (image: PlannedImage) => StoredImage;

interface Described extends Stored {
  readonly mediaType: string;
}

interface MadeManifest extends StoredManifest, Described {}

interface Layer extends Stored {
  readonly unpacked: string;
}

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';
const INDEX = `${OCI}.index.v1+json`;
const TYPES = {
  oci: { manifest: `${OCI}.manifest.v1+json`, config: `${OCI}.config.v1+json`, layer: `${OCI}.layer.v1.tar+gzip` },
  docker: {
    manifest: `${DOCKER}.distribution.manifest.v2+json`,
    config: `${DOCKER}.container.image.v1+json`,
    layer: `${DOCKER}.image.rootfs.diff.tar.gzip`,
  },
} as const;
const STEPS = 40;
const STATEMENT_BYTES = 12_000;

/** Bytes that no compression shrinks. */
function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

function described({ digest, size, mediaType }: Described): Described {
  return { mediaType, digest, size };
}

/** A maker of images whose bytes follow from the seed and the plan alone. */
export function createImageMaker(seed: string, keep: Keep): ImageMaker {
  const layers = new Map<string, Layer>();

  function kept(bytes: Uint8Array): Stored {
    const digest = digestOf(bytes);
    keep(digest, bytes);
    return { digest, size: bytes.length };
  }

  function keptJson(value: object): Stored {
    return kept(Buffer.from(JSON.stringify(value)));
  }

  function layerOf({ id, size }: PlannedLayer): Layer {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const tar = tarOf([{ name: 'opt/content', data: noise(`${seed} ${id}`, size) }]);
    const made = { ...kept(storedGzip(tar)), unpacked: digestOf(tar) };
    layers.set(id, made);
    return made;
  }

  function manifestOf(mediaType: string, config: Described, parts: readonly Described[]): MadeManifest {
    const body = { schemaVersion: 2, mediaType, config: described(config), layers: parts.map(described) };
    const blobs = [config, ...parts].map(({ digest, size }) => ({ digest, size }));
    return { ...keptJson(body), mediaType, blobs };
  }

  function platformManifest(image: PlannedImage, { architecture, layers: planned }: PlannedPlatform): MadeManifest {
    const types = image.kind === 'docker' ? TYPES.docker : TYPES.oci;
    const made = planned.map(layerOf);
    const config = keptJson({
      architecture,
      os: 'linux',
      config: { Env: ['PATH=/usr/bin'], Labels: { name: `${image.repository}:${image.tag}` } },
      rootfs: { type: 'layers', diff_ids: made.map(({ unpacked }) => unpacked) },
      history: Array.from({ length: STEPS }, (_, step) => ({ created_by: `step ${step} of ${image.repository}` })),
    });
    const parts = made.map((layer) => ({ ...layer, mediaType: types.layer }));
    return manifestOf(types.manifest, { ...config, mediaType: types.config }, parts);
  }

  /** What builders leave beside a manifest about how it was made. */
  function attestation(subject: Stored): MadeManifest {
    const predicate = noise(`${seed} ${subject.digest}`, STATEMENT_BYTES).toString('base64');
    const statement = keptJson({ _type: 'https://in-toto.io/Statement/v0.1', subject: subject.digest, predicate });
    const rootfs = { type: 'layers', diff_ids: [statement.digest] };
    const config = keptJson({ architecture: 'unknown', os: 'unknown', config: {}, rootfs });
    const layer = { ...statement, mediaType: 'application/vnd.in-toto+json' };
    return manifestOf(TYPES.oci.manifest, { ...config, mediaType: TYPES.oci.config }, [layer]);
  }

  function indexOf(image: PlannedImage): readonly MadeManifest[] {
    const children = image.platforms.map((one) => ({ ...platformManifest(image, one), of: one.architecture }));
    const attestations = image.kind === 'attested' ? children.map((child) => ({ ...attestation(child), child })) : [];
    const unknown = { architecture: 'unknown', os: 'unknown' };
    const body = {
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [
        ...children.map((child) => ({ ...described(child), platform: { architecture: child.of, os: 'linux' } })),
        ...attestations.map((one) => ({
          ...described(one),
          platform: unknown,
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': one.child.digest,
          },
        })),
      ],
    };
    return [...children, ...attestations, { ...keptJson(body), mediaType: INDEX, blobs: [] }];
  }

  return (image) => {
    const [single] = image.platforms;
    if (single === undefined) throw new Error(`${image.repository} is planned without a platform`);
    const isSingle = image.kind === 'single' || image.kind === 'docker';
    const made = isSingle ? [platformManifest(image, single)] : indexOf(image);
    const manifests = made.map(({ digest, size, blobs }) => ({ digest, size, blobs }));
    const { host, repository, tag } = image;
    return { host, repository, tag, digest: manifests.at(-1)?.digest ?? '', manifests };
  };
}
