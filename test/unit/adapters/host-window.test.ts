import { describe, expect, test } from 'vitest';
import { createHostWindow } from '../../../src/adapters/host-window.ts';

function answers(
  window: ReturnType<typeof createHostWindow>,
  count: number,
  latency: number | undefined,
  now = 60_000,
) {
  for (let i = 0; i < count; i += 1) window.answered(latency, true, now);
}

describe('the window of a host', () => {
  test('grows by one with every answer while others wait, up to its bound', () => {
    const window = createHostWindow({ start: 4, most: 10 });
    answers(window, 3, 20);
    expect(window.size).toBe(7);
    answers(window, 20, 20);
    expect(window.size).toBe(10);
  });

  test('does not grow where nobody waits', () => {
    const window = createHostWindow({ start: 4, most: 10 });
    for (let i = 0; i < 20; i += 1) window.answered(20, false, 0);
    expect(window.size).toBe(4);
  });

  test('does not grow any more when the host has become slower, and goes on slowly when it has recovered', () => {
    const window = createHostWindow({ start: 4, most: 40 });
    answers(window, 4, 20);
    answers(window, 20, 500);
    const held = window.size;
    expect(held).toBeLessThan(12);
    answers(window, 40, 20);
    expect(window.size).toBeGreaterThan(held);
    expect(window.size).toBeLessThan(held + 10);
  });

  test('is halved when the host asks for less, once for all that was under way', () => {
    const window = createHostWindow({ start: 16, most: 16 });
    for (const now of [10_000, 10_100, 10_900]) window.refused(now);
    expect(window.size).toBe(8);
    window.refused(11_500);
    expect(window.size).toBe(4);
    for (let now = 13_000; now < 30_000; now += 1_500) window.refused(now);
    expect(window.size).toBe(1);
    // it rests first, where answers are quick
    answers(window, 20, 20, 30_000);
    expect(window.size).toBe(1);
    answers(window, 2, 20, 40_000);
    expect(window.size).toBe(2);
  });

  test('takes answers without a time for good ones', () => {
    const window = createHostWindow({ start: 2, most: 8 });
    answers(window, 3, undefined);
    expect(window.size).toBe(5);
  });

  test('never begins above its bound', () => {
    expect(createHostWindow({ start: 16, most: 3 }).size).toBe(3);
  });
});
