import { createHash } from 'node:crypto';
import type { Platform } from './platform.ts';
import { type Digest, parseDigest } from './reference.ts';

/** What a registry says of one piece of content: OCI image-spec, "Descriptor". Size is in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/**
 * An entry of an index. `platform` is undefined where the index names none (or `unknown/unknown`, as attestations do).
 * Attestations are known by BuildKit's annotation (docs/attestations/attestation-storage.md).
 */
export interface PlatformDescriptor extends Descriptor {
  readonly platform: Platform | undefined;
  readonly isAttestation: boolean;
}

/** The manifest of one image, or of an artifact, with its blobs. */
export interface ImageManifest {
  readonly kind: 'image';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** A parsed manifest: either one image (or artifact), or an index of manifests. */
export type Manifest =
  | ImageManifest
  | { readonly kind: 'index'; readonly mediaType: string; readonly manifests: readonly PlatformDescriptor[] };

/** The media types this tool asks for. Without the index types Distribution 2.8 answers 404 to a HEAD of an index. */
export const MANIFEST_MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** Whether a known media type is that of an index. */
const INDEX_TYPES: ReadonlyMap<string, boolean> = new Map(
  MANIFEST_MEDIA_TYPES.map((type) => [type, /index|list/.test(type)]),
);

/** Whether a media type is that of an index, as far as it is known. */
export function isIndexType(mediaType: string): boolean {
  return INDEX_TYPES.get(mediaType) === true;
}

const SCHEMA_1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

/**
 * Whether a media type is none that this tool knows as a manifest's. An index may name such content, and who copies it must not
 * fail on that (OCI image-spec, "Image Index", `mediaType` of `manifests`).
 */
export function isOtherKind(mediaType: string): boolean {
  return mediaType !== '' && !INDEX_TYPES.has(mediaType) && !SCHEMA_1.test(mediaType);
}

// what servers say of files of which they know nothing
const SAYS_NOTHING: ReadonlySet<string> = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

/**
 * The media type of a manifest, for whom it is passed on to: that of the server, or its own one where the server named none that says
 * anything; the one of OCI by its fields where it has none (OCI image-spec, "Image Manifest" and "Image Index", `mediaType`).
 */
export function mediaTypeFor(bytes: Uint8Array, said: string): string {
  if (!SAYS_NOTHING.has(said)) return said;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return said;
  }
  if (!isRecord(value)) return said;
  if (typeof value.mediaType === 'string') return value.mediaType;
  if (Array.isArray(value.manifests)) return 'application/vnd.oci.image.index.v1+json';
  return Array.isArray(value.layers) ? 'application/vnd.oci.image.manifest.v1+json' : said;
}

/** The digest of bytes: sha256, as every registry computes it for manifests and blobs. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseDescriptor(value: unknown): Descriptor | undefined {
  if (!isRecord(value) || typeof value.digest !== 'string' || typeof value.size !== 'number') return undefined;
  const digest = parseDigest(value.digest);
  if (digest === undefined || !Number.isSafeInteger(value.size) || value.size < 0) return undefined;
  const mediaType = typeof value.mediaType === 'string' ? value.mediaType : '';
  return { mediaType, digest, size: value.size };
}

function parsePlatformField(value: unknown): Platform | undefined {
  if (!isRecord(value) || typeof value.os !== 'string' || typeof value.architecture !== 'string') return undefined;
  if (value.os === 'unknown' || value.architecture === 'unknown') return undefined;
  const variant = typeof value.variant === 'string' ? value.variant : undefined;
  return { os: value.os, architecture: value.architecture, variant };
}

function parseIndex(mediaType: string, entries: readonly unknown[]): Manifest | undefined {
  const manifests: PlatformDescriptor[] = [];
  for (const entry of entries) {
    const descriptor = parseDescriptor(entry);
    if (descriptor === undefined || !isRecord(entry)) return undefined;
    const { annotations } = entry;
    const isAttestation = isRecord(annotations) && annotations['vnd.docker.reference.type'] === 'attestation-manifest';
    manifests.push({ ...descriptor, platform: parsePlatformField(entry.platform), isAttestation });
  }
  return { kind: 'index', mediaType, manifests };
}

function parseImage(mediaType: string, config: unknown, entries: readonly unknown[]): Manifest | undefined {
  const parsed = parseDescriptor(config);
  if (parsed === undefined) return undefined;
  const layers: Descriptor[] = [];
  for (const entry of entries) {
    const layer = parseDescriptor(entry);
    if (layer === undefined) return undefined;
    layers.push(layer);
  }
  return { kind: 'image', mediaType, config: parsed, layers };
}

/**
 * Reads a manifest's bytes. The kind follows from the content (`manifests` or `layers`), since helm and others
 * leave the media type out. Undefined when it is neither, schema 1, both at once, or other than its media type says: clients would
 * read it in different ways (CVE-2021-41190).
 */
export function parseManifest(bytes: Uint8Array | string, contentType: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.schemaVersion !== 2) return undefined;
  const mediaType = typeof value.mediaType === 'string' ? value.mediaType : contentType;
  const isIndex = Array.isArray(value.manifests);
  if (isIndex === Array.isArray(value.layers) || INDEX_TYPES.get(mediaType) === !isIndex) return undefined;
  if (Array.isArray(value.manifests)) return parseIndex(mediaType, value.manifests);
  return Array.isArray(value.layers) ? parseImage(mediaType, value.config, value.layers) : undefined;
}
