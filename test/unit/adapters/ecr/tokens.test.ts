import { describe, expect, test } from 'vitest';
import { createEcrTokens, type GrantedToken } from '../../../../src/adapters/ecr/tokens.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { fastClock, NEVER } from '../../../support/http-network.ts';

const HOUR = 3_600_000;

function store(life: number) {
  const clock = fastClock();
  const said: string[] = [];
  const tokens = createEcrTokens(clock, (line) => said.push(line));
  let count = 0;
  let asked = 0;
  let failure: Error | 'no identity' | undefined;
  const fetch = async (): Promise<GrantedToken | undefined> => {
    asked += 1;
    if (failure === 'no identity') return undefined;
    if (failure !== undefined) throw failure;
    count += 1;
    return { password: `token ${count}`, endpoint: undefined, until: clock.now() + life };
  };
  return {
    clock,
    said,
    tokens,
    fail: (error: Error | 'no identity' | undefined) => {
      failure = error;
    },
    count: () => count,
    asked: () => asked,
    get: async (key = 'eu-central-1') => (await tokens.get(key, NEVER, fetch))?.password,
    later: (milliseconds: number) => clock.sleep(milliseconds, NEVER),
  };
}

function refusal(): MirrorError {
  return new MirrorError('AWS gave no token', { code: 'CREDENTIALS_UNREADABLE', origin: 'destination' });
}

describe('tokens', () => {
  test('are kept for each key', async () => {
    const { get, count } = store(12 * HOUR);
    expect([await get(), await get(), await get('us-east-1')]).toEqual(['token 1', 'token 1', 'token 2']);
    expect(count()).toBe(2);
  });

  test('are asked for once by many at the same time', async () => {
    const { get, count } = store(12 * HOUR);
    await Promise.all([get(), get(), get()]);
    expect(count()).toBe(1);
  });

  test.each([12 * HOUR, HOUR, 10_000])('that live %i ms are renewed when four fifths are over', async (life) => {
    const { get, later } = store(life);
    await get();
    await later(life * 0.79);
    expect(await get()).toBe('token 1');
    await later(life * 0.02);
    expect(await get()).toBe('token 2');
    expect(await get()).toBe('token 2');
  });

  test('that were over when they came are used for a minute: clocks differ', async () => {
    const { get, later } = store(-HOUR);
    expect([await get(), await get()]).toEqual(['token 1', 'token 1']);
    await later(61_000);
    expect(await get()).toBe('token 2');
  });

  test('that were dropped are asked for again; a newer one stays', async () => {
    const { get, tokens } = store(12 * HOUR);
    await get();
    tokens.drop('eu-central-1', 'token 1');
    expect(await get()).toBe('token 2');
    tokens.drop('eu-central-1', 'token 1');
    expect(await get()).toBe('token 2');
  });
});

describe('a renewal that fails', () => {
  test('leaves the token in use until its end, is said once and tried again', async () => {
    const { get, later, fail, said } = store(10 * HOUR);
    await get();
    await later(8.5 * HOUR);
    fail(new Error('api.ecr is down'));
    expect(await Promise.all([get(), get()])).toEqual(['token 1', 'token 1']);
    expect(said).toEqual([expect.stringMatching(/good until .*, but not renewed: api.ecr is down$/)]);
    await later(0.8 * HOUR);
    fail(undefined);
    expect(await get()).toBe('token 2');
  });

  test('because there is no identity any more leaves the token in use as well', async () => {
    const { get, later, fail, said, asked } = store(10 * HOUR);
    await get();
    await later(8.5 * HOUR);
    fail('no identity');
    expect(await Promise.all([get(), get()])).toEqual(['token 1', 'token 1']);
    expect(await get()).toBe('token 1');
    expect(asked()).toBe(2);
    expect(said).toEqual([expect.stringMatching(/not renewed: there is no AWS identity any more$/)]);
    await later(0.8 * HOUR);
    fail(undefined);
    expect(await get()).toBe('token 2');
  });

  test('because there is no identity any more gives no token once it is over', async () => {
    const { get, later, fail } = store(HOUR);
    await get();
    await later(2 * HOUR);
    fail('no identity');
    expect([await get(), await get()]).toEqual([undefined, undefined]);
  });

  test('is forgotten when a later one succeeds: a token that is dropped then is asked for again', async () => {
    const { get, later, fail, tokens } = store(10 * HOUR);
    await get();
    await later(8.5 * HOUR);
    fail(refusal());
    expect(await get()).toBe('token 1');
    await later(0.8 * HOUR);
    fail(undefined);
    expect(await get()).toBe('token 2');
    tokens.drop('eu-central-1', 'token 2');
    expect(await get()).toBe('token 3');
  });

  test('is an error when the token is over', async () => {
    const { get, later, fail } = store(HOUR);
    await get();
    await later(2 * HOUR);
    fail(new Error('api.ecr is down'));
    await expect(get()).rejects.toThrow('api.ecr is down');
  });
});

describe('what AWS will say again', () => {
  test('a refusal is asked for once', async () => {
    const { get, fail, count } = store(HOUR);
    fail(refusal());
    await expect(get()).rejects.toThrow('AWS gave no token');
    fail(undefined);
    await expect(get()).rejects.toThrow('AWS gave no token');
    expect(count()).toBe(0);
    expect(await get('us-east-1')).toBe('token 1');
  });

  test('an outage is no refusal', async () => {
    const { get, fail } = store(HOUR);
    fail(new Error('down'));
    await expect(get()).rejects.toThrow('down');
    fail(undefined);
    expect(await get()).toBe('token 1');
  });

  test('that there is no identity is found out once', async () => {
    const tokens = createEcrTokens(fastClock(), () => undefined);
    let asked = 0;
    const none = async () => {
      asked += 1;
      return undefined;
    };
    expect(await tokens.get('a', NEVER, none)).toBeUndefined();
    expect(await tokens.get('a', NEVER, none)).toBeUndefined();
    expect(asked).toBe(1);
  });
});
