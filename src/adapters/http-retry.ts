import { setTimeout as pause } from 'node:timers/promises';
import { MirrorError } from '../errors.ts';
import type { Side } from '../ports/registry.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { createHostHolds } from './host-holds.ts';
import { type AnswerHeaders, headerOf } from './http.ts';
import { readLimit, windowOf } from './rate-limit.ts';

/** Time and chance, so that tests need neither. Times are in milliseconds; `random` is in [0, 1). */
export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

/** The real clock. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal) {
    try {
      await pause(milliseconds, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  random: Math.random,
};

/** An answer as far as the decision to retry needs it. `text` is the beginning of a refusal's body. */
export interface Judged {
  readonly url: URL;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string | undefined;
}

/** Whom a repeated request concerns. */
export interface RetryScope {
  readonly host: string;
  /** What is asked, as far as a host may serve one kind of request and refuse another. */
  readonly kind: string;
  readonly side: Side;
  readonly signal: AbortSignal;
}

/** Repeats requests that may be repeated. */
export interface Retries {
  /**
   * Runs `attempt` until its answer is worth having: 408, 429, 500, 502, 503, 504 and transient connection failures are
   * tried again, at most five times in all, and three times where each takes minutes. The last 5xx answer is returned, the last ConnectionFailure thrown. A 429 does not
   * count while the host serves others of this kind: who has to share a rate waits for a turn, for at most `PATIENCE_MS`.
   *
   * @throws MirrorError RATE_LIMITED when the host keeps answering 429, or asks for a wait longer than `LONGEST_WAIT_MS`.
   */
  run<T extends Judged>(scope: RetryScope, attempt: () => Promise<T>): Promise<T>;
  /**
   * Runs `attempt`, which cannot be repeated as it is, once, when the host may be asked again. A wait that it asks for in turn holds
   * back what comes next.
   *
   * @throws MirrorError RATE_LIMITED when the host asks for a wait longer than `LONGEST_WAIT_MS`.
   */
  once<T extends Judged>(scope: RetryScope, attempt: () => Promise<T>): Promise<T>;
  /** Resolves when a host may be asked. Rejects with the signal's reason. */
  ready(host: string, signal: AbortSignal): Promise<void>;
  /** Whether a host gave a request of this kind an answer worth having after `since`, in milliseconds. */
  hasServed(host: string, kind: string, since: number): boolean;
}

/** The longest wait that a host may ask for; above it the item fails at once and says when to come back. */
export const LONGEST_WAIT_MS = 60_000;
/** How long one request may wait for its turn at a host that serves others, and refuses it for its rate. */
export const PATIENCE_MS = 15 * 60_000;

const ATTEMPTS = 5;
/** For how many attempts one counts that took minutes to fail. */
const SILENT_WEIGHT = 2;
const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 10_000;
/** Answers that may be others a moment later. */
export const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const UNITS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1 },
  ...{ s: SECOND_MS, m: MINUTE_MS, h: 60 * MINUTE_MS },
};
const PART = /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|μs|ms|s|m|h)/gi;

/**
 * How long the host asks to wait, in milliseconds: Retry-After as seconds or date, or GHCR's "retry-after: 880.092µs" in the text,
 * a duration as Go writes it (`1m30s`).
 */
export function requestedWait(answer: Judged, now: number): number | undefined {
  const field = headerOf(answer, 'retry-after')?.trim();
  if (field !== undefined && /^[0-9]+(?:\.[0-9]+)?$/.test(field)) return Number(field) * 1000;
  if (field !== undefined && !Number.isNaN(Date.parse(field))) return Math.max(0, Date.parse(field) - now);
  const [, written] =
    /retry-after:\s*((?:[0-9]+(?:\.[0-9]+)?(?:ns|us|µs|μs|ms|s|m|h))+)(?![0-9a-z])/i.exec(answer.text ?? '') ?? [];
  if (written === undefined) return undefined;
  const parts = [...written.matchAll(PART)].map(
    ([, count, unit = '']) => Number(count) * (UNITS[unit.toLowerCase()] ?? 0),
  );
  return Math.ceil(parts.reduce((sum, part) => sum + part, 0));
}

/** The window of Docker Hub's pull limit where an answer tells none (docker/docs, docker-hub/usage/pulls). */
const HUB_WINDOW_S = 6 * 60 * 60;

/**
 * After how many seconds a pull limit is over at the latest; undefined for any other answer. Docker Hub's lasts hours, and names no
 * wait (docker/docs, docker-hub/usage/pulls): waiting for it is of no use.
 */
function pullLimit({ status, text, headers }: Judged): number | undefined {
  if (status !== 429) return undefined;
  const seconds = windowOf(headers);
  if (/reached your .*pull rate limit/i.test(text ?? '')) return seconds ?? HUB_WINDOW_S;
  // with its window: others name none, and mean seconds
  const remaining = readLimit(headers, 'ratelimit-remaining');
  if (remaining !== undefined && remaining.count === 0) return remaining.seconds ?? longWindow(seconds);
  return remaining === undefined && /TOOMANYREQUESTS/.test(text ?? '') ? longWindow(seconds) : undefined;
}

function longWindow(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds * 1000 > LONGEST_WAIT_MS ? seconds : undefined;
}

/** A time as people read it, never before it: `2026-11-23 03:12 UTC`. */
function hourText(milliseconds: number): string {
  const minute = new Date(Math.ceil(milliseconds / 60_000) * 60_000).toISOString();
  return `${minute.slice(0, 10)} ${minute.slice(11, 16)} UTC`;
}

function limited(scope: RetryScope, message: string, hint: string): MirrorError {
  return new MirrorError(message, { code: 'RATE_LIMITED', origin: scope.side, hint });
}

function refuseToWait(scope: RetryScope, answer: Judged, now: number): void {
  const window = pullLimit(answer);
  if (window !== undefined) {
    const asked = requestedWait(answer, now) ?? 0;
    const back = hourText(now + (asked > LONGEST_WAIT_MS ? asked : window * 1000));
    const message = `${answer.url.host} answered 429: the pull limit of this account or address is used up; it can be back at ${back} at the latest`;
    const hint = `run again at ${back}, what is done is kept; or log in with --dockerhub-username and --dockerhub-token, or use --source-mirror`;
    throw limited(scope, message, hint);
  }
  const wait = requestedWait(answer, now);
  if (wait === undefined || wait <= LONGEST_WAIT_MS) return;
  const until = new Date(now + wait).toISOString();
  const seconds = Math.ceil(wait / 1000);
  throw limited(
    scope,
    `${answer.url.host} answered ${answer.status} and asks to wait ${seconds} s`,
    `run again after ${until}; what is done is kept`,
  );
}

/**
 * Retries for a run. A wait that a host asks for holds back every request to that host, not only the refused one, and is
 * told to `say` in one line.
 */
export function createRetries(clock: Clock, say: (line: string) => void = () => undefined): Retries {
  const holds = createHostHolds();

  async function ready(host: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = holds.left(host, clock.now());
      if (left === 0) return;
      await clock.sleep(left, signal);
    }
  }

  /** Many requests may be refused at once with nearly the same wait: it is said when it grows by a second. */
  function holdBack(answer: Judged, now: number): void {
    const { url, status } = answer;
    const asked = requestedWait(answer, now);
    // what fails in other ways says nothing of the next request
    if (asked === undefined && status !== 429 && status !== 503) return;
    const news = holds.refused(url.host, now, asked);
    if (news === undefined || news < 1000) return;
    const wait = holds.left(url.host, now);
    const until = new Date(now + wait).toISOString().slice(11, 19);
    const why = asked === undefined ? 'since it keeps refusing' : 'as it asks';
    say(`${url.host} answered ${status}: waiting ${Math.ceil(wait / 1000)} s, until ${until} UTC, ${why}`);
  }

  function jitter(attempt: number): number {
    return clock.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempt - 1));
  }

  async function attempted<T extends Judged>(last: boolean, attempt: () => Promise<T>): Promise<T | ConnectionFailure> {
    try {
      return await attempt();
    } catch (error) {
      if (last || !(error instanceof ConnectionFailure) || !error.transient) throw error;
      return error;
    }
  }

  /** An answer worth having. @throws MirrorError RATE_LIMITED where waiting is of no use. */
  function isGood(scope: RetryScope, result: Judged): boolean {
    const now = clock.now();
    if (!PASSING_STATUSES.has(result.status)) {
      holds.served(result.url.host, scope.kind, now);
      return true;
    }
    refuseToWait(scope, result, now);
    holdBack(result, now);
    return false;
  }

  async function run<T extends Judged>(scope: RetryScope, attempt: () => Promise<T>): Promise<T> {
    const begun = clock.now();
    for (let count = 1; ; ) {
      const since = clock.now();
      await ready(scope.host, scope.signal);
      const isLast = count >= ATTEMPTS;
      const result = await attempted(isLast, attempt);
      let isTurn = false;
      if (!(result instanceof ConnectionFailure)) {
        if (isGood(scope, result)) return result;
        const { host } = result.url;
        const isRate = result.status === 429;
        isTurn = isRate && clock.now() - begun < PATIENCE_MS && holds.hasServed(host, scope.kind, since);
        if (isLast && !isTurn && isRate) {
          const hint = 'lower the concurrency of this host in the configuration, or run again later';
          throw limited(scope, `${host} answered 429 (too many requests) ${ATTEMPTS} times`, hint);
        }
        if (isLast && !isTurn) return result;
      }
      await clock.sleep(jitter(count), scope.signal);
      if (!isTurn) count += result instanceof ConnectionFailure && result.silent ? SILENT_WEIGHT : 1;
    }
  }

  async function once<T extends Judged>(scope: RetryScope, attempt: () => Promise<T>): Promise<T> {
    await ready(scope.host, scope.signal);
    const result = await attempt();
    isGood(scope, result);
    return result;
  }

  return { run, once, ready, hasServed: holds.hasServed };
}
