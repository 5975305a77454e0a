import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/adapters/queue.ts';

const never = new AbortController().signal;

describe('a queue', () => {
  it('lets as many in at once as it has places, and all of them in the end', async () => {
    const queue = createQueue(3);
    let inside = 0;
    let most = 0;
    const visit = async (): Promise<void> => {
      const leave = await queue.enter(never);
      inside += 1;
      most = Math.max(most, inside);
      await sleep(1);
      inside -= 1;
      leave();
    };
    await Promise.all(Array.from({ length: 50 }, visit));
    expect(most).toBe(3);
    expect(inside).toBe(0);
  });

  it('lets them in in the order in which they came', async () => {
    const queue = createQueue(1);
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        const leave = await queue.enter(never);
        order.push(index);
        leave();
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives a place back once, however often one leaves', async () => {
    const queue = createQueue(1);
    const leave = await queue.enter(never);
    leave();
    leave();
    const second = await queue.enter(never);
    let third = false;
    const waiting = queue.enter(never).then((go) => {
      third = true;
      go();
    });
    await sleep(5);
    expect(third).toBe(false);
    second();
    await waiting;
  });

  it('lets nobody in who waits when the signal aborts, and says the reason', async () => {
    const stop = new AbortController();
    const queue = createQueue(1);
    await queue.enter(never);
    const waiting = queue.enter(stop.signal);
    stop.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });

  it('lets nobody in with a signal that is aborted already', async () => {
    await expect(createQueue(1).enter(AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
  });

  it('takes no harm when the signal aborts while somebody is inside', async () => {
    const stop = new AbortController();
    const queue = createQueue(1);
    const leave = await queue.enter(stop.signal);
    stop.abort(new Error('interrupted'));
    await sleep(5);
    leave();
    const next = await queue.enter(never);
    next();
  });

  it('goes on for the others when one who waits is gone', async () => {
    const stop = new AbortController();
    const queue = createQueue(1);
    const leave = await queue.enter(never);
    const gone = queue.enter(stop.signal);
    const stays = queue.enter(never);
    stop.abort(new Error('interrupted'));
    await expect(gone).rejects.toThrow('interrupted');
    leave();
    (await stays)();
  });

  it('leaves no listeners at the signal, which lives as long as the run', async () => {
    const { signal } = new AbortController();
    const queue = createQueue(2);
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const leave = await queue.enter(signal);
        await sleep(0);
        leave();
      }),
    );
    await sleep(10);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
