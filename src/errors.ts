/** Every code that can end an item or a run. docs/errors.md has one entry for each; a test keeps the two equal. */
export const ERROR_CODES = [
  'INPUT_INVALID',
  'TOOL_MISSING',
  'TOOL_FAILED',
  'TARGET_UNKNOWN',
  'VERSION_NOT_FOUND',
  'VERSION_INVALID',
  'CHART_SOURCE_UNREACHABLE',
  'CHART_SOURCE_DENIED',
  'CHART_DIGEST_MISMATCH',
  'CHART_ARCHIVE_REFUSED',
  'DEPENDENCY_UNRESOLVED',
  'RENDER_FAILED',
  'IMAGES_UNREADABLE',
  'DESTINATION_COLLISION',
  'RELOCATION_FAILED',
  'NOT_PROVEN',
  'IMAGE_SOURCE_ABSENT',
  'IMAGE_SOURCE_DENIED',
  'IMAGE_PLATFORM_MISSING',
  'IMAGE_TAG_TAKEN',
  'IMAGE_DESTINATION_DENIED',
  'IMAGE_COPY_FAILED',
  'IMAGE_DIGEST_DIFFERS',
  'IMAGES_INCOMPLETE',
  'SIGNATURE_REFUSED',
  'POLICY_REFUSED',
  'LOCK_MOVED',
  'PLAN_MOVED',
  'CHART_TAG_TAKEN',
  'CHART_PUSH_FAILED',
  'REPOSITORY_FAILED',
  'RATE_LIMITED',
  'REGISTRY_UNREACHABLE',
  'REGISTRY_ANSWER_INVALID',
  'CREDENTIALS_UNREADABLE',
  'WORKSPACE_FAILED',
  'OUTPUT_IN_USE',
  'CACHE_REFUSED',
  'CONTENT_DAMAGED',
  'FILE_REFUSED',
  'INTERRUPTED',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** On which side something failed. */
export type Origin = 'input' | 'source' | 'destination' | 'local';

/** What a `MirrorError` says beside its message. `hint` is what to do next, in the same style as the message. */
export interface ErrorDetails {
  readonly code: ErrorCode;
  readonly origin: Origin;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A failure with a code, a side and a hint. Messages are lower case, one line, without a full stop, and name the wrong value. */
export class MirrorError extends Error {
  readonly code: ErrorCode;
  readonly origin: Origin;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MirrorError';
    this.code = details.code;
    this.origin = details.origin;
    this.hint = details.hint;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const CONTROL = /[\u0000-\u001f\u007f\u009b]+/g;

/** One line for a person that keeps its blanks: line breaks and other control characters made blanks. */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ');
}

/** One line for a person: control characters gone, line breaks and runs of blanks made one blank. */
export function oneLine(text: string): string {
  return printable(text).replace(/ {2,}/g, ' ').trim();
}

/** Any thrown value as a MirrorError: known ones as they are, aborts as INTERRUPTED, others as INTERNAL with their cause. */
export function toMirrorError(thrown: unknown): MirrorError {
  if (thrown instanceof MirrorError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new MirrorError('interrupted', { code: 'INTERRUPTED', origin: 'local', cause: thrown });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new MirrorError(oneLine(text) || 'unknown failure', {
    code: 'INTERNAL',
    origin: 'local',
    hint: 'this is a defect of airgap-charts: please report it with the stack that --verbose prints',
    cause: thrown,
  });
}
