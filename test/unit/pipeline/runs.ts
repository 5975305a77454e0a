import { posix } from 'node:path';
import { contentDigest, packChart, packScratch, unpackChart } from '../../../src/adapters/archive.ts';
import type { Addon } from '../../../src/domain/addon.ts';
import { readChartTree } from '../../../src/domain/chart/chart-tree.ts';
import { EMPTY_MAP } from '../../../src/domain/chart/values-tree.ts';
import { createDocumentMemo } from '../../../src/domain/images/document-memo.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import type { Reference } from '../../../src/domain/reference.ts';
import { MirrorError } from '../../../src/errors.ts';
import type { ChartItem } from '../../../src/pipeline/chart-item.ts';
import type { ImageItem } from '../../../src/pipeline/image-item.ts';
import type { Extraction, ReleaseItem, Verdict } from '../../../src/pipeline/release-item.ts';
import { ChartResults } from '../../../src/pipeline/results/chart-results.ts';
import { type Run, startRun } from '../../../src/pipeline/run.ts';
import type { MirrorOptions, Ports } from '../../../src/pipeline/run-settings.ts';
import { createSilentPages } from '../../../src/pipeline/silent-pages.ts';
import type { RenderRequest, RenderResult } from '../../../src/ports/helm.ts';
import type { FetchedManifest, Lookup, Side } from '../../../src/ports/registry.ts';
import { MIRROR_OPTIONS } from '../../support/mirror-options.ts';
import { archive, chartYaml } from '../domain/chart/trees.ts';

/** The digest of a text, where any will do. */
export const anyDigest = (text: string) => digestOf(Buffer.from(text));

/** What stands in for the world outside. Whatever is not given fails the test that calls it. */
export interface Outside {
  readonly head?: (reference: Reference, side: Side) => Lookup;
  readonly render?: (request: RenderRequest, files: ReadonlyMap<string, string>) => RenderResult;
}

/** A chart's manifest at the target, where its content does not matter. */
export const MANIFEST: FetchedManifest = {
  kind: 'found',
  bytes: Buffer.from(''),
  digest: anyDigest('chart'),
  mediaType: 'x',
};

function notGiven(): never {
  throw new Error('this test gives no such thing');
}

/** Ports in memory. `files` of a render are the workspace's texts by path; `written` is what was put out. */
export function portsOf(outside: Outside, written: Map<string, string> = new Map()): Ports {
  const files = new Map<string, string>();
  return {
    helm: { version: '4.3.0', render: async (request) => (outside.render ?? notGiven)(request, files) },
    registry: {
      head: async (reference, side) => (outside.head ?? notGiven)(reference, side),
      manifest: notGiven,
      tags: notGiven,
      blob: notGiven,
      referrers: notGiven,
    },
    repositories: undefined,
    artifacts: { push: notGiven },
    charts: { entries: notGiven, charts: notGiven, archive: notGiven, provenance: notGiven },
    localCharts: { archive: notGiven, provenance: notGiven },
    archives: { unpack: unpackChart, pack: packChart, packScratch, contentDigest },
    copier: { copy: notGiven },
    pusher: { push: notGiven },
    cache: undefined,
    workspace: {
      async write(name, data) {
        files.set(`/workspace/${name}`, data.toString());
        return `/workspace/${name}`;
      },
    },
    output: {
      async write(path, data) {
        const file = posix.normalize(path);
        if (written.has(file)) throw new Error(`${file} is written twice`);
        written.set(file, data.toString());
      },
    },
  };
}

/** An addon from a chart repository. */
export function addonOf(release: string, parts: Partial<Addon> = {}): Addon {
  return {
    release,
    chart: 'web',
    source: { kind: 'http', repository: 'https://charts.example.com', chart: 'web' },
    ociNamespace: '',
    version: { kind: 'version', text: '1.0.0' },
    namespace: undefined,
    layers: [],
    profiles: [],
    kubeVersion: undefined,
    apiVersions: [],
    platforms: [],
    images: [],
    excluded: [],
    places: [{ file: 'catalog.yaml', line: 2, column: 3, key: undefined }],
    ...parts,
  };
}

/** A run of these addons. */
export function runOf(
  addons: readonly Addon[],
  options: Partial<MirrorOptions> = {},
  ports: Ports = portsOf({}),
  signal: AbortSignal = new AbortController().signal,
): Run {
  const catalog = { mode: 'catalog' as const, addons, unmirrorable: [], moved: [], notes: [] };
  return startRun({ ports, options: { ...MIRROR_OPTIONS, ...options }, catalog, signal, say: () => {} });
}

/** A verdict without anything to say. */
export function verdictOf(proven: boolean): Verdict {
  return {
    proven,
    references: 1,
    residue: [],
    unexplained: [],
    explained: {},
    reason: undefined,
    isEarlier: false,
  };
}

/** A chart of these releases that was pulled, with files beside its Chart.yaml. */
export function chartOf(
  releases: readonly ReleaseItem[],
  files: Readonly<Record<string, string>> = {},
  parts: Partial<ChartItem> = {},
): ChartItem {
  const [first] = releases;
  if (first === undefined) throw new RangeError('a chart has a release');
  const { source, ociNamespace } = first.addon;
  const tree = archive({ 'Chart.yaml': chartYaml(source.chart), ...files });
  const repository = ['m', ociNamespace, source.chart].filter((part) => part !== '').join('/');
  return {
    source,
    version: '1.0.0',
    locator: { kind: 'http', urls: [], digest: undefined },
    releases,
    destination: { registry: 'registry.example.com', repository, tag: undefined, digest: undefined },
    pulled: {
      digest: anyDigest(JSON.stringify(source)),
      original: tree,
      tree,
      chart: readChartTree(tree, source.chart),
      dependencies: [],
      excluded: [],
      archive: { path: '/workspace/original.tgz', digest: anyDigest('original') },
      probe: { path: '/workspace/probe.tgz', digest: anyDigest('probe') },
      declared: [],
      signed: undefined,
    },
    memo: createDocumentMemo(),
    silentPages: createSilentPages(),
    results: new ChartResults(undefined, 0),
    traced: [],
    compared: [],
    ownGlobals: false,
    spared: [],
    pins: undefined,
    relocated: undefined,
    push: { kind: 'waiting' },
    archive: undefined,
    provenance: undefined,
    leftover: undefined,
    failedImages: new Map(),
    failure: undefined,
    ...parts,
  };
}

/** An extraction in which nothing was found. */
export function extractionOf(parts: Partial<Extraction> = {}): Extraction {
  const settings = { namespace: 'a', kubeVersion: '1.34.0', valuesFiles: [], schemaSkipped: undefined };
  return { settings, values: EMPTY_MAP, uses: [], aside: [], texts: undefined, ...parts };
}

/** A relocated archive, of which only version and bytes count. */
export function relocatedAs(chart: ChartItem, bytes: string): NonNullable<ChartItem['relocated']> {
  const tree = chart.pulled?.tree ?? archive({});
  return {
    reach: 'declared',
    naming: MIRROR_OPTIONS.naming,
    tree,
    bytes: Buffer.from(bytes),
    archive: { path: '/workspace/relocated.tgz', digest: anyDigest(bytes) },
    version: '1.0.0',
    edits: [],
    patches: [],
    pinned: new Map(),
  };
}

/** An image that the releases of a chart use. */
export function imageOf(repository: string, chart: ChartItem, parts: Partial<ImageItem> = {}): ImageItem {
  const source: Reference = { registry: 'quay.io', repository, tag: '1', digest: undefined };
  return {
    source,
    destination: { ...source, registry: 'registry.example.com', repository: `m/${repository}`, tag: '1' },
    evidence: 'rendered',
    isCertain: true,
    platform: undefined,
    required: [],
    users: chart.releases.map((release) => ({ chart, release, places: [] })),
    listed: [],
    platforms: [],
    manifests: [],
    blobs: [],
    state: { kind: 'planned' },
    failure: undefined,
    ...parts,
  };
}

/** That a registry gave no answer at all. */
export function unreachable(reference: Reference): MirrorError {
  return new MirrorError(`${reference.registry} cannot be reached for ${reference.repository}`, {
    code: 'REGISTRY_UNREACHABLE',
    origin: 'source',
    hint: 'check the network',
    cause: new Error('refused'),
  });
}
