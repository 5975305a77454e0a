import { expect, test } from 'vitest';
import { joinRequests } from '../../../../src/adapters/ecr/join-requests.ts';
import { NEVER } from '../../../support/http-network.ts';

function waiting() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  return {
    resolve,
    reject,
    signals,
    work: (signal: AbortSignal) => {
      signals.push(signal);
      return promise;
    },
  };
}

test('work is done once for all who want it at the same time, by key', async () => {
  const join = joinRequests<string>();
  const one = waiting();
  const asked = [join('a', NEVER, one.work), join('a', NEVER, one.work)];
  const other = join('b', NEVER, async () => 'other');
  one.resolve('done');
  expect(await Promise.all([...asked, other])).toEqual(['done', 'done', 'other']);
  expect(one.signals).toHaveLength(1);
});

test('afterwards it is done again, also after a failure', async () => {
  const join = joinRequests<string>();
  await expect(join('a', NEVER, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await join('a', NEVER, async () => 'yes')).toBe('yes');
});

test('who aborts does not take the answer from the others', async () => {
  const join = joinRequests<string>();
  const one = waiting();
  const leaving = new AbortController();
  const gone = join('a', leaving.signal, one.work);
  const staying = join('a', NEVER, one.work);
  leaving.abort(new Error('had enough'));
  await expect(gone).rejects.toThrow('had enough');
  expect(one.signals[0]?.aborted).toBe(false);
  one.resolve('done');
  expect(await staying).toBe('done');
});

test('work that nobody waits for is aborted, and begun anew for the next', async () => {
  const join = joinRequests<string>();
  const one = waiting();
  const leaving = new AbortController();
  const gone = join('a', leaving.signal, one.work);
  leaving.abort(new Error('had enough'));
  await expect(gone).rejects.toThrow('had enough');
  expect(one.signals[0]?.aborted).toBe(true);
  expect(await join('a', NEVER, async () => 'anew')).toBe('anew');
});
