import { type AnswerHeaders, headerOf } from './http.ts';

/** A number of requests, and the window that it holds for, where that is told. */
export interface RateLimit {
  readonly count: number;
  readonly seconds: number | null;
}

/**
 * A limit as Docker Hub states it, on GET and HEAD alike: `100;w=21600`, a number and a window in seconds
 * (docker/docs, docker-hub/usage/pulls). Undefined for anything else.
 */
export function readLimit(
  headers: AnswerHeaders,
  name: 'ratelimit-limit' | 'ratelimit-remaining',
): RateLimit | undefined {
  const text = headerOf({ headers }, name)?.trim() ?? '';
  const [, count, seconds] = /^([0-9]{1,9})(?:;w=([0-9]{1,9}))?$/.exec(text) ?? [];
  return count === undefined
    ? undefined
    : { count: Number(count), seconds: seconds === undefined ? null : Number(seconds) };
}

/** The window of the limits that an answer tells, in seconds. */
export function windowOf(headers: AnswerHeaders): number | undefined {
  const told = readLimit(headers, 'ratelimit-remaining')?.seconds ?? readLimit(headers, 'ratelimit-limit')?.seconds;
  return told ?? undefined;
}
