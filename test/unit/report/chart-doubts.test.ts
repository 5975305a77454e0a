import { describe, expect, it } from 'vitest';
import type { Report, ReportedChart } from '../../../src/domain/report/report.ts';
import { needsAttention } from '../../../src/report/attention.ts';
import { nothingChanged } from '../../../src/report/changes-lines.ts';
import { chartDoubts } from '../../../src/report/chart-doubts.ts';
import { reportPage } from '../../../src/report/html/page.ts';
import { junitText } from '../../../src/report/junit.ts';
import { markdownText } from '../../../src/report/markdown.ts';
import { LOG } from '../../../src/report/screen.ts';
import { summaryText } from '../../../src/report/summary.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const ROW = chartRow('present');
const SURE: ReportedChart = { ...ROW, hiddenImages: [], profiles: [], pullSecret: null };
const EMPTY: ReportedChart = { ...SURE, proof: { ...SURE.proof, references: 0 } };
const [HIDDEN] = ROW.hiddenImages;
const SAMPLE = sampleReport(['present'], ['present']);

function reportOf(...charts: readonly ReportedChart[]): Report {
  const artifacts = { ...SAMPLE.artifacts, rows: [], notLookedFor: [] };
  return { ...SAMPLE, charts, exitCode: 0, plan: null, ecr: null, unmirrorable: [], changes: null, artifacts };
}

function statuses(row: Partial<ReportedChart>): readonly string[] {
  return chartDoubts({ ...SURE, ...row }).map(({ status }) => status);
}

describe('a release that ended well', () => {
  it('has no doubt where all of it is proven', () => {
    expect(chartDoubts(SURE)).toEqual([]);
    expect(verdictOf(reportOf(SURE))).toMatch(/^all done(: nothing was new)?$/);
  });

  it.each<[string, Partial<ReportedChart>]>([
    ['no images', { proof: EMPTY.proof }],
    ['values not proven', { consumer: { ...SURE.consumer, state: 'not-proven' } }],
    ['schema not checked', { proof: { ...SURE.proof, schemaChecked: false } }],
    ['not moved', { hiddenImages: HIDDEN === undefined ? [] : [{ ...HIDDEN, moved: 'no' }] }],
    ['not confirmed', { hiddenImages: HIDDEN === undefined ? [] : [{ ...HIDDEN, confirmation: 'unconfirmed' }] }],
    [
      'not covered',
      {
        profiles: ROW.profiles
          .slice(0, 1)
          .map((profile) => ({ ...profile, proof: { ...profile.proof, state: 'not-proven' } })),
      },
    ],
    ['no pull secret', { pullSecret: ROW.pullSecret }],
  ])('is doubtful: %s', (status, row) => {
    expect(statuses(row)).toEqual([status]);
    const report = reportOf({ ...SURE, ...row });
    expect(needsAttention(report).map((one) => [one.status, one.isDoubt])).toEqual([[status, true]]);
    expect(verdictOf(report)).toBe('all done, with 1 thing to look at');
    expect(reportPage(report)).toContain('class="verdict doubt"');
    expect(markdownText(report)).toContain('### To look at');
  });

  it('leaves what the run itself wants to the row of that image', () => {
    const hiddenImages = HIDDEN === undefined ? [] : [{ ...HIDDEN, confirmation: 'unconfirmed' as const }];
    expect(statuses({ hiddenImages, images: hiddenImages.map(({ image }) => image) })).toEqual([]);
  });

  it('that failed has its error, and no doubts beside it', () => {
    expect(chartDoubts({ ...EMPTY, status: 'failed' })).toEqual([]);
  });
});

describe('a chart that renders no image', () => {
  it('is never counted among what is proven', () => {
    const charts = [EMPTY, ...Array.from({ length: 30 }, () => SURE)];
    const report = reportOf(...charts);
    const summary = summaryText(report, false, LOG);
    expect(summary).toContain('present         30 releases, proven');
    expect(summary).toContain('NO IMAGES with these values (1 image known otherwise)');
    expect(summary).not.toContain('0 references proven');
    expect(markdownText(report)).toContain('**no images**');
    expect(reportPage(report)).toContain('30 proven');
    expect(junitText(report)).toContain('<skipped message="no images: it renders no image');
  });
});

describe('a run in which nothing has changed', () => {
  const { changes } = SAMPLE;

  it('counts what is at the target, and what is not beside it', () => {
    if (changes === null) throw new Error('the sample has changes');
    const images = [imageRow('present'), imageRow('kept'), imageRow('unconfirmed'), imageRow('not-needed')];
    const report = { ...reportOf(SURE), images };
    expect(nothingChanged(changes, report)).toMatch(
      /: 1 chart and 2 images \(2 NOT\) are at \S+; 1 thing to look at in report\.html$/,
    );
    expect(nothingChanged(changes, { ...report, images: images.slice(0, 2) })).toMatch(
      /1 chart and 2 images are at \S+$/,
    );
  });
});
