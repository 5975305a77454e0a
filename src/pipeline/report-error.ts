import type { ReportedError } from '../domain/report/reported-error.ts';
import type { MirrorError } from '../errors.ts';

/** Codes of decisions not to write, as opposed to work that failed. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'CHART_TAG_TAKEN',
  'DESTINATION_COLLISION',
  'IMAGES_INCOMPLETE',
  'IMAGE_TAG_TAKEN',
  'IMAGE_SOURCE_ABSENT',
  'IMAGE_SOURCE_DENIED',
  'IMAGE_DESTINATION_DENIED',
  'IMAGE_PLATFORM_MISSING',
  'LOCK_MOVED',
  'PLAN_MOVED',
  'POLICY_REFUSED',
  'SIGNATURE_REFUSED',
]);

/** An error as the report shows it. */
export function toError(error: MirrorError | undefined): ReportedError | null {
  if (error === undefined) return null;
  return { code: error.code, origin: error.origin, message: error.message, hint: error.hint ?? null };
}
