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
