import { formatPlatform } from '../domain/platform.ts';
import { formatReference } from '../domain/reference.ts';
import type { ImageContentsByDigest } from '../domain/report/image-contents.ts';
import type { ImageStatus, ReportedImage } from '../domain/report/report.ts';
import { contentsOf, knownDigest } from './image-contents.ts';
import type { ImageItem } from './image-item.ts';
import { REFUSALS, toError } from './report-error.ts';
import type { Run } from './run.ts';
import { reportSignature } from './signatures/report-signatures.ts';

/** Where an image stands, for people. */
export function imageStatus(image: ImageItem): ImageStatus {
  if (image.failure !== undefined) {
    if (image.failure.code === 'INTERRUPTED') return 'unfinished';
    return REFUSALS.has(image.failure.code) ? 'refused' : 'failed';
  }
  const needed =
    image.listed.length > 0 ||
    image.users.some(({ chart, release }) => chart.failure === undefined && release.failure === undefined);
  const { state } = image;
  switch (state.kind) {
    case 'copied':
      return 'copied';
    case 'unconfirmed':
      return needed ? 'unconfirmed' : 'not-needed';
    case 'failed':
      return 'failed';
    case 'planned':
      return needed ? 'unfinished' : 'not-needed';
    case 'cleared':
      if (state.decision.kind === 'present') return state.decision.verified ? 'present' : 'present-unverified';
      if (state.decision.kind === 'kept') return 'kept';
      return needed ? 'to-copy' : 'not-needed';
  }
}

/** One image as the report shows it. What the run has not read of it is told as an `earlier` one has read it. */
export function toImage(image: ImageItem, run: Run, earlier: ImageContentsByDigest): ReportedImage {
  const { scanOnly } = run.options;
  const { state } = image;
  const status = imageStatus(image);
  const own = 'bytes' in state ? state.bytes : undefined;
  const contents = contentsOf(image, earlier);
  return {
    source: formatReference(image.source),
    destination: formatReference(image.destination),
    digest: knownDigest(image) ?? image.source.digest ?? null,
    platform: image.platform === undefined ? null : formatPlatform(image.platform),
    platforms: image.platforms.length > 0 ? image.platforms.map(formatPlatform) : (contents?.platforms ?? []),
    status: status === 'to-copy' && !scanOnly ? 'unfinished' : status,
    reason: status === 'unconfirmed' && state.kind === 'unconfirmed' ? state.reason : null,
    bytes: own ?? contents?.bytes ?? null,
    evidence: image.evidence,
    usedBy: image.users.map(({ chart, release, places }) => ({
      chart: chart.source.chart,
      version: chart.pulled?.chart.metadata.version ?? chart.version,
      release: release.addon.release,
      places,
    })),
    signature: reportSignature(image, run),
    listed: image.listed.map(({ file, line }) => ({ file, line })),
    error: toError(image.failure),
  };
}
