import { formatChartSource } from '../domain/addon.ts';
import { digestOf, parseManifest } from '../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { ChartAccess } from './chart-access.ts';
import type { ChartLocator } from './resolved-chart.ts';

/** The largest archive that is fetched, in bytes; helm refuses larger charts when it loads them. */
export const ARCHIVE_LIMIT = 100 * 1024 * 1024;

const CHART_LAYERS = ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'application/tar+gzip'];

// helm push puts the file beside an archive into a layer of its own (helm, pkg/registry, ProvLayerMediaType)
const PROVENANCE_LAYER = 'application/vnd.cncf.helm.chart.provenance.v1.prov';

/** Where the provenance file of an archive is, or would be: beside the archive, or in a layer of its manifest. */
export type ProvenanceSource =
  | { readonly kind: 'http' | 'local'; readonly archive: string }
  | { readonly kind: 'oci'; readonly reference: Reference; readonly layer: Digest };

/** An archive's bytes and their digest, which agrees with what the index or manifest promised. */
export interface FetchedArchive {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** Undefined where it is known that there is none. */
  readonly provenance: ProvenanceSource | undefined;
}

function notAsPromised(name: string, digest: Digest, promised: Digest): MirrorError {
  return new MirrorError(`${name} has digest ${digest}, its index says ${promised}`, {
    code: 'CHART_DIGEST_MISMATCH',
    origin: 'source',
    hint: 'do not use this archive: it was changed after the index was made; ask its publisher',
  });
}

async function pullHttp(
  name: string,
  locator: Extract<ChartLocator, { kind: 'http' }>,
  run: ChartAccess,
): Promise<FetchedArchive> {
  const [url] = locator.urls;
  if (url === undefined) {
    throw new MirrorError(`the index names no address for ${name}`, {
      code: 'CHART_SOURCE_UNREACHABLE',
      origin: 'source',
      hint: 'the repository is broken: ask its publisher, or take another version',
    });
  }
  const bytes = await run.ports.charts.archive(url, ARCHIVE_LIMIT, run.signal);
  const digest = digestOf(bytes);
  if (locator.digest !== undefined && locator.digest !== digest) throw notAsPromised(name, digest, locator.digest);
  return { bytes, digest, provenance: { kind: 'http', archive: url } };
}

function notAChart(reference: Reference, why: string): MirrorError {
  return new MirrorError(`${formatReference(reference)} is no helm chart: ${why}`, {
    code: 'CHART_ARCHIVE_REFUSED',
    origin: 'source',
    hint: 'check chart name and namespace: an image may have the same name',
  });
}

interface ChartLayer {
  readonly manifest: Digest;
  readonly layer: Digest;
  readonly provenance: Digest | undefined;
}

async function chartLayer(reference: Reference, run: ChartAccess, depth = 0): Promise<ChartLayer> {
  const answer = await run.ports.registry.manifest(reference, 'source', run.signal);
  if (answer.kind !== 'found') {
    throw new MirrorError(
      `${formatReference(reference)} cannot be fetched: ${answer.kind === 'denied' ? answer.detail : 'it is not there'}`,
      {
        code: answer.kind === 'denied' ? 'CHART_SOURCE_DENIED' : 'VERSION_NOT_FOUND',
        origin: 'source',
        hint: 'check the registry, the name and the credentials',
      },
    );
  }
  const manifest = parseManifest(answer.bytes, answer.mediaType);
  if (manifest === undefined) throw notAChart(reference, 'its manifest cannot be read');
  if (manifest.kind === 'image') {
    const layer = manifest.layers.find((one) => CHART_LAYERS.includes(one.mediaType));
    if (layer === undefined) throw notAChart(reference, 'its manifest has no chart layer');
    const provenance = manifest.layers.find((one) => one.mediaType === PROVENANCE_LAYER)?.digest;
    return { manifest: answer.digest, layer: layer.digest, provenance };
  }
  const [first] = manifest.manifests;
  if (first === undefined || depth > 1) throw notAChart(reference, 'its index names no chart');
  return chartLayer({ ...reference, tag: undefined, digest: first.digest }, run, depth + 1);
}

/** Indexes that name charts in a registry give the digest of the archive or that of its manifest. */
async function pullOci(
  name: string,
  { reference, promised }: Extract<ChartLocator, { kind: 'oci' }>,
  run: ChartAccess,
): Promise<FetchedArchive> {
  const { manifest, layer, provenance } = await chartLayer(reference, run);
  if (promised !== undefined && promised !== layer && promised !== manifest) throw notAsPromised(name, layer, promised);
  const bytes = await run.ports.registry.blob(reference, layer, ARCHIVE_LIMIT, 'source', run.signal);
  const source = provenance === undefined ? undefined : ({ kind: 'oci', reference, layer: provenance } as const);
  return { bytes, digest: layer, provenance: source };
}

/**
 * Fetches a chart archive: from its HTTP address (digest against the index), from a registry (digest against the
 * manifest), or from disk.
 *
 * @throws MirrorError CHART_DIGEST_MISMATCH, CHART_SOURCE_DENIED, VERSION_NOT_FOUND and what the ports throw.
 */
export async function fetchArchive(name: string, locator: ChartLocator, run: ChartAccess): Promise<FetchedArchive> {
  switch (locator.kind) {
    case 'http':
      return pullHttp(name, locator, run);
    case 'oci':
      return pullOci(name, locator, run);
    case 'local': {
      const bytes = await run.ports.localCharts.archive(locator.path, run.signal);
      return { bytes, digest: digestOf(bytes), provenance: { kind: 'local', archive: locator.path } };
    }
  }
}

/** The name under which an archive is spoken of: its source and version. */
export function archiveName(source: Parameters<typeof formatChartSource>[0], version: string): string {
  return version === '' ? formatChartSource(source) : `${formatChartSource(source)} ${version}`;
}
