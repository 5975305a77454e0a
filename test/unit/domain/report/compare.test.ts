import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../../src/domain/report/compare.ts';
import type { Report } from '../../../../src/domain/report/report.ts';
import { chartRow, imageRow, sampleReport } from '../../docs/sample-report.ts';

const DONE = { ...sampleReport([], []), exitCode: 0, changes: null, ecr: null };
const NO_ARTIFACTS = { ...DONE.artifacts, rows: [], notLookedFor: [] };
const QUIET: Report = {
  ...DONE,
  artifacts: NO_ARTIFACTS,
  charts: [{ ...chartRow('present'), sourceDigest: 'sha256:a' }],
  images: [{ ...imageRow('present'), digest: 'sha256:1' }],
};
const [CHART] = QUIET.charts;
const [IMAGE] = QUIET.images;
if (CHART === undefined || IMAGE === undefined) throw new Error('the sample has rows');

describe('two reports', () => {
  it('that say the same are no change', () => {
    const changes = compareReports(QUIET, { ...QUIET, finishedAt: '2026-11-22T02:18:00.000Z' });
    expect(changes.nothing).toBe(true);
    expect(changes.previous.finishedAt).toBe(QUIET.finishedAt);
    expect([changes.charts, changes.images]).toEqual([
      { new: [], changed: [], gone: [] },
      { new: [], changed: [], gone: [] },
    ]);
  });

  it.each<[string, Partial<Report>]>([
    ['failed', { exitCode: 1 }],
    ['copied something', { images: [{ ...IMAGE, status: 'copied' }] }],
    ['pushed a chart', { charts: [{ ...CHART, status: 'pushed' }] }],
    ['went elsewhere', { target: 'other.example.com' }],
    ['was a scan', { scanOnly: true }],
    ['has a note that the other has not', { notes: ['an entry was left out'] }],
    [
      'cannot mirror an entry',
      { unmirrorable: [{ key: 'x', place: CHART.declared[0] ?? never(), reason: 'no chart' }] },
    ],
    ['has another hidden image', { charts: [{ ...CHART, hiddenImages: [] }] }],
    ['copied a signature', { artifacts: { ...NO_ARTIFACTS, rows: [{ ...artifact(), status: 'copied' }] } }],
  ])('are not "nothing" when the later one %s', (_, parts) => {
    expect(compareReports(QUIET, { ...QUIET, ...parts }).nothing).toBe(false);
  });

  it('are not "nothing" when the earlier one failed', () => {
    expect(compareReports({ ...QUIET, exitCode: 1 }, QUIET).nothing).toBe(false);
  });

  it('tell of charts by release: what is new, changed and gone', () => {
    const later = { ...CHART, version: '1.0.2', sourceDigest: 'sha256:b', images: ['quay.io/a/b:2'] };
    const changes = compareReports(
      { ...QUIET, charts: [CHART, { ...CHART, release: 'gone' }] },
      { ...QUIET, charts: [later, { ...CHART, release: 'new' }] },
    );
    expect(changes.charts.changed).toEqual([
      { chart: 'a', release: 'a', before: '1.0.1', after: '1.0.2', what: ['version', 'original archive', 'images'] },
    ]);
    expect(changes.charts.new.map(({ release, before, after }) => [release, before, after])).toEqual([
      ['new', null, '1.0.1'],
    ]);
    expect(changes.charts.gone.map(({ release, before, after }) => [release, before, after])).toEqual([
      ['gone', '1.0.1', null],
    ]);
  });

  it('do not take what a failed release cannot tell for a change', () => {
    const failed = chartRow('failed');
    const changes = compareReports(QUIET, { ...QUIET, charts: [{ ...failed, namespace: CHART.namespace }] });
    expect(changes.charts.changed).toEqual([]);
    expect(changes.newlyFailing).toEqual([
      { kind: 'chart', name: 'a', before: 'present', after: 'failed', code: 'CHART_TAG_TAKEN' },
    ]);
  });

  it('tell of images by source and destination, and of digests', () => {
    const moved = { ...IMAGE, digest: 'sha256:2' };
    const other = { ...IMAGE, source: 'quay.io/a/b:2', destination: 'registry.example.com/a/b:2' };
    const changes = compareReports({ ...QUIET, images: [IMAGE] }, { ...QUIET, images: [moved, other] });
    expect(changes.images.changed.map(({ before, after }) => [before, after])).toEqual([['sha256:1', 'sha256:2']]);
    expect(changes.images.new.map(({ source }) => source)).toEqual(['quay.io/a/b:2']);
    expect(compareReports({ ...QUIET, images: [moved, other] }, QUIET).images.gone.map(({ source }) => source)).toEqual(
      ['quay.io/a/b:2'],
    );
  });

  it('tell what fails newly, still, and no more; what is new and fails is new among failures', () => {
    const bad = { ...imageRow('failed'), source: 'quay.io/a/bad:1' };
    const good = { ...bad, status: 'present' as const, error: null };
    const names = (before: Report['images'], after: Report['images']) => {
      const { newlyFailing, stillFailing, recovered } = compareReports(
        { ...QUIET, images: before },
        { ...QUIET, images: after },
      );
      return [newlyFailing, stillFailing, recovered].map((rows) => rows.map(({ name }) => name));
    };
    expect(names([good], [bad])).toEqual([['quay.io/a/bad:1'], [], []]);
    expect(names([], [bad])).toEqual([['quay.io/a/bad:1'], [], []]);
    expect(names([bad], [bad])).toEqual([[], ['quay.io/a/bad:1'], []]);
    expect(names([bad], [good])).toEqual([[], [], ['quay.io/a/bad:1']]);
  });

  it('keep rows of one name apart by their order', () => {
    const changes = compareReports({ ...QUIET, charts: [CHART] }, { ...QUIET, charts: [CHART, CHART] });
    expect(changes.charts.new).toHaveLength(1);
    expect(changes.charts.changed).toEqual([]);
  });
});

function artifact(): Report['artifacts']['rows'][number] {
  const [row] = sampleReport([], []).artifacts.rows;
  if (row === undefined) throw new Error('the sample has an artifact');
  return row;
}

function never(): never {
  throw new Error('the sample has a place');
}
