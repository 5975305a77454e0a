import { expect, it } from 'vitest';
import { createMeter } from '../../../src/view/meter.ts';

const MB = 1_000_000;

it('tells nothing before the first byte, and no rate before it can be known', () => {
  const meter = createMeter(() => 0);
  expect(meter.text(10)).toBe('');
  meter.moved(MB);
  expect(meter.text(4 * MB)).toBe('1.0 MB of 4.0 MB');
});

it('has the rate of the last seconds, which falls to nothing in a stall', () => {
  let now = 0;
  const meter = createMeter(() => now);
  for (now = 100; now <= 10_000; now += 100) meter.moved(MB);
  now = 10_000;
  expect(meter.text(undefined)).toMatch(/^100\.0 MB, (?:9\.[5-9]|10\.[0-5]) MB\/s$/);
  now = 13_000;
  expect(meter.text(200 * MB)).toMatch(/^100\.0 MB of 200\.0 MB, [45]\.\d MB\/s$/);
  now = 30_000;
  expect(meter.text(200 * MB)).toBe('100.0 MB of 200.0 MB, 0.0 kB/s');
});

it('names no total that it has passed', () => {
  const meter = createMeter(() => 0);
  meter.moved(5);
  expect(meter.text(4)).toBe('0.0 kB');
});
