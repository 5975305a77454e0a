import { describe, expect, test } from 'vitest';
import { ConnectionFailure } from '../../../src/adapters/connection-failure.ts';
import { createRetries, type Judged, requestedWait } from '../../../src/adapters/http-retry.ts';
import { fastClock, NEVER } from '../../support/http-network.ts';

const scope = { host: 'registry.example', kind: 'GET ask', side: 'source', signal: NEVER } as const;
const url = new URL('https://registry.example/v2/');

function answer(status: number, headers: Record<string, string> = {}, text?: string): Judged {
  return { url, status, headers, text };
}

/** Runs attempts that end as listed, the last one for ever. */
async function runWith(outcomes: readonly (Judged | Error)[], clock = fastClock(), signal = NEVER) {
  let count = 0;
  const result = createRetries(clock).run({ ...scope, signal }, async () => {
    const outcome = outcomes[Math.min(count, outcomes.length - 1)] as Judged | Error;
    count += 1;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  return { status: (await result).status, attempts: count, slept: clock.slept };
}

function failure(transient: boolean): ConnectionFailure {
  return new ConnectionFailure('refused', { host: 'registry.example', transient, hint: '' });
}

describe('retries', () => {
  test.each([408, 429, 500, 502, 503, 504])('%i is tried again', async (status) => {
    expect(await runWith([answer(status), answer(200)])).toMatchObject({ status: 200, attempts: 2 });
  });

  test.each([200, 301, 400, 401, 403, 404, 501])('%i is final', async (status) => {
    expect(await runWith([answer(status), answer(200)])).toMatchObject({ status, attempts: 1 });
  });

  test('the last 5xx is returned after five tries', async () => {
    expect(await runWith([answer(503)])).toMatchObject({ status: 503, attempts: 5 });
  });

  test('waits grow exponentially, each a random share of its bound', async () => {
    const { slept } = await runWith([answer(503)], fastClock(0.5));
    expect(slept).toEqual([250, 500, 1000, 2000]);
  });

  test('transient connection failures are tried again, others are not', async () => {
    expect(await runWith([failure(true), answer(200)])).toMatchObject({ attempts: 2 });
    await expect(runWith([failure(false), answer(200)])).rejects.toThrow('refused');
    await expect(runWith([failure(true)])).rejects.toThrow('refused');
  });

  test('Retry-After in seconds is waited for', async () => {
    const { slept } = await runWith([answer(429, { 'retry-after': '7' }), answer(200)], fastClock(0));
    expect(slept).toEqual([0, 7000]);
  });

  test.each([
    ['1m30s', 90_000],
    ['2h0m0.5s', 7_200_500],
    ['880.092µs', 1],
    ['250ms', 250],
  ])('a wait that is written as %s is understood', (text, milliseconds) => {
    expect(requestedWait(answer(429, {}, `retry-after: ${text}, allowed: 44000/minute`), 0)).toBe(milliseconds);
  });

  test('who gives no answer for minutes is asked three times', async () => {
    const silent = new ConnectionFailure('it did not answer in time', {
      ...{ host: 'a', hint: '' },
      transient: true,
      silent: true,
    });
    let count = 0;
    const asked = createRetries(fastClock()).run(scope, async () => {
      count += 1;
      throw silent;
    });
    await expect(asked).rejects.toThrow('it did not answer in time');
    expect(count).toBe(3);
  });

  test('a host that asks to wait holds back other requests to it', async () => {
    const slept: number[] = [];
    const asleep = { now: () => 0, random: () => 0, sleep: (ms: number) => new Promise<void>(() => slept.push(ms)) };
    const retries = createRetries(asleep);
    const attempts: string[] = [];
    const attempt = (name: string, result: Judged) => async () => {
      attempts.push(name);
      return result;
    };
    void retries.run(scope, attempt('refused', answer(429, { 'retry-after': '7' })));
    await new Promise(setImmediate);
    void retries.run(scope, attempt('held back', answer(200)));
    void retries.run({ ...scope, host: 'other.example' }, attempt('elsewhere', answer(200)));
    await new Promise(setImmediate);
    expect(attempts).toEqual(['refused', 'elsewhere']);
    expect(slept).toEqual([0, 7000]);
  });

  test('429 to the end is RATE_LIMITED at the right side', async () => {
    await expect(runWith([answer(429)])).rejects.toMatchObject({ code: 'RATE_LIMITED', origin: 'source' });
  });

  /** Refuses eight times, and answers others of a kind in between. */
  async function sharing(kind: string, isServed = true) {
    const clock = fastClock();
    const retries = createRetries(clock);
    let count = 0;
    const result = retries.run(scope, async () => {
      count += 1;
      await clock.sleep(1, NEVER);
      if (isServed) await retries.run({ ...scope, kind }, async () => answer(200));
      return answer(count === 9 ? 200 : 429);
    });
    return { status: (await result).status, attempts: count };
  }

  test('who shares a rate with others waits for a turn, however often that is refused', async () => {
    expect(await sharing(scope.kind)).toEqual({ status: 200, attempts: 9 });
  });

  test('a host that serves nobody, or only other requests, is given up', async () => {
    await expect(sharing(scope.kind, false)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(sharing('HEAD ask')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('a turn is waited for no longer than a quarter of an hour', async () => {
    const clock = fastClock();
    const retries = createRetries(clock);
    const begun = clock.now();
    const never = retries.run(scope, async () => {
      await clock.sleep(1, NEVER);
      await retries.run(scope, async () => answer(200));
      return answer(429);
    });
    await expect(never).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect((clock.now() - begun) / 60_000).toBeCloseTo(15, 0);
  });

  test('a host that refuses without a wait gets a longer rest each time, all requests to it alike', async () => {
    const clock = fastClock(0);
    await expect(runWith([answer(429)], clock)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(clock.slept.filter((pause) => pause > 0)).toEqual([100, 200, 400, 800]);
  });

  test('a wait above a minute fails at once and says until when', async () => {
    const run = runWith([answer(429, { 'retry-after': '3600' })]);
    await expect(run).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'registry.example answered 429 and asks to wait 3600 s',
      hint: 'run again after 2026-11-21T13:00:00.000Z; what is done is kept',
    });
  });

  test('what is sent once waits for a host that asked to, and lets it ask for more', async () => {
    const clock = fastClock(0);
    const retries = createRetries(clock);
    const send = (outcome: Judged) => retries.once(scope, async () => outcome);
    expect(await send(answer(429, { 'retry-after': '8' }))).toMatchObject({ status: 429 });
    expect(clock.slept).toEqual([]);
    expect(await send(answer(201))).toMatchObject({ status: 201 });
    expect(clock.slept).toEqual([8000]);
    await expect(send(answer(429, { 'retry-after': '86400' }))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('a limit of requests a minute is waited for: it is none of pulls', async () => {
    const limited = answer(429, { 'retry-after': '2', 'ratelimit-remaining': '0' });
    expect(await runWith([limited, answer(200)], fastClock(0))).toMatchObject({
      status: 200,
      slept: expect.arrayContaining([2000]),
    });
  });

  test("Docker Hub's pull limit fails at once, with or without a body", async () => {
    const text =
      '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your unauthenticated pull rate limit."}]}';
    const limited = { code: 'RATE_LIMITED', hint: expect.stringContaining('--dockerhub-token') };
    const withBody = runWith([answer(429, {}, text), answer(200)]);
    await expect(withBody).rejects.toMatchObject(limited);
    const withHeader = runWith([answer(429, { 'ratelimit-remaining': '0;w=21600' }), answer(200)]);
    await expect(withHeader).rejects.toMatchObject(limited);
  });

  test.each([
    ['with its window', { 'ratelimit-limit': '100;w=54720', 'ratelimit-remaining': '0;w=54720' }, ''],
    ['with that of the limit only', { 'ratelimit-limit': '100;w=54720', 'ratelimit-remaining': '0' }, ''],
    ['by its code', { 'ratelimit-limit': '100;w=54720' }, '{"errors":[{"code":"TOOMANYREQUESTS"}]}'],
    ['with a wait that is asked for', { 'retry-after': '54720', 'ratelimit-remaining': '0;w=86400' }, ''],
  ])('a pull limit %s says at what hour it can be over, and that nothing is lost', async (_, headers, text) => {
    const slept: number[] = [];
    const clock = { ...fastClock(), sleep: async (milliseconds: number) => void slept.push(milliseconds) };
    await expect(runWith([answer(429, headers, text), answer(200)], clock)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message:
        'registry.example answered 429: the pull limit of this account or address is used up; it can be back at 2026-11-22 03:12 UTC at the latest',
      hint: expect.stringMatching(/^run again at 2026-11-22 03:12 UTC, what is done is kept; or log in/),
    });
    expect(slept).toEqual([]);
  });

  test('a window of seconds is none of hours', async () => {
    const headers = { 'ratelimit-limit': '100;w=10' };
    const limited = answer(429, headers, '{"errors":[{"code":"TOOMANYREQUESTS"}]}');
    expect(await runWith([limited, answer(200)])).toMatchObject({ status: 200 });
  });

  test('an interrupt ends the waiting', async () => {
    const controller = new AbortController();
    const clock = fastClock();
    const interrupting = {
      ...clock,
      sleep(milliseconds: number, signal: AbortSignal) {
        controller.abort();
        return clock.sleep(milliseconds, signal);
      },
    };
    await expect(runWith([answer(503)], interrupting, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the wait that a host asks for', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    [answer(429, { 'retry-after': '12' }), 12_000],
    [answer(429, { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }), 30_000],
    [answer(429, { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }), 0],
    [answer(429, {}, 'TOOMANYREQUESTS: retry-after: 880.092µs, allowed: 44000/minute'), 1],
    [answer(429, {}, 'retry-after: 1.5s, allowed'), 1500],
    [answer(429, {}, 'retry-after: 250ms'), 250],
    [answer(429, {}, 'slow down'), undefined],
    [answer(429, { 'retry-after': 'soon' }), undefined],
  ])('%o', (given, expected) => {
    expect(requestedWait(given, now)).toBe(expected);
  });
});
