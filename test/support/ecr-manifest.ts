import { createHash } from 'node:crypto';
import { EcrFault } from './ecr-faults.ts';

/** What a manifest refers to, and what it says of itself. */
export interface ManifestParts {
  readonly mediaType: string;
  /** Config and layers that must be in the repository, each with its size. Foreign layers are nobody's to upload. */
  readonly blobs: readonly { readonly digest: string; readonly size: number }[];
  /** The manifests below an index. */
  readonly children: readonly string[];
  readonly subject: string | undefined;
  /** `artifactType`, or the media type of the config (distribution-spec, "Listing Referrers"). */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker.distribution.manifest';
const INDEXES = [`${OCI}.index.v1+json`, `${DOCKER}.list.v2+json`];
const SINGLES = [`${OCI}.manifest.v1+json`, `${DOCKER}.v2+json`];
/** No parameters: a `;` is refused (containers-roadmap#2306, sigstore-js#1058). The pattern is that of image-spec#1182. */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
const FOREIGN = /\.(?:foreign|nondistributable)\./;

type Plain = Readonly<Record<string, unknown>>;

/** Whether a value is an object of JSON. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `sha256:` and the hex digest of bytes. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Whether a media type is that of an index. */
export function isIndex(mediaType: string): boolean {
  return INDEXES.includes(mediaType);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function descriptors(
  value: unknown,
): readonly { readonly digest: string; readonly size: number; readonly type: string }[] {
  const list = Array.isArray(value) ? value.filter(isPlain) : [];
  return list.map(({ digest, size, mediaType }) => ({
    digest: text(digest) ?? '',
    size: typeof size === 'number' ? size : 0,
    type: text(mediaType) ?? '',
  }));
}

function typesOf(...parts: readonly unknown[]): readonly string[] {
  return parts.flatMap((part) => descriptors(isPlain(part) ? [part] : part)).map(({ type }) => type);
}

function invalid(why: string): EcrFault {
  return new EcrFault(
    'InvalidParameterException',
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: '${why}'`,
  );
}

function annotationsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isPlain(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
}

/**
 * Reads a manifest. `declared` is the media type that came with it (the Content-Type header, or imageManifestMediaType);
 * where the manifest names one itself, the two have to be equal (client-ecr, `PutImageRequest.imageManifestMediaType`).
 *
 * @throws EcrFault InvalidParameterException.
 */
export function parseManifest(bytes: Uint8Array, declared: string | undefined): ManifestParts {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw invalid('Invalid JSON syntax');
  }
  if (!isPlain(value)) throw invalid('Invalid JSON syntax');
  const own = text(value.mediaType);
  const mediaType = own ?? declared;
  // so helm's charts need imageManifestMediaType (aws/aws-sdk#193, aws/aws-cli#8620)
  if (mediaType === undefined) throw invalid('Invalid JSON syntax');
  if (declared !== undefined && own !== undefined && own !== declared) {
    throw invalid(`media type '${declared}' is not that of the manifest, '${own}'`);
  }
  if (!isIndex(mediaType) && !SINGLES.includes(mediaType)) {
    throw new EcrFault(
      'InvalidParameterException',
      `Invalid parameter at 'ImageManifestMediaType' failed to satisfy constraint: '${mediaType} is not supported'`,
    );
  }
  const { subject, artifactType, config, layers, manifests, annotations } = value;
  const type = text(artifactType);
  const types = [...(type === undefined ? [] : [type]), ...typesOf(config, layers, manifests)];
  if (!types.every((one) => MEDIA_TYPE.test(one))) throw invalid('Invalid JSON syntax');
  const configs = descriptors(isPlain(config) ? [config] : []);
  const single = [...configs, ...descriptors(layers)].filter(({ type }) => !FOREIGN.test(type));
  if (!isIndex(mediaType) && configs.length === 0) throw invalid('the manifest has no config');
  return {
    mediaType,
    blobs: isIndex(mediaType) ? [] : single.map(({ digest, size }) => ({ digest, size })),
    children: isIndex(mediaType) ? descriptors(manifests).map(({ digest }) => digest) : [],
    subject: isPlain(subject) ? text(subject.digest) : undefined,
    artifactType: type ?? (isIndex(mediaType) ? undefined : configs[0]?.type),
    annotations: annotationsOf(annotations),
  };
}
