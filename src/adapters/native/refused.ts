import type { MirrorError } from '../../errors.ts';
import type { RegistryAccess, RegistryCall } from '../registry-access.ts';
import type { Authorized } from '../registry-auth.ts';
import { problemOf } from '../registry-errors.ts';
import { isTransient, type RelayWork, relayError } from '../relay-failures.ts';
import type { RelayFailure } from '../relay-jobs.ts';
import type { Reply } from '../requests.ts';

/** A write that the target refused, or did not answer. */
export class Refused extends Error {
  readonly failure: RelayFailure;
  /** Whether the login had expired, of which the next request has another one. */
  readonly isStale: boolean;

  constructor(failure: RelayFailure, isStale: boolean) {
    super(failure.detail);
    this.failure = failure;
    this.isStale = isStale;
  }

  /** Whether the same write may well succeed a moment later. */
  get isTransient(): boolean {
    return this.isStale || isTransient(this.failure);
  }

  toError(work: RelayWork): MirrorError {
    return relayError(this.failure, work, '');
  }
}

const ANSWER_LIMIT = 64 * 1024;

function pathOf({ address, target }: RegistryCall): string {
  return target instanceof URL ? target.pathname : `/v2/${address.repository}/${target.replace(/\?.*$/, '')}`;
}

/** What a refusal was, for its error. Queries stay out: uploads have secrets in them. */
function failureOf(call: RegistryCall, result: Authorized<Reply>): RelayFailure {
  const what = `${call.method} ${pathOf(call)}`;
  const common = { side: 'destination', host: call.address.host, what, error: undefined } as const;
  if (result.kind === 'refused')
    return { ...common, status: result.status, problem: problemOf(''), detail: result.detail };
  const { status, text = '' } = result.answer;
  return { ...common, status, problem: problemOf(text), detail: result.access };
}

/**
 * Sends one write and gives its answer.
 *
 * @throws Refused for a status that is not expected, and MirrorError for what is no answer.
 */
export async function writeTo(
  access: RegistryAccess,
  call: RegistryCall,
  expected: readonly number[],
): Promise<{ readonly answer: Reply; readonly access: string }> {
  const result = await access.ask(call, ANSWER_LIMIT);
  if (result.kind === 'answer' && expected.includes(result.answer.status)) return result;
  throw new Refused(failureOf(call, result), result.kind === 'answer' && result.stale === true);
}
