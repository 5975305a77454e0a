import { describe, expect, it } from 'vitest';
import type { ReportedChart } from '../../../src/domain/report/report.ts';
import { pinsTold } from '../../../src/report/pins-summary.ts';
import { chartRow, sampleReport } from '../docs/sample-report.ts';
import { toldLines } from './told-lines.ts';

function lines(...rows: readonly Pick<ReportedChart, 'pinned' | 'notPinned'>[]): readonly string[] {
  const charts = rows.map((row) => ({ ...chartRow('pushed'), chart: 'web', ...row }));
  return toldLines(pinsTold({ ...sampleReport([], []), charts }, (_, text) => text));
}

const pin = (image: string) => ({ image, digest: 'sha256:a', by: ['tag'] });

describe('what is told of pins', () => {
  it('is nothing where there are none', () => {
    expect(lines({ pinned: [], notPinned: [] })).toEqual([]);
  });

  it('counts the images, and names those that keep their tags', () => {
    expect(lines({ pinned: [pin('a:1'), pin('b:1')], notPinned: [{ image: 'c:1', reason: 'why' }] })).toEqual([
      'not pinned      web: c:1: why',
      'pinned: 2 of 3 images',
    ]);
    expect(lines({ pinned: [pin('a:1')], notPinned: [] })).toEqual(['pinned: 1 of 1 image']);
  });

  it('counts an image once that two releases of a chart have, and as not pinned where one leaves it', () => {
    const open = { pinned: [], notPinned: [{ image: 'a:1', reason: 'why' }] };
    expect(lines({ pinned: [pin('a:1')], notPinned: [] }, { pinned: [pin('a:1')], notPinned: [] })).toEqual([
      'pinned: 1 of 1 image',
    ]);
    expect(lines({ pinned: [pin('a:1')], notPinned: [] }, open).at(-1)).toBe('pinned: 0 of 1 image');
  });
});
