import { type ErrorCode, MirrorError, oneLine } from '../errors.ts';
import type { Side } from '../ports/registry.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { PASSING_STATUSES } from './http-retry.ts';
import type { RelayFailure } from './relay-jobs.ts';

/** What a tool was doing, for the words and codes of its failure. */
export interface RelayWork {
  /** `copying A to B`, `pushing A to B`. */
  readonly doing: string;
  readonly tool: string;
  readonly codes: {
    readonly failed: ErrorCode;
    readonly tagTaken: ErrorCode;
    readonly destinationDenied: ErrorCode;
  };
}

// what a registry says of an upload session that it lost, or of blobs that it does not see yet
const LOST = new Set(['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'MANIFEST_BLOB_UNKNOWN']);

// Harbor says DENIED by 403, with "will exceed the configured upper limit" (goharbor/harbor src/server/middleware/quota)
const NO_ROOM = /\bquota\b|\bexceed\w*\b.*\blimit\b|\bno space left\b/i;

/** Whether the same work may well succeed a moment later. A tool that failed without any failed request is not tried again. */
export function isTransient(failure: RelayFailure | undefined): boolean {
  if (failure === undefined) return false;
  const { error, status, problem } = failure;
  if (status !== undefined) return PASSING_STATUSES.has(status) || LOST.has(problem.code ?? '');
  if (error === undefined) return true;
  if (error.code !== 'REGISTRY_UNREACHABLE') return false;
  return error.cause instanceof ConnectionFailure ? error.cause.transient : true;
}

function describe(failure: RelayFailure): string {
  const { problem, status, detail } = failure;
  const said = [problem.code, problem.message].filter((part) => part !== undefined).join(': ');
  return oneLine([status === undefined ? '' : String(status), said === '' ? '' : `${said};`, detail].join(' '));
}

/** Whether the destination takes no more, as its words tell: no login and no right helps then. */
function isFull({ side, status, problem }: RelayFailure): boolean {
  return side === 'destination' && status !== 429 && NO_ROOM.test(`${problem.code} ${problem.message}`);
}

function codeFor(failure: RelayFailure, work: RelayWork): ErrorCode {
  const { side, status, problem } = failure;
  if (status === 429) return 'RATE_LIMITED';
  if (side === 'source') {
    if (status === 401 || status === 403) return 'IMAGE_SOURCE_DENIED';
    return status === 404 ? 'IMAGE_SOURCE_ABSENT' : work.codes.failed;
  }
  // ECR says TAG_INVALID or DENIED, Harbor PRECONDITION, each with this word in its message
  if (/immutable/i.test(`${problem.code} ${problem.message}`)) return work.codes.tagTaken;
  if (isFull(failure)) return work.codes.failed;
  return status === 401 || status === 403 ? work.codes.destinationDenied : work.codes.failed;
}

const SOURCE_HINTS: Readonly<Record<number, string>> = {
  401: 'log in to the source with an account that may read it',
  403: 'log in to the source with an account that may read it',
  404: 'the source lost it after it was planned: check the source, or choose another version',
  429: 'run again later; what is done stays done',
};

const DESTINATION_HINTS: Readonly<Record<number, string>> = {
  401: 'log in to the destination with an account that may push',
  403: 'give the account the right to push to this repository',
  404: 'create the repository or project at the destination first',
  413: 'raise the request size allowed by the gateway in front of the destination',
  429: 'lower the concurrency of the destination in the configuration, or run again later',
};

const TAKEN_HINT =
  'somebody pushed this immutable tag meanwhile, or it could not be looked at: run again, and it is compared';

const FULL_HINT = 'make room at the destination or raise its quota, and run again: what is done stays done';

function hintFor(side: Side, status: number | undefined): string {
  const hints = side === 'source' ? SOURCE_HINTS : DESTINATION_HINTS;
  return hints[status ?? 0] ?? `look at the log of the ${side} for this request, or run again`;
}

/**
 * The error for a tool that failed at the relay: from the last failed request if there is one, else from the last line
 * that the tool wrote.
 */
export function relayError(failure: RelayFailure | undefined, work: RelayWork, lastLine: string): MirrorError {
  if (failure === undefined) {
    return new MirrorError(`${work.doing} failed: ${work.tool} says ${oneLine(lastLine) || 'nothing'}`, {
      code: work.codes.failed,
      origin: 'local',
      hint: `check that ${work.tool} runs on this machine`,
    });
  }
  const { error } = failure;
  if (error?.code === 'REGISTRY_ANSWER_INVALID') {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return new MirrorError(`${work.doing} failed: ${error.message}`, {
      code: work.codes.failed,
      origin: failure.side,
      ...hint,
    });
  }
  if (error !== undefined) return error;
  const code = codeFor(failure, work);
  const message = `${work.doing} failed at the ${failure.side} ${failure.host} for ${failure.what}: ${describe(failure)}`;
  const known = isFull(failure) ? FULL_HINT : hintFor(failure.side, failure.status);
  const hint = code === work.codes.tagTaken ? TAKEN_HINT : known;
  return new MirrorError(message, { code, origin: failure.side, hint });
}
