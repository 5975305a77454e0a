import { type ErrorCode, MirrorError, oneLine } from '../../errors.ts';
import { AnswerTooLarge } from '../bodies.ts';
import { invalidAnswer } from '../registry-errors.ts';
import { SdkConnectionFailure } from './sdk-requests.ts';

/** One request to the API of ECR, in the words of messages. */
export interface ApiRequest {
  /** The registry, as `123456789012.dkr.ecr.eu-west-1.amazonaws.com`. */
  readonly registry: string;
  /** What it was for: `create repository team/app`. */
  readonly doing: string;
  /** The right that it needs: `ecr:CreateRepository`. */
  readonly right: string;
}

const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation', 'OptInRequired']);

// what AWS says of credentials that it cannot use: docs.aws.amazon.com/AmazonECR/latest/APIReference, "Common Error Types"
const UNUSABLE = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidIdentityToken',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const THROTTLED = new Set([
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
]);

/** The name by which AWS calls an error; empty for what is no error of AWS. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Whether AWS refuses because a right is missing. */
export function isDenied(error: unknown): boolean {
  return DENIED.has(errorName(error));
}

/** Whether no provider of the SDK's chain had credentials, as opposed to some that are of no use. */
export function isWithoutIdentity(error: unknown): boolean {
  // @aws-sdk/credential-provider-node, defaultProvider: the last link of the chain
  return errorName(error) === 'CredentialsProviderError' && /any providers/.test(messageOf(error));
}

/** Whether the identity, or that there is none, forbids to look: not a failure of the request. */
export function cannotAsk(error: unknown): boolean {
  return isDenied(error) || isWithoutIdentity(error);
}

/** What a question about a part of a repository gives: `none` where it has no such part, undefined where it may not be asked. */
export async function answerOr<T>(none: T, missing: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (errorName(error) === missing) return none;
    if (cannotAsk(error)) return undefined;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

// what follows is the request itself with its headers, the session token among them: no help for a reader
const REQUEST_REPEATED = / *The Canonical String for this request should have been.*$/;

/** What AWS says, in one line: `RepositoryNotFoundException: The repository …`. Requests that it repeats are left out. */
export function said(error: unknown): string {
  const message = oneLine(messageOf(error)).replace(REQUEST_REPEATED, '').replace(/\.$/, '');
  const name = errorName(error);
  return name === '' || name === 'Error' || message.startsWith(name) ? message : `${name}: ${message}`;
}

function failure({ registry, doing }: ApiRequest, error: unknown, code: ErrorCode, hint: string): MirrorError {
  const reason = error instanceof SdkConnectionFailure ? `${error.failure.host}: ${error.message}` : said(error);
  const message = `${registry} failed to ${doing}: ${reason}`;
  return new MirrorError(message, { code, origin: 'destination', hint, cause: error });
}

/** Reasons that have nothing to do with what was asked for. */
function outerFailure(error: unknown, request: ApiRequest): MirrorError | undefined {
  const { registry, doing } = request;
  if (error instanceof SdkConnectionFailure) return failure(request, error, 'REGISTRY_UNREACHABLE', error.failure.hint);
  if (error instanceof AnswerTooLarge) return invalidAnswer(registry, doing, error.message, 'destination', error);
  const name = errorName(error);
  if (name === 'SyntaxError')
    return invalidAnswer(registry, doing, 'its API answered with no JSON', 'destination', error);
  if (UNUSABLE.has(name)) {
    const hint = 'log in to AWS again, or name another identity with --profile or the AWS variables';
    return failure(request, error, 'CREDENTIALS_UNREADABLE', hint);
  }
  const status = statusOf(error);
  if (THROTTLED.has(name) || status === 429) {
    const hint = 'run again later, or ask AWS for a higher quota of this action; what is done stays done';
    return failure(request, error, 'RATE_LIMITED', hint);
  }
  if (status === undefined || status < 500) return undefined;
  return failure(request, error, 'REGISTRY_UNREACHABLE', `run again when the API of ${registry} is well`);
}

/**
 * The error for what the SDK threw, after it has repeated what may pass. `hint` is for refusals that are about the
 * repository itself.
 *
 * @throws the reason of the signal, when it was aborted.
 */
export function apiError(error: unknown, request: ApiRequest, signal: AbortSignal, hint: string): MirrorError {
  signal.throwIfAborted();
  if (error instanceof MirrorError) return error;
  const outer = outerFailure(error, request);
  if (outer !== undefined) return outer;
  const advice = isDenied(error) ? `give the AWS identity the right ${request.right}` : hint;
  return failure(request, error, 'REPOSITORY_FAILED', advice);
}
