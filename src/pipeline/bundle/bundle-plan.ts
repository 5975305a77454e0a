import type { Addon, ValuesLayer } from '../../domain/addon.ts';
import { formatChartSource } from '../../domain/addon.ts';
import {
  type BundleContents,
  type BundledChart,
  type BundledImage,
  type BundledLayer,
  type BundledRelease,
  CONTENTS_NAME,
  START_NAME,
} from '../../domain/bundle/bundle-contents.ts';
import type { BundleEntry } from '../../domain/bundle/bundle-entry.ts';
import { formatGeneratedAt } from '../../domain/lock/images-lock.ts';
import { digestOf, parseManifest } from '../../domain/manifest.ts';
import { formatPlatform } from '../../domain/platform.ts';
import { type Digest, formatReference } from '../../domain/reference.ts';
import { madeIndex } from '../../domain/shelf/made-index.ts';
import { type CarriedManifest, LAYOUT_VERSION, layoutIndexJson, REF_NAME } from '../../domain/wrap/wrap-plan.ts';
import { newestTime } from '../carry/make-lists.ts';
import { blobsToCarry, type ImageContents } from '../carry/read-image.ts';
import { type ChartItem, livingReleases } from '../chart-item.ts';
import { pulledOf } from '../find-uses.ts';
import type { ImageItem } from '../image-item.ts';
import { livingCharts } from '../run.ts';
import type { Bundling, CarriedTools } from './bundle-run.ts';
import { startText } from './start-text.ts';

/** A blob of a bundle: with its bytes where they are at hand, a file of tools, else to be fetched for the image that needs it. */
export interface PlannedBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly bytes: Uint8Array | undefined;
  readonly images: readonly ImageItem[];
  readonly tools?: CarriedTools;
}

/** Everything that a bundle will hold. */
export interface BundlePlan {
  readonly contents: BundleContents;
  readonly entries: readonly BundleEntry[];
  readonly blobs: ReadonlyMap<Digest, PlannedBlob>;
  readonly omitted: ReadonlyMap<Digest, number>;
  readonly time: number;
}

/** A manifest that stands under a name. */
interface Named {
  readonly reference: string;
  readonly manifest: CarriedManifest;
  readonly madeFrom: Digest | undefined;
  readonly of: string | undefined;
}

function topOf({ top, isWhole, platforms }: ImageContents): Omit<Named, 'reference' | 'of'> {
  if (isWhole) return { manifest: top, madeFrom: undefined };
  const made = madeIndex(platforms);
  const own = platforms.find(({ digest }) => digest === made.digest);
  return { manifest: own ?? { ...made, blobs: [] }, madeFrom: top.digest };
}

function namedOf({ images }: Bundling): readonly Named[] {
  return [...images].flatMap(([{ source }, { contents, artifacts }]) => {
    const reference = formatReference(source);
    return [
      { reference, ...topOf(contents), of: undefined },
      ...artifacts.map((one) => ({ reference: formatReference(one.reference), ...topOf(one.contents), of: reference })),
    ];
  });
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function layersOf(layers: readonly ValuesLayer[]): readonly BundledLayer[] {
  return layers.map(({ origin, name, text }) => ({ origin, name, text }));
}

function releaseOf(addon: Addon): BundledRelease {
  const { release, namespace, ociNamespace, kubeVersion, apiVersions } = addon;
  return {
    ...{ release, namespace: namespace ?? null, ociNamespace, kubeVersion: kubeVersion ?? null, apiVersions },
    layers: layersOf(addon.layers),
    profiles: addon.profiles.map(({ name, layers }) => ({ name, layers: layersOf(layers) })),
    platforms: addon.platforms.map(formatPlatform),
    images: addon.images.map(({ reference, reason }) => ({
      reference: formatReference(reference),
      reason: reason ?? null,
    })),
    excluded: addon.excluded.map(({ pattern, reason }) => ({ pattern, reason })),
  };
}

/** Blobs that are at hand, gathered while the contents are described. */
class AtHand {
  readonly blobs = new Map<Digest, Uint8Array>();

  add(bytes: Uint8Array): Digest {
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return digest;
  }
}

async function chartOf(
  item: ChartItem,
  { run, request, archives, images }: Bundling,
  atHand: AtHand,
): Promise<BundledChart> {
  const { original, tree, chart, signed, archive } = pulledOf(item);
  const came = archives.get(item);
  const isAsItCame = tree === original && came !== undefined;
  const bytes = isAsItCame ? came : await run.ports.archives.packScratch(tree, original);
  const digest = atHand.add(bytes);
  const results = digest === archive.digest ? request.resultsOf(digest) : undefined;
  const { stamp } = request;
  return {
    name: chart.metadata.name,
    version: chart.metadata.version,
    source: formatChartSource(item.source),
    archive: digest,
    provenance: isAsItCame && signed !== undefined ? atHand.add(signed.provenance) : null,
    results:
      results === undefined || stamp === undefined ? null : { digest: atHand.add(Buffer.from(results)), ...stamp },
    releases: livingReleases(item).map(({ addon }) => releaseOf(addon)),
    images: [...images.keys()]
      .filter(({ users }) => users.some((user) => user.chart === item))
      .map(({ source }) => formatReference(source))
      .sort(),
  };
}

function imageRows(named: readonly Named[]): readonly BundledImage[] {
  return named.map(({ reference, manifest, madeFrom, of }) => ({
    reference,
    digest: manifest.digest,
    madeFrom: madeFrom ?? null,
    of: of ?? null,
  }));
}

/** The blobs of all images, manifests among them, each once. */
function imageBlobs(bundling: Bundling, named: readonly Named[]): ReadonlyMap<Digest, PlannedBlob> {
  const blobs = new Map<Digest, PlannedBlob>();
  const manifest = ({ digest, bytes }: CarriedManifest): void => {
    blobs.set(digest, { digest, size: bytes.length, bytes, images: [] });
  };
  for (const [image, { contents, artifacts }] of bundling.images) {
    for (const one of [contents, ...artifacts.map((artifact) => artifact.contents)]) {
      const kept = one.isWhole ? [one.top] : [];
      for (const own of [...kept, ...one.platforms, ...one.others]) manifest(own);
      for (const [digest, { size }] of blobsToCarry(one)) {
        const known = blobs.get(digest);
        blobs.set(digest, { digest, size, bytes: undefined, images: [...(known?.images ?? []), image] });
      }
    }
  }
  for (const one of named) manifest(one.manifest);
  return blobs;
}

/** Configurations tell platforms, so the closed side reads them whatever it has. */
function configsOf({ images }: Bundling): ReadonlySet<Digest> {
  const all = [...images.values()].flatMap(({ contents, artifacts }) => [
    contents,
    ...artifacts.map((one) => one.contents),
  ]);
  const manifests = all.flatMap(({ platforms, others }) => [...platforms, ...others]);
  return new Set(
    manifests.flatMap(({ bytes, mediaType }) => {
      const parsed = parseManifest(bytes, mediaType);
      return parsed?.kind === 'image' ? [parsed.config.digest] : [];
    }),
  );
}

function blobEntry({ digest, size }: Pick<PlannedBlob, 'digest' | 'size'>): BundleEntry {
  return { kind: 'blob', name: `blobs/${digest.replace(':', '/')}`, digest, size };
}

/** What is needed first comes first: tools, then what is small (manifests, charts, results); then layers by their digest. */
function inOrder(blobs: ReadonlyMap<Digest, PlannedBlob>): readonly PlannedBlob[] {
  const rank = ({ bytes, tools }: PlannedBlob): number => (tools !== undefined ? 0 : bytes !== undefined ? 1 : 2);
  return [...blobs.values()].sort((a, b) => rank(a) - rank(b) || byText(a.digest, b.digest));
}

/** How to begin, where there is something to begin with. */
function startEntries(tools: readonly CarriedTools[]): readonly BundleEntry[] {
  if (tools.length === 0) return [];
  return [{ kind: 'text', name: START_NAME, data: Buffer.from(startText(tools)) }];
}

function timeOf({ request, run }: Bundling): number {
  return request.time ?? Math.max(0, ...livingCharts(run).map(newestTime));
}

/**
 * Plans a bundle from what was read: every entry with its size, before the first layer is fetched. Layers that the closed side
 * has are left out; manifests and configurations never are.
 */
export async function planBundle(bundling: Bundling): Promise<BundlePlan> {
  const { run, request } = bundling;
  const atHand = new AtHand();
  const named = [...namedOf(bundling)].sort((a, b) => byText(a.reference, b.reference));
  const charts: BundledChart[] = [];
  for (const chart of livingCharts(run)) charts.push(await chartOf(chart, bundling, atHand));
  const all = new Map(imageBlobs(bundling, named));
  for (const [digest, bytes] of atHand.blobs) all.set(digest, { digest, size: bytes.length, bytes, images: [] });
  const configs = configsOf(bundling);
  const omitted = new Map(
    [...all.values()]
      .filter(({ digest, bytes }) => bytes === undefined && !configs.has(digest) && request.known.has(digest))
      .map(({ digest, size }) => [digest, size] as const)
      .sort(([a], [b]) => byText(a, b)),
  );
  for (const digest of omitted.keys()) all.delete(digest);
  for (const tools of request.tools) {
    const { digest, size } = tools.about;
    all.set(digest, { digest, size, bytes: undefined, images: [], tools });
  }
  const time = timeOf(bundling);
  const contents: BundleContents = {
    version: 1,
    generatedAt: formatGeneratedAt(time),
    images: run.options.images,
    charts,
    carried: imageRows(named),
    omitted: [...omitted].map(([digest, size]) => ({ digest, size, repository: request.known.get(digest) ?? '' })),
    tools: request.tools.map(({ about }) => about),
  };
  const index = layoutIndexJson(
    named.map(({ manifest, reference }) => ({ manifest, annotations: { [REF_NAME]: reference } })),
  );
  const entries: readonly BundleEntry[] = [
    { kind: 'text', name: 'oci-layout', data: Buffer.from(LAYOUT_VERSION) },
    { kind: 'text', name: 'index.json', data: index },
    ...startEntries(request.tools),
    { kind: 'text', name: CONTENTS_NAME, data: Buffer.from(`${JSON.stringify(contents, undefined, 1)}\n`) },
    ...inOrder(all).map(blobEntry),
  ];
  return { contents, entries, blobs: all, omitted, time };
}
