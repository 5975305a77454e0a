import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../../src/domain/reference.ts';
import { fillSlots, markerOf, markersIn, type Slot } from '../../../../src/domain/trace/slot.ts';

function slot(id: number, kind: Slot['kind'], offset: number, length: number): Slot {
  return { id, kind, path: ['a'], value: 'x', offset, length };
}

describe('markers', () => {
  it('are found with the place at which they stand, whatever is around them', () => {
    const text = `${markerOf(slot(7, 'host', 0, 0))}/x:${markerOf(slot(12, 'path', 0, 0))}y`;
    expect(text).toBe('zq7z.probe.example/x:zq12z-y');
    expect(markersIn(text)).toEqual([
      { id: 7, index: 0, length: 18 },
      { id: 12, index: 21, length: 6 },
    ]);
  });

  it('are no part of other words that look like them', () => {
    expect(markersIn('zq7z zqz- zq7z.probe xzq-1z-')).toEqual([]);
  });

  it('make references that are readable: a host is a host, a path keeps its slashes', () => {
    expect(parseReference(`${markerOf(slot(1, 'host', 0, 0))}/org/app:1`)?.registry).toBe('zq1z.probe.example');
    expect(parseReference(`${markerOf(slot(1, 'path', 0, 0))}org/app:1`)?.repository).toBe('zq1z-org/app');
  });
});

describe('filling slots', () => {
  it('puts every text in its place, in whatever order they are given', () => {
    const value = 'quay.io/a:1 ghcr.io/b:2';
    const fills = [
      { slot: slot(1, 'host', 0, 7), text: 'r.test' },
      { slot: slot(2, 'host', 12, 7), text: 'longer.r.test/x' },
    ];
    expect(fillSlots(value, fills)).toBe('r.test/a:1 longer.r.test/x/b:2');
    expect(fillSlots(value, [...fills].reverse())).toBe('r.test/a:1 longer.r.test/x/b:2');
  });

  it('counts in characters of the text, not in bytes', () => {
    expect(fillSlots('😀 quay.io/a', [{ slot: slot(1, 'host', 3, 7), text: 'r' }])).toBe('😀 r/a');
  });

  it('inserts where a slot covers nothing', () => {
    expect(fillSlots('nginx', [{ slot: slot(1, 'path', 0, 0), text: 'r.test/library/' }])).toBe('r.test/library/nginx');
  });
});
