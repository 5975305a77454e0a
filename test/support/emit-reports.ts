import type { ChartStatus, ImageStatus, Report, ReportedChart, ReportedImage } from '../../src/domain/report/report.ts';
import { chartRow, imageRow, sampleReport } from '../unit/docs/sample-report.ts';

/** A digest of one digit. */
export function digestOf(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

/** An image that was mirrored: copied whole unless something else is said. */
export function image(
  source: string,
  destination: string,
  more: Partial<ReportedImage> & { readonly status?: ImageStatus } = {},
): ReportedImage {
  return { ...imageRow('copied'), source, destination, digest: digestOf('a'), error: null, ...more };
}

/** A release of a chart that was pushed, and proven. */
export function chart(
  name: string,
  destination: string,
  more: Partial<ReportedChart> & { readonly status?: ChartStatus } = {},
): ReportedChart {
  return { ...chartRow('pushed'), chart: name, release: name, namespace: name, destination, hiddenImages: [], ...more };
}

/** A report of a run that is all done. */
export function doneReport(
  { charts = [], images = [] }: { charts?: readonly ReportedChart[]; images?: readonly ReportedImage[] },
  more: Partial<Report> = {},
): Report {
  const sample = sampleReport([], []);
  return {
    ...sample,
    exitCode: 0,
    plan: null,
    changes: null,
    layers: null,
    ecr: null,
    signatures: null,
    unmirrorable: [],
    artifacts: { ...sample.artifacts, rows: [], notLookedFor: [] },
    charts,
    images,
    ...more,
  };
}

const TARGET = 'registry.example.com/platform';

/** A report with what is special: Docker Hub, two registries on one path, digests, one platform, a list that renames. */
export function specialReport(): Report {
  return doneReport({
    images: [
      image('docker.io/library/nginx:1.27', `${TARGET}/mirror/library/nginx:1.27`),
      image('docker.io/team/app:1', `${TARGET}/mirror/team/app:1`),
      image('quay.io/team/app:2', `${TARGET}/mirror/team/app:2`),
      image('registry.local:5000/base/os:1', `${TARGET}/mirror/base/os:1`),
      image(`ghcr.io/team/agent@${digestOf('b')}`, `${TARGET}/mirror/team/agent:mirrored-bbbbbbbbbbbb`, {
        digest: digestOf('b'),
      }),
      image(`ghcr.io/team/one:1@${digestOf('c')}`, `${TARGET}/mirror/team/one:1`, {
        digest: digestOf('d'),
        platform: 'linux/amd64',
      }),
      image('ghcr.io/team/slim:3', `${TARGET}/mirror/team/slim:3`, { platform: 'linux/amd64', status: 'present' }),
      image('quay.io/team/tool:2', 'registry.example.com/platform/tools/tool:2.0', { status: 'kept' }),
      image('docker.io/library/busybox', `${TARGET}/mirror/library/busybox:latest`, {
        status: 'present-unverified',
        digest: null,
      }),
    ],
    charts: [
      chart('shop', `oci://${TARGET}/charts/shop:1.2.3`),
      chart('shop', `oci://${TARGET}/charts/shop:1.2.3_b1`, { release: 'shop-eu', namespace: 'eu', status: 'present' }),
    ],
  });
}
