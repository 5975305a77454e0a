import { digestOf } from '../../src/domain/manifest.ts';
import type { ChartStatus, ImageStatus, Report, ReportedChart, ReportedImage } from '../../src/domain/report/report.ts';
import { chartRow, imageRow, sampleReport } from '../unit/docs/sample-report.ts';

const REGISTRIES = ['docker.io', 'quay.io', 'ghcr.io', 'registry.k8s.io', 'public.ecr.aws'];
const CHART_ENDS: readonly ChartStatus[] = ['pushed', 'present', 'pushed', 'present', 'not-proven', 'pushed', 'failed'];
const IMAGE_ENDS: readonly ImageStatus[] = ['copied', 'present', 'copied', 'kept', 'copied', 'unconfirmed', 'failed'];

function turn<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new RangeError('the list is empty');
  return found;
}

function chart(index: number): ReportedChart {
  const name = `chart-${index}`;
  return { ...chartRow(turn(CHART_ENDS, index)), chart: name, release: index % 5 === 0 ? `${name}-second` : name };
}

function image(index: number, charts: number): ReportedImage {
  const status = turn(IMAGE_ENDS, index);
  const path = `team-${index % 40}/image-${index}:v1.${index}.0`;
  const used = charts === 0 ? [] : [`chart-${index % charts}`];
  return {
    ...imageRow(status),
    source: `${turn(REGISTRIES, index)}/${path}`,
    destination: `registry.example.com/platform/${path}`,
    digest: `sha256:${String(index).padStart(64, '0')}`,
    bytes: status === 'copied' ? 1_000_000 + ((index * 7_919) % 1000) * 500_000 : null,
    usedBy: used.map((name) => ({
      ...{ chart: name, version: '1.0.1', release: name },
      places: [`${name}/templates/deployment.yaml Deployment/${name} spec.template.spec.containers[0].image`],
    })),
  };
}

/** A report of as many charts and images, of all kinds; sizes and names differ and are the same in every run. */
export function largeReport({ charts = 64, images = 1000 } = {}): Report {
  return {
    ...sampleReport([], []),
    charts: Array.from({ length: charts }, (_, index) => chart(index)),
    images: Array.from({ length: images }, (_, index) => image(index, charts)),
  };
}

/** A report with words that do not break by themselves wherever prose stands: digests, hosts, flags, values, paths. */
export function unbrokenReport(): Report {
  const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const taken = `registry.example.com/platform/team-1/image-1:v1.1.0 holds ${digest('a')}, the source ${digest('b')}`;
  const error = {
    ...{ code: 'IMAGE_TAG_TAKEN', origin: 'destination', message: `${taken}: ${'x'.repeat(200)}` },
    hint: `--overwrite-existing replaces ${digest('a')}; ${'y'.repeat(200)}`,
  } as const;
  const { charts, images, ...report } = largeReport({ charts: 7, images: 14 });
  const when = [`prometheus.prometheusSpec.thanos.${'objectStorageConfig.'.repeat(6)}enabled=true`];
  const hidden = { image: images[0]?.source ?? '', when, moved: 'no', mirrored: false, reason: null } as const;
  return {
    ...report,
    notes: ['z'.repeat(300)],
    charts: charts.map((row, index) => ({
      ...row,
      ...{ notes: ['n'.repeat(300)], version: `1.0.0-${'rc'.repeat(40)}`, error: index % 2 === 0 ? error : row.error },
      hiddenImages: row.hiddenImages.map((one) => ({ ...one, ...hidden })),
      proof: { ...row.proof, reason: 'p'.repeat(300) },
    })),
    images: images.map((row, index) => ({
      ...row,
      reason: 'r'.repeat(200),
      error: index % 3 === 0 ? error : row.error,
    })),
    layers: {
      ...{ bytes: 40_000_000, uniqueBytes: 30_000_000, images: 14 },
      shared: [
        {
          digest: digestOf('c'),
          bytes: 10_000_000,
          images: images.slice(0, 2).map(({ source }) => source),
        },
      ],
    },
  };
}
