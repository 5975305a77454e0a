import { expect, test } from 'vitest';
import { createHeapRelief, type Heap } from '../../../src/adapters/heap-relief.ts';

const MIB = 1024 * 1024;

test('all garbage is collected when the heap has grown by half and more above what was alive', () => {
  const did: string[] = [];
  let used = 119 * MIB;
  let young = 2 * MIB;
  const heap: Heap = {
    used: () => used,
    young: () => young,
    keepYoung: () => did.push('keeps the young space'),
    collect: ({ type }) => {
      did.push(type);
      used = 30 * MIB;
    },
  };
  const relieve = createHeapRelief(heap);
  const ticks = (): void => {
    for (let count = 0; count < 32; count += 1) relieve();
  };
  ticks();
  expect(did).toEqual([]);
  used = 121 * MIB;
  ticks();
  expect(did).toEqual(['major']);
  used = 92 * MIB;
  ticks();
  expect(did).toEqual(['major']);
  used = 94 * MIB;
  ticks();
  young = 8 * MIB;
  ticks();
  ticks();
  expect(did).toEqual(['major', 'major', 'keeps the young space']);
});
