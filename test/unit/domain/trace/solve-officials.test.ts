import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import type { Attribution } from '../../../../src/domain/trace/attribution.ts';
import { fillSlots, type Slot } from '../../../../src/domain/trace/slot.ts';
import { officialBehind, solveCompleting } from '../../../../src/domain/trace/solve-officials.ts';
import { use } from './uses.ts';

function registry(key: string, value = 'docker.io'): Slot {
  return { id: 0, kind: 'host', path: [key], value, offset: 0, length: value.length };
}

function behind(slot: Slot, tail: string, official?: string): Attribution {
  const one: Attribution = { use: use(`${slot.value ?? ''}${tail}`.replace(/^\//, '')), links: [{ slot, tail }] };
  return official === undefined ? one : { ...one, official };
}

const wanted = ({ reference: { repository, tag } }: ImageUse): string => `r.test/x/${repository}:${tag ?? ''}`;

/** What is filled, what is completed, and what is left. */
function solved(asked: readonly Attribution[], later: readonly Attribution[] = []) {
  const { fills, completed, unsolved } = solveCompleting(asked, wanted, later);
  return {
    fills: Object.fromEntries(fills.map((one) => [one.slot.path.join('.'), fillSlots(one.slot.value ?? '', [one])])),
    completed: completed.map(({ text }) => text),
    unsolved: unsolved.map(({ text }) => text),
  };
}

const SHARED = registry('shared');
const BUSYBOX = behind(SHARED, '/busybox:1', 'busybox:1');
const APP = behind(SHARED, '/org/app:1');

describe('an official name that a template spells out', () => {
  it('is moved by its registry alone where nothing else stands behind it', () => {
    expect(solved([BUSYBOX])).toEqual({ fills: { shared: 'r.test/x/library' }, completed: [], unsolved: [] });
  });

  it('is completed where others stand behind the same registry', () => {
    const all = { fills: { shared: 'r.test/x' }, completed: ['docker.io/busybox:1'], unsolved: [] };
    expect(solved([BUSYBOX, APP])).toEqual(all);
    expect(solved([BUSYBOX], [APP])).toEqual(all);
    expect(solved([APP], [BUSYBOX])).toEqual(all);
    expect(solved([BUSYBOX, behind(SHARED, '/nginx:2', 'nginx:2'), APP]).fills).toEqual({ shared: 'r.test/x' });
  });

  it('is completed behind every registry, since one patch completes all of them', () => {
    const alone = behind(registry('alone'), '/busybox:1', 'busybox:1');
    expect(solved([BUSYBOX, APP, alone])).toEqual({
      fills: { shared: 'r.test/x', alone: 'r.test/x' },
      completed: ['docker.io/busybox:1', 'docker.io/busybox:1'],
      unsolved: [],
    });
    const other = behind(registry('other'), '/nginx:2', 'nginx:2');
    expect(solved([BUSYBOX, APP, other]).fills).toEqual({ shared: 'r.test/x', other: 'r.test/x/library' });
  });

  it('is completed where what it shares with others is a registry that was empty', () => {
    const empty = registry('empty', '');
    const own = behind(registry('own'), '/busybox:1', 'busybox:1');
    const other = { ...own, behind: [{ ...behind(empty, '/busybox:1'), use: own.use }] };
    expect(solved([other, behind(empty, '/org/b:1'), behind(empty, '/org/c:1')])).toEqual({
      fills: { own: 'r.test/x', empty: 'r.test/x' },
      completed: ['docker.io/busybox:1'],
      unsolved: [],
    });
  });

  it('is left where no template spells it', () => {
    const unspelled = behind(SHARED, '/busybox:1');
    const { completed, unsolved } = solved([unspelled, APP]);
    expect([completed, unsolved.length]).toEqual([[], 1]);
  });

  it('stands behind all values, and is one of Docker Hub', () => {
    expect(officialBehind(BUSYBOX)).toBe('busybox:1');
    expect(officialBehind(APP)).toBeUndefined();
    expect(officialBehind(behind(registry('q', 'quay.io'), '/busybox:1'))).toBeUndefined();
  });
});
