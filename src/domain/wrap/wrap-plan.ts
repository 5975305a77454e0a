import type { ChartFile } from '../chart/archive-tree.ts';
import type { Descriptor } from '../manifest.ts';
import type { Digest } from '../reference.ts';
import type { WrapEntry } from './wrap-entry.ts';

/** A manifest's bytes, and the blobs that it names, each of them to be carried. */
export interface CarriedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly blobs: readonly Descriptor[];
}

/** What a wrap carries of one image. */
export interface WrappedImage {
  /** The reference that it is known by, in full. */
  readonly reference: string;
  /** What stands under the reference at the source, or what was made of those platforms that are carried. */
  readonly top: CarriedManifest;
  /** The digest that the source has; undefined where `top` is that. */
  readonly madeFrom: Digest | undefined;
  /** The manifests that dt reads: one for each platform. */
  readonly platforms: readonly CarriedManifest[];
  /** What else the index holds, such as attestations; or all of an artifact that has no platform. */
  readonly others: readonly CarriedManifest[];
}

/** What a wrap is made of. `name` and `version` are those of the chart. */
export interface WrapContents {
  readonly name: string;
  readonly version: string;
  /** The files of the chart as they are wrapped, its `Images.lock` among them, by their path. */
  readonly chart: ReadonlyMap<string, ChartFile>;
  readonly images: readonly WrappedImage[];
  /** What belongs to images, in the directories where dt looks for it. */
  readonly artifacts: readonly { readonly directory: string; readonly manifest: CarriedManifest }[];
}

/**
 * The directory of a wrap that holds what dt has no place for: original indexes and what they hold beside platforms. dt
 * passes over it. It sorts behind `chart`, whose lock is thereby read first.
 */
export const OWN_DIRECTORY = 'contents.airgap-charts';

/** The annotation of the OCI image-spec that tells by which name a manifest is known. */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/** The annotation of an index that was made anew: the digest of the one that it was made from. */
export const MADE_FROM = 'airgap-charts.made-from';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** What stands in `oci-layout` (OCI image-spec, image-layout.md), as dt's library writes it. */
export const LAYOUT_VERSION = `{\n    "imageLayoutVersion": "1.0.0"\n}`;

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value, undefined, 3));

/** A manifest as an `index.json` names it. */
export interface LayoutEntry {
  readonly manifest: Pick<CarriedManifest, 'digest' | 'mediaType' | 'bytes'>;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** An index.json as dt's library writes it: this order of keys, three blanks, no line end. */
export function layoutIndexJson(entries: readonly LayoutEntry[]): Buffer {
  const manifests = entries.map(({ manifest: { mediaType, bytes, digest }, annotations }) => ({
    mediaType,
    size: bytes.length,
    digest,
    ...(annotations === undefined ? {} : { annotations }),
  }));
  return json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
}

function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

function blobName(directory: string, digest: Digest): string {
  return `${directory}/blobs/${digest.slice(0, digest.indexOf(':'))}/${hexOf(digest)}`;
}

// what fits into the window of deflate is found again where it is repeated, as small layers often are
const WINDOW = 32 * 1024;

/** Layers come packed mostly; only bare tar archives and JSON get smaller. */
function isPacked({ mediaType, size }: Descriptor): boolean {
  return size > WINDOW && !/(?:json|\.tar)$/.test(mediaType);
}

function plain(name: string, data: Uint8Array, mode = 0o644): WrapEntry {
  return { kind: 'file', name, mode, data };
}

function manifestEntries(directory: string, { digest, bytes, blobs }: CarriedManifest): readonly WrapEntry[] {
  return [
    plain(blobName(directory, digest), bytes),
    ...blobs.map(
      (blob): WrapEntry => ({
        kind: 'blob',
        name: blobName(directory, blob.digest),
        digest: blob.digest,
        size: blob.size,
        packed: isPacked(blob),
      }),
    ),
  ];
}

function layoutEntries(directory: string, manifest: CarriedManifest): readonly WrapEntry[] {
  return [
    ...manifestEntries(directory, manifest),
    plain(`${directory}/index.json`, layoutIndexJson([{ manifest, annotations: undefined }])),
    plain(`${directory}/oci-layout`, Buffer.from(LAYOUT_VERSION)),
  ];
}

function ownEntries(images: readonly WrappedImage[]): readonly WrapEntry[] {
  if (images.length === 0) return [];
  const named = images.map(({ reference, top, madeFrom }): LayoutEntry => {
    const made = madeFrom === undefined ? {} : { [MADE_FROM]: madeFrom };
    return { manifest: top, annotations: { [REF_NAME]: reference, ...made } };
  });
  const kept = images.flatMap(({ top, platforms, others }) => {
    const isPlatform = platforms.some(({ digest }) => digest === top.digest);
    return [...(isPlatform ? [] : [top]), ...others];
  });
  return [
    plain(`${OWN_DIRECTORY}/index.json`, layoutIndexJson(named)),
    ...kept.flatMap((manifest) => manifestEntries(OWN_DIRECTORY, manifest)),
  ];
}

function chartEntries(chart: ReadonlyMap<string, ChartFile>): readonly WrapEntry[] {
  return [...chart.values()].map(({ path, data, mode }) =>
    plain(`chart/${path}`, data, (mode & 0o111) === 0 ? 0o644 : 0o755),
  );
}

function parents(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The order in which dt walks: directory by directory, names by their bytes. */
function walkOrder(left: string, right: string): number {
  const [a, b] = [left.split('/'), right.split('/')];
  for (let depth = 0; depth < Math.min(a.length, b.length); depth += 1) {
    const order = Buffer.compare(Buffer.from(a[depth] ?? ''), Buffer.from(b[depth] ?? ''));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/**
 * Every entry of a wrap, in its order, each name once: content that several images share stands in the layout of each, as
 * dt reads one layout at a time.
 */
export function wrapEntries({ name, version, chart, images, artifacts }: WrapContents): readonly WrapEntry[] {
  const files = [
    ...chartEntries(chart),
    ...ownEntries(images),
    ...images.flatMap(({ platforms }) =>
      platforms.flatMap((one) => layoutEntries(`images/${hexOf(one.digest)}.layout`, one)),
    ),
    ...artifacts.flatMap(({ directory, manifest }) => layoutEntries(directory, manifest)),
  ];
  const entries = new Map<string, WrapEntry>();
  for (const entry of files) {
    for (const directory of parents(entry.name)) entries.set(directory, { kind: 'directory', name: directory });
    entries.set(entry.name, entry);
  }
  const top = `${name}-${version}`;
  return [...entries.values()]
    .sort((left, right) => walkOrder(left.name, right.name))
    .map((entry) => ({ ...entry, name: `${top}/${entry.name}` }));
}
