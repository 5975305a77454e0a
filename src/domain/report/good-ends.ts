import type { ImageStatus, ReportedChart } from './report.ts';

const GOOD_IMAGES: ReadonlySet<ImageStatus> = new Set([
  'copied',
  'present',
  'present-unverified',
  'kept',
  'to-copy',
  'unconfirmed',
  'not-needed',
]);

/** Whether a release ended well. `pushed-unproven` is an end, but no good one, and neither is one whose files are missing. */
export function isGoodChart({ status, error }: Pick<ReportedChart, 'status' | 'error'>): boolean {
  return error === null && (status === 'pushed' || status === 'present' || status === 'ready');
}

/** Whether a run can be all done with an image in this status. */
export function isGoodImage(status: ImageStatus): boolean {
  return GOOD_IMAGES.has(status);
}

/** Whether an image is at the target, as far as the run knows. */
export function isAtTarget(status: ImageStatus): boolean {
  return status === 'copied' || status === 'present' || status === 'present-unverified' || status === 'kept';
}
