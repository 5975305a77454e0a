import { expect, it } from 'vitest';
import { createPace } from '../../bench/transfer/pace.ts';

it('lets bytes through one after the other, whoever they belong to', () => {
  let now = 0;
  const pace = createPace(1000, () => now);
  expect(pace.take(500)).toBe(500);
  expect(pace.take(500)).toBe(1000);
  now = 600;
  expect(pace.take(100)).toBe(500);
});

it('does not save up what was not used', () => {
  let now = 0;
  const pace = createPace(1000, () => now);
  pace.take(100);
  now = 60_000;
  expect(pace.take(1000)).toBe(1000);
});
