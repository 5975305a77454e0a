import { splitTarget } from '../plan/destination.ts';
import {
  canonicalRegistry,
  type Digest,
  DOCKER_HUB,
  parseDigest,
  parseReference,
  type Reference,
} from '../reference.ts';
import { isAtTarget } from '../report/good-ends.ts';
import type { Report, ReportedChart, ReportedImage } from '../report/report.ts';
import { isChartThere } from './whole.ts';

/** An image that is at the target. */
export interface MirroredImage {
  readonly source: Reference;
  readonly destination: Reference;
  /** What the target answers with; undefined where nobody compared. */
  readonly digest: Digest | undefined;
  /** Whether the target has the content that the source has; not so for one platform out of several. */
  readonly isSame: boolean;
}

/** A release of a chart that is at the target. */
export interface MirroredChart {
  readonly chart: string;
  readonly release: string;
  readonly namespace: string | undefined;
  /** The version at the target. */
  readonly version: string;
  readonly tag: string;
  /** Where programs ask for it: the host, and the path above the chart. */
  readonly host: string;
  readonly path: string;
  /** Its name at the target. */
  readonly name: string;
  /** The values without which this release names images elsewhere, below the output directory. */
  readonly ownValues: string | undefined;
}

/** What a run has brought to its target. `unreadable` are rows that no reference can be read from. */
export interface Mirrored {
  readonly target: string;
  readonly finishedAt: string;
  readonly images: readonly MirroredImage[];
  readonly charts: readonly MirroredChart[];
  readonly unreadable: readonly string[];
}

/** Where the consumer values of a release are, below the output directory. */
export function consumerFile({ chart, release }: Pick<ReportedChart, 'chart' | 'release'>): string {
  return `helm-charts/${chart.split('/').at(-1) ?? chart}/${release}/values.yaml`;
}

function toImage(row: ReportedImage): MirroredImage | undefined {
  const source = parseReference(row.source);
  const destination = parseReference(row.destination);
  if (source === undefined || destination === undefined) return undefined;
  const digest = row.digest === null || row.status === 'present-unverified' ? undefined : parseDigest(row.digest);
  return { source, destination, digest, isSame: row.platform === null };
}

/** The host that answers requests for charts: docker.io answers none. */
function chartHost(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

function toChart(row: ReportedChart): MirroredChart | undefined {
  const at = parseReference((row.destination ?? '').replace(/^oci:\/\//, ''));
  if (at?.tag === undefined) return undefined;
  const parts = at.repository.split('/');
  const name = parts.at(-1) ?? '';
  const own = consumerFile(row);
  return {
    chart: row.chart.split('/').at(-1) ?? row.chart,
    release: row.release,
    namespace: row.namespace ?? undefined,
    // helm writes + as _, which no version has
    version: at.tag.replaceAll('_', '+'),
    tag: at.tag,
    host: chartHost(at.registry),
    path: parts.slice(0, -1).join('/'),
    name,
    ownValues: row.proof.command?.includes(own) === true ? own : undefined,
  };
}

function byText<T>(textOf: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [one, other] = [textOf(a), textOf(b)];
    return one < other ? -1 : Number(one > other);
  };
}

/** The images and charts that a run has brought to its target, each in a stable order. */
export function mirroredOf(report: Report): Mirrored {
  const images = report.images.filter(({ status }) => isAtTarget(status));
  const charts = report.charts.filter(({ status }) => isChartThere(status));
  const readImages = images.map((row) => [row, toImage(row)] as const);
  const readCharts = charts.map((row) => [row, toChart(row)] as const);
  return {
    target: report.target,
    finishedAt: report.finishedAt,
    images: readImages
      .toSorted(byText(([row]) => `${row.source} ${row.destination}`))
      .flatMap(([, image]) => image ?? []),
    charts: readCharts.toSorted(byText(([row]) => `${row.chart} ${row.release}`)).flatMap(([, chart]) => chart ?? []),
    unreadable: [
      ...readImages.flatMap(([row, image]) => (image === undefined ? [`image ${row.source}: no reference`] : [])),
      ...readCharts.flatMap(([row, chart]) => (chart === undefined ? [`chart ${row.chart}: no destination`] : [])),
    ],
  };
}

/** The beginnings that references to the target have, with a slash at their end; Docker Hub is also meant where no host is said. */
export function targetBeginnings(target: string): readonly string[] {
  const { host, path } = splitTarget(target);
  const registry = canonicalRegistry(host);
  const below = path === '' ? '' : `${path}/`;
  return registry === DOCKER_HUB && below !== '' ? [`${registry}/${below}`, below] : [`${registry}/${below}`];
}
