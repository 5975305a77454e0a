import type { SyntheticImage } from '../../src/demo/synthetic-image.ts';
import { buildImage, type ImageShape } from '../../src/demo/synthetic-image.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import type { PruneReport } from '../../src/domain/prune/report.ts';
import type { RecordedImage } from '../../src/domain/records/record.ts';
import { recordArtifact } from '../../src/domain/records/record-artifact.ts';
import type { Digest } from '../../src/domain/reference.ts';
import { chartYaml, packChart } from './charts.ts';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
import { contentsOf, type EcrContents } from './ecr-contents.ts';
import { type EcrLoopback, startEcrLoopback } from './ecr-loopback.ts';
import type { StoredImage } from './ecr-store.ts';

/** Long enough ago for everything to go. */
export const LONG_AGO = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);

const OURS = { tags: { 'chart-syncer': 'true' } };
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** How a run of prune ended, with what it wrote; no report when the registry could not be read. */
export interface PruneOutcome extends CliResult {
  readonly report: PruneReport | undefined;
}

/** A registry on loopback that a test lays out by hand, and a machine without any tool on which prune runs. */
export interface EcrPruneWorld {
  readonly loopback: EcrLoopback;
  readonly contents: EcrContents;
  readonly machine: Machine;
  /** The command line for `path` of the registry. */
  argv(path: string, flags: readonly string[]): readonly string[];
  prune(path: string, ...flags: readonly string[]): Promise<PruneOutcome>;
  /** Reads the report of the last run. */
  report(): Promise<PruneReport | undefined>;
  /** Puts an image into a repository of ours. */
  image(name: string, tag: string, shape?: Partial<ImageShape>): StoredImage;
  /** Puts a chart with this text in its values into a repository of ours; with images, also its record. */
  chart(
    name: string,
    version: string,
    content: { readonly text?: string; readonly images?: readonly string[] },
  ): Promise<StoredImage>;
  stop(): Promise<void>;
}

function piece(mediaType: string, data: Uint8Array | string) {
  const bytes = Buffer.from(data);
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function describePiece({ mediaType, digest, bytes }: ReturnType<typeof piece>): object {
  return { mediaType, digest, size: bytes.length };
}

async function chartImage(name: string, version: string, text: string): Promise<SyntheticImage> {
  const archive = await packChart(name, { 'Chart.yaml': chartYaml(name, version), 'values.yaml': text });
  const config = piece('application/vnd.cncf.helm.config.v1+json', JSON.stringify({ name, version }));
  const layer = piece('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive);
  const manifest = { schemaVersion: 2, config: describePiece(config), layers: [describePiece(layer)] };
  return { root: piece(MANIFEST, JSON.stringify(manifest)), children: [], blobs: [config, layer] };
}

function recordImage(chart: StoredImage, version: string, images: readonly string[]): SyntheticImage {
  const recorded = images.map((image): RecordedImage => {
    const [repository = '', tag = ''] = image.split(':');
    return { repository, tag, digest: undefined, how: 'rendered' };
  });
  const facts = { chart: 'chart', chartVersion: version, chartDigest: chart.digest as Digest, images: recorded };
  const subject = { mediaType: MANIFEST, digest: chart.digest as Digest, size: chart.bytes.length };
  const artifact = recordArtifact(facts, subject);
  const blobs = artifact.blobs.map((blob) => piece('application/octet-stream', blob));
  return { root: piece(MANIFEST, artifact.manifest), children: [], blobs };
}

/** Starts a world. */
export async function startEcrPruneWorld(): Promise<EcrPruneWorld> {
  const loopback = await startEcrLoopback();
  const machine = await createMachine({});
  const contents = contentsOf(loopback.ecr);

  /** A repository that a test fills by hand is made as mirror makes it. */
  function put(name: string, tag: string | undefined, image: SyntheticImage): StoredImage {
    if (!contents.names().includes(name)) contents.create(name, OURS);
    return contents.put(name, tag, image, LONG_AGO);
  }

  function argv(path: string, flags: readonly string[]): readonly string[] {
    const target = path === '' ? loopback.host : `${loopback.host}/${path}`;
    const { account, region } = loopback.ecr;
    const place = ['--registry-type', 'ecr', '--ecr-account', account, '--ecr-region', region, '--plain-http'];
    return ['prune', '--target-registry', target, ...place, ...flags];
  }

  async function report(): Promise<PruneReport | undefined> {
    const text = await machine.read('prune.json').catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  return {
    loopback,
    contents,
    machine,
    argv,
    report,
    async prune(path, ...flags) {
      const result = await machine.run(argv(path, flags), { env: loopback.env });
      return { ...result, report: await report() };
    },
    image: (name, tag, shape = { platforms: [] }) => put(name, tag, buildImage(`${name}:${tag}`, shape)),
    async chart(name, version, { text = '{}\n', images }) {
      const chart = put(name, version, await chartImage(name.split('/').at(-1) ?? '', version, text));
      if (images !== undefined) put(name, undefined, recordImage(chart, version, images));
      return chart;
    },
    async stop() {
      await Promise.all([loopback.stop(), machine.remove()]);
    },
  };
}
