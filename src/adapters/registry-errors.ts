import { MirrorError, oneLine } from '../errors.ts';
import type { Side } from '../ports/registry.ts';
import { AnswerTooLarge } from './bodies.ts';
import { ConnectionFailure } from './connection-failure.ts';

/** The first error of a registry's error body: OCI distribution-spec, "Error Codes". */
export interface RegistryProblem {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

const LONGEST_DETAIL = 300;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function firstError(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  const errors = 'errors' in body ? body.errors : undefined;
  return Array.isArray(errors) ? errors[0] : body;
}

/** What a registry says of a failure. Also understands the `{message}` or `{details}` of gateways and token servers. */
export function problemOf(body: string): RegistryProblem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { code: undefined, message: undefined };
  }
  const error = firstError(parsed);
  if (typeof error !== 'object' || error === null) return { code: undefined, message: undefined };
  const field = (name: string): string | undefined => text(Object.entries(error).find(([key]) => key === name)?.[1]);
  return { code: field('code'), message: field('message') ?? field('details') ?? field('error') };
}

/** A status and what the registry said with it, in one line: `403 DENIED: requested access to the resource is denied`. */
export function describeAnswer(status: number, body: string | undefined): string {
  const { code, message } = problemOf(body ?? '');
  const said = oneLine([code, message].filter((part) => part !== undefined).join(': '));
  const cut = said.length > LONGEST_DETAIL ? `${said.slice(0, LONGEST_DETAIL)}…` : said;
  return cut === '' ? String(status) : `${status} ${cut}`;
}

/** The error for an answer that no registry should give. `what` names the thing asked for. */
export function invalidAnswer(host: string, what: string, why: string, side: Side, cause?: unknown): MirrorError {
  return new MirrorError(`${host} answered wrongly for ${what}: ${why}`, {
    code: 'REGISTRY_ANSWER_INVALID',
    origin: side,
    hint: `check that ${host} is a container registry and that no proxy or gateway changes its answers`,
    cause,
  });
}

/** The error for a status that is neither an answer nor a refusal. */
export function unexpectedStatus(
  host: string,
  what: string,
  status: number,
  body: string | undefined,
  side: Side,
): MirrorError {
  const said = describeAnswer(status, body);
  if (status === 429) {
    const hint = 'lower the concurrency of this host in the configuration, or run again later';
    return new MirrorError(`${host} throttles ${what}: ${said}`, { code: 'RATE_LIMITED', origin: side, hint });
  }
  if (status < 500) return invalidAnswer(host, what, said, side);
  return new MirrorError(`${host} failed for ${what}: ${said}`, {
    code: 'REGISTRY_UNREACHABLE',
    origin: side,
    hint: `run again when ${host} is well; what is done stays done`,
  });
}

/** A refusal for too many requests, with what was asked for: the host alone may be a mirror of many. */
export function withWhat(error: MirrorError, what: string): MirrorError {
  const { code, origin, hint, cause } = error;
  return new MirrorError(`${error.message}; asked for ${what}`, {
    ...{ code, origin, cause },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Runs a request; failures of the connection become REGISTRY_UNREACHABLE, too long answers REGISTRY_ANSWER_INVALID. */
export async function reaching<T>(host: string, what: string, side: Side, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AnswerTooLarge) throw invalidAnswer(host, what, error.message, side, error);
    if (error instanceof MirrorError && error.code === 'RATE_LIMITED') throw withWhat(error, what);
    if (!(error instanceof ConnectionFailure)) throw error;
    const via = error.host === host ? '' : ` (at ${error.host})`;
    throw new MirrorError(`${host} cannot be reached for ${what}${via}: ${error.message}`, {
      code: 'REGISTRY_UNREACHABLE',
      origin: side,
      hint: error.hint,
      cause: error,
    });
  }
}
