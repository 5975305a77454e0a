import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { type Collect, findCollect } from './collections.ts';

const MIB = 1024 * 1024;
/** So many ticks pass between two looks, which take microseconds. */
const EVERY_TICKS = 32;
/** How far the heap may grow above what was alive last. */
const SHARE = 1.5;
/** A collection makes V8 forget compiled code, too: with 16 MiB the copies of 40 images took a seventh more processor time. */
const SLACK_BYTES = 48 * MIB;
/** V8 makes this up to 96 MiB large, which is nothing but a later collection. */
const YOUNG_BYTES = 8 * MIB;

/** What is asked of V8. */
export interface Heap {
  /** Bytes that are used, alive or not. */
  readonly used: () => number;
  /** Bytes that are set aside for what is new. */
  readonly young: () => number;
  readonly keepYoung: () => void;
  readonly collect: Collect;
}

function heapOfV8(): Heap | undefined {
  const collect = findCollect();
  if (collect === undefined) return undefined;
  return {
    used: () => getHeapStatistics().used_heap_size,
    young: () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0,
    // read whenever the space would grow: it grows no more
    keepYoung: () => setFlagsFromString('--semi-space-growth-factor=1'),
    collect,
  };
}

/**
 * Keeps garbage from piling up, called for every request. V8 collects late where memory is plenty: requests leave some
 * kilobytes each, and thousands of small images took three times the memory of what was alive (node 24: 333 MiB with 400 images,
 * 230 MiB so).
 */
export function createHeapRelief(heap: Heap | undefined = heapOfV8()): () => void {
  let ticks = 0;
  let alive = SLACK_BYTES;
  let isKept = false;
  return () => {
    ticks += 1;
    if (heap === undefined || ticks % EVERY_TICKS !== 0) return;
    if (!isKept && heap.young() >= YOUNG_BYTES) {
      isKept = true;
      heap.keepYoung();
    }
    if (heap.used() < alive * SHARE + SLACK_BYTES) return;
    heap.collect({ type: 'major' });
    alive = heap.used();
  };
}
