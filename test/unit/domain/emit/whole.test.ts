import { describe, expect, it } from 'vitest';
import { gapsOf } from '../../../../src/domain/emit/whole.ts';
import type { ChartStatus, ImageStatus, Report } from '../../../../src/domain/report/report.ts';
import { chart, doneReport, image, specialReport } from '../../../support/emit-reports.ts';
import { sampleReport } from '../../docs/sample-report.ts';

const DESTINATION = 'registry.example.com/platform/a:1';

function ofImage(status: ImageStatus): readonly string[] {
  return gapsOf(doneReport({ images: [image('quay.io/a:1', DESTINATION, { status })] }));
}

function ofChart(status: ChartStatus): readonly string[] {
  return gapsOf(doneReport({ charts: [chart('shop', `oci://${DESTINATION}`, { status })] }));
}

function of(more: Partial<Report>): readonly string[] {
  return gapsOf(doneReport({}, more));
}

const SHARD = { digest: 'sha256:0', shard: { index: 2, of: 4 }, moved: [], missing: [] };

describe('what a run has not brought', () => {
  it('is nothing for a run that is all done', () => {
    expect(gapsOf(specialReport())).toEqual([]);
  });

  it.each(['copied', 'present', 'present-unverified', 'kept'] as const)('is no image that is %s', (status) => {
    expect(ofImage(status)).toEqual([]);
  });

  it.each(['to-copy', 'unconfirmed', 'refused', 'failed', 'not-needed', 'unfinished'] as const)(
    'is an image that is %s',
    (status) => {
      expect(ofImage(status)).toEqual([`image quay.io/a:1: ${status}`]);
    },
  );

  it.each(['pushed', 'present'] as const)('is no chart that is %s', (status) => {
    expect(ofChart(status)).toEqual([]);
  });

  it.each([
    ...(['pushed-unproven', 'present-unproven', 'ready', 'ready-unproven'] as const),
    ...(['failed', 'refused', 'not-proven', 'unfinished'] as const),
  ])('is a chart that is %s', (status) => {
    expect(ofChart(status)).toEqual([`chart shop (shop): ${status}`]);
  });

  it('is a chart that is there and could not be finished', () => {
    const error = { code: 'WORKSPACE_FAILED', origin: 'local', message: 'full', hint: null };
    const report = doneReport({ charts: [chart('shop', `oci://${DESTINATION}`, { error })] });
    expect(gapsOf(report)).toEqual(['chart shop (shop): pushed: full']);
  });

  it('is what an interrupt, a shard, and a plan that does not hold leave open', () => {
    expect(of({ interrupted: true, exitCode: 130 })).toEqual(['the run was interrupted']);
    expect(of({ plan: SHARD })).toEqual(['this is shard 2 of 4 of a plan, without its charts']);
    expect(of({ plan: { ...SHARD, shard: null, moved: ['x moved'], missing: ['y'] } })).toEqual([
      'not as planned: x moved',
      'no shard has brought it: y',
    ]);
  });

  it('is what belongs to images and failed, and repositories that failed', () => {
    const { artifacts, ecr } = sampleReport([], []);
    const [row] = artifacts.rows;
    if (row === undefined) throw new Error('there is a row');
    expect(of({ artifacts: { ...artifacts, rows: [{ ...row, status: 'failed' }], notLookedFor: [] } })).toEqual([
      'quay.io/a/a:sha256-00.sig, which belongs to quay.io/a/a:1: failed: later',
    ]);
    expect(of({ ecr })).toEqual(['repository platform/a: failed: later']);
  });

  it('is never nothing where the run says that it is not all done', () => {
    expect(of({ exitCode: 1 })).toEqual(['the run ended with exit code 1']);
    expect(of({ exitCode: 1, unmirrorable: sampleReport([], []).unmirrorable })).toEqual([
      'b: cannot be mirrored: no chart',
    ]);
    expect(of({ exitCode: 0, unmirrorable: sampleReport([], []).unmirrorable })).toEqual([]);
  });
});
