import { type Descriptor, digestOf, parseManifest } from '../manifest.ts';
import { type Digest, parseDigest } from '../reference.ts';
import { formatRecord, type ImageRecord } from './record.ts';

/** The type of the artifact that holds a record, and of its one layer. */
export const RECORD_TYPE = 'application/vnd.airgap-charts.images.v1+json';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
// OCI image-spec v1.1, manifest.md, "Guidance for an Empty Descriptor"
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';
const EMPTY = '{}';

/** A small artifact, ready to be pushed: its manifest's exact bytes and what it refers to. */
export interface SmallArtifact {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
}

/**
 * The artifact of a record (OCI image-spec v1.1, "Guidelines for Artifact Usage"): an empty config and the record's JSON
 * as its one layer. `subject` is the chart's manifest, where the registry lists what refers to it; an artifact that a tag
 * leads to has none. The same record and subject have the same bytes.
 */
export function recordArtifact(record: ImageRecord, subject: Descriptor | undefined): SmallArtifact {
  const layer = Buffer.from(formatRecord(record));
  const config = Buffer.from(EMPTY);
  const about =
    subject === undefined
      ? {}
      : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: RECORD_TYPE,
      config: { mediaType: EMPTY_TYPE, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: RECORD_TYPE, digest: digestOf(layer), size: layer.length }],
      ...about,
    }),
  );
  return { digest: digestOf(manifest), mediaType: OCI_MANIFEST, manifest, blobs: [config, layer] };
}

/** Where a record's JSON is, by the manifest of its artifact; undefined for a manifest that holds no record. */
export function recordLayer(manifest: Uint8Array, mediaType: string): Descriptor | undefined {
  const parsed = parseManifest(manifest, mediaType);
  if (parsed?.kind !== 'image') return undefined;
  const [layer, ...more] = parsed.layers.filter((one) => one.mediaType === RECORD_TYPE);
  return more.length === 0 ? layer : undefined;
}

/**
 * Whether something that a list of a registry calls by this type may be a record: it says so, or says nothing, or tells the
 * type of the config in place of the artifact's.
 */
export function mayBeRecordType(artifactType: string | undefined): boolean {
  return artifactType === undefined || artifactType === RECORD_TYPE || artifactType === EMPTY_TYPE;
}

/**
 * The tag of a record at registries that do not list what refers to a manifest, made of the digests of the chart and of the
 * record: another record has another tag, so that none is ever replaced.
 */
export function recordTag(record: ImageRecord): string {
  const content = digestOf(formatRecord(record)).slice('sha256:'.length, 'sha256:'.length + 16);
  return `${record.chartDigest.replace(':', '-')}.images.${content}`;
}

/** The chart that a record is about whose tag this is; undefined for other tags. */
export function chartOfRecordTag(tag: string): Digest | undefined {
  const hex = /^sha256-([0-9a-f]{64})\.images(?:\.[0-9a-f]+)?$/.exec(tag)?.[1];
  return hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
}
