import { describe, expect, it } from 'vitest';
import type { ImageStatus, Report, ReportedChart } from '../../../src/domain/report/report.ts';
import { formatSize } from '../../../src/domain/report/size.ts';
import { LOG } from '../../../src/report/screen.ts';
import { summaryText } from '../../../src/report/summary.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const PUSHED = chartRow('pushed');
const UNPROVEN = { ...PUSHED.consumer, state: 'not-proven' as const };

/** A report in which all is done, unless the parts say otherwise. */
function reportOf(charts: readonly ReportedChart[], parts: Partial<Report> = {}): Report {
  const base = sampleReport([], []);
  const addons = { declared: charts.length, done: charts.length, failed: 0, unmirrorable: 0 };
  const totals = { ...base.totals, addons };
  const artifacts = { ...base.artifacts, rows: [], notLookedFor: [] };
  return {
    ...base,
    totals,
    artifacts,
    exitCode: 0,
    ecr: null,
    unmirrorable: [],
    changes: null,
    notes: [],
    charts,
    ...parts,
  };
}

/** The lines of the summary of one chart: its own, without its notes and what other values bring. */
function linesOf(row: ReportedChart): readonly string[] {
  const bare = { ...row, notes: [], hiddenImages: [], refusedProfiles: [], notPinned: [], pullSecret: null };
  return summaryText(reportOf([bare]), false, LOG).split('\n');
}

describe('a scan', () => {
  it('tells what a run would copy and push, each once', () => {
    const rows = [chartRow('ready'), chartRow('ready'), chartRow('failed')];
    const report = reportOf(rows, {
      scanOnly: true,
      images: [imageRow('to-copy'), imageRow('unconfirmed'), imageRow('refused')],
    });
    const lines = summaryText(report, false, LOG).split('\n');
    expect(lines).toContain('not confirmed   quay.io/a/b:1 is not at its source');
    expect(lines.filter((line) => line.startsWith('to '))).toEqual([
      'to copy         quay.io/a/b:1 → registry.example.com/a/b:1',
      'to push         oci://registry.example.com/a:1.0.1',
    ]);
  });
});

describe('a run of many', () => {
  it('counts the charts that ended well, names the others, and cuts long lists', () => {
    const charts = [...Array.from({ length: 60 }, () => chartRow('pushed')), chartRow('failed')];
    const images = Array.from({ length: 500 }, () => imageRow('failed'));
    const lines = summaryText(reportOf(charts, { exitCode: 1, images }), false, LOG)
      .trimEnd()
      .split('\n');
    expect(lines[0]).toMatch(/^FAILED +a \^1\.0\.0/);
    expect(lines).toContain('pushed          60 releases, proven');
    expect(lines).toContainEqual(
      expect.stringMatching(/^FAILED +500 images: RATE_LIMITED: quay.io\S+, .* … 49[0-9] more$/),
    );
    // beside the chart that failed, its reason and what to do
    expect(lines.length).toBeLessThanOrEqual(63);
  });
});

describe('the line of an image that failed', () => {
  it('says what to do where no chart does', () => {
    const row = imageRow('failed');
    const listed = { ...row, usedBy: [], listed: [{ file: 'images.txt', line: 3 }] };
    const lines = (image: typeof row) =>
      summaryText(reportOf([], { mode: 'list', images: [image] }), false, LOG).split('\n');
    const head = 'FAILED          quay.io/a/b:1: RATE_LIMITED later';
    expect(lines(listed).slice(0, 2)).toEqual([head, '                  → wait']);
    expect(lines(row).slice(0, 2)).toEqual([head, expect.stringMatching(/^images: /)]);
    expect(lines(listed).join('\n')).not.toContain('addons');
  });
});

describe('the line of a chart', () => {
  it.each<[string, Partial<ReportedChart>, string]>([
    ['counts', {}, 'pushed          a 1.0.1, 1 image, 2 references proven'],
    [
      'counts one',
      { proof: { ...PUSHED.proof, references: 1 } },
      'pushed          a 1.0.1, 1 image, 1 reference proven',
    ],
    ['names the release', { release: 'b' }, 'pushed          a 1.0.1 (b), 1 image, 2 references proven'],
    [
      'names the published version with its suffix',
      { destination: 'oci://registry.example.com:5000/x/a:1.0.1_mirror.2' },
      'pushed          a 1.0.1+mirror.2, 1 image, 2 references proven',
    ],
    [
      'does not take a port for a version',
      { destination: null, status: 'failed', proof: { ...PUSHED.proof, state: 'not-run' } },
      'FAILED          a 1.0.1',
    ],
    [
      'names what was asked for where no version is known',
      { destination: null, version: null, status: 'failed', proof: { ...PUSHED.proof, state: 'not-run' } },
      'FAILED          a ^1.0.0',
    ],
    [
      'does not call no image a success',
      { images: [], proof: { ...PUSHED.proof, references: 0 } },
      'pushed          a 1.0.1, NO IMAGES with these values',
    ],
    [
      'says that the schema was not checked',
      { proof: { ...PUSHED.proof, schemaChecked: false } },
      'pushed          a 1.0.1, 1 image, 2 references proven, schema not checked',
    ],
    [
      'says that the consumer values are not proven',
      { consumer: UNPROVEN },
      'pushed          a 1.0.1, 1 image, 2 references proven, values for the original chart NOT PROVEN',
    ],
    [
      'says what is not proven',
      { status: 'pushed-unproven', proof: { ...PUSHED.proof, state: 'not-proven' }, images: ['x', 'y'] },
      'PUSHED-UNPROVEN a 1.0.1, 2 images, NOT PROVEN',
    ],
    [
      'sets a status off that is longer than others',
      { status: 'present-unproven', proof: { ...PUSHED.proof, state: 'not-proven' } },
      'PRESENT-UNPROVEN a 1.0.1, 1 image, NOT PROVEN',
    ],
  ])('%s', (_, parts, line) => {
    expect(linesOf({ ...PUSHED, ...parts })[0]).toBe(line);
  });

  it('is followed by the error and what to do, and is no success then', () => {
    const error = { code: 'WORKSPACE_FAILED', origin: 'local', message: 'no room', hint: 'make some' };
    expect(linesOf({ ...PUSHED, error }).slice(0, 3)).toEqual([
      'PUSHED          a 1.0.1, 1 image, 2 references proven',
      '                  WORKSPACE_FAILED: no room',
      '                  → make some',
    ]);
    expect(linesOf({ ...PUSHED, error: { ...error, hint: null } })[2]).not.toContain('→');
  });

  it('has colour on a terminal only', () => {
    expect(summaryText(reportOf([PUSHED]), false, LOG)).not.toContain('\u001b');
    expect(summaryText(reportOf([PUSHED]), true, LOG)).toContain('\u001b[32mpushed');
    expect(summaryText(reportOf([chartRow('failed')]), true, LOG)).toContain('\u001b[31mFAILED');
  });
});

describe('the end', () => {
  const closing = (
    parts: Partial<Report>,
    images: readonly ImageStatus[] = [],
    chart: ReportedChart = PUSHED,
  ): readonly string[] => {
    const base = reportOf([chart], parts);
    const counts = sampleReport([], images).totals.images;
    const totals = { ...base.totals, images: parts.totals?.images ?? counts };
    return summaryText({ ...base, totals }, false, LOG)
      .trimEnd()
      .split('\n');
  };

  it('says that all is done when it is', () => {
    const artifacts = { ...sampleReport([], []).artifacts, rows: [], notLookedFor: [] };
    const counts = 'addons: 1 declared, 1 done, 0 not done';
    const sure = { ...PUSHED, pullSecret: null, hiddenImages: [] };
    expect(closing({ artifacts, plan: null }, [], sure).slice(-2)).toEqual([counts, 'all done']);
    expect(closing({ artifacts, plan: null }).slice(-2)).toEqual([counts, 'all done, with 2 things to look at']);
  });

  it('says that images of a scan are not confirmed', () => {
    const totals = { ...reportOf([PUSHED]).totals, images: { 'to-copy': 2, unconfirmed: 3 } };
    expect(closing({ scanOnly: true, totals }).slice(-3)).toEqual([
      'scan only: nothing was pushed, and the target was not asked',
      'addons: 1 declared, 1 done, 0 not done',
      'all done, but 3 images are NOT confirmed',
    ]);
  });

  it('says that images were not copied, which ones and why', () => {
    const images = [imageRow('copied'), imageRow('unconfirmed')];
    const lines = closing({ images }, ['copied', 'unconfirmed']);
    expect(lines).toContain('NOT COPIED      quay.io/a/b:1 is not at its source');
    expect(lines.slice(-2)).toEqual(['addons: 1 declared, 1 done, 0 not done', 'all done, but 1 image is NOT copied']);
  });

  it('says what is not done', () => {
    expect(closing({ exitCode: 1 }).at(-1)).toBe('NOT ALL DONE (exit code 1)');
    expect(closing({ exitCode: 130, interrupted: true }).at(-1)).toMatch(/^INTERRUPTED: .*run again/);
  });

  it('counts and lists what cannot be mirrored', () => {
    const { unmirrorable, totals } = sampleReport([], []);
    const lines = closing({ unmirrorable, totals });
    expect(lines).toContain('not mirrored    b (catalog.yaml:2): no chart');
    expect(lines.at(-2)).toBe('addons: 9 declared, 3 done, 6 not done, 1 cannot be mirrored');
  });

  it('lists the images that are not there, and counts all', () => {
    const report = sampleReport([], ['copied', 'failed', 'refused', 'unfinished', 'kept']);
    const lines = summaryText(report, false, LOG).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'FAILED          quay.io/a/b:1: RATE_LIMITED later',
      'REFUSED         quay.io/a/b:1',
      'UNFINISHED      quay.io/a/b:1',
    ]);
    expect(lines).toContain('images: 1 copied, 1 failed, 1 refused, 1 unfinished, 1 kept; 0.0 kB copied');
  });

  it('tells once what a plan has stopped, and what it was', () => {
    const report = sampleReport([], ['unfinished', 'refused']);
    const plan = { digest: 'sha256:0', shard: null, moved: ['a:1 is another'], missing: [] };
    const lines = summaryText({ ...report, plan }, false, LOG).split('\n');
    expect(lines.filter((line) => line.startsWith('UNFINISHED'))).toEqual([]);
    expect(lines).toContain('MOVED           a:1 is another');
    expect(lines).toContain('plan sha256:0: 1 thing not as planned, so nothing was written: plan again');
    const shard = { index: 2, of: 4 };
    const finishing = summaryText(
      { ...report, plan: { ...plan, shard, moved: [], missing: ['b:1 of shard 2'] } },
      false,
      LOG,
    );
    expect(finishing).toContain('NOT THERE       b:1 of shard 2\n');
    expect(finishing).toContain('shard 2 of 4 of the plan sha256:0: run what is missing, then --finish again\n');
    expect(summaryText({ ...report, plan: { ...plan, moved: [] } }, false, LOG)).toContain(
      'plan sha256:0: all as planned\n',
    );
    expect(summaryText({ ...report, plan: null }, false, LOG)).not.toContain('plan');
  });

  it('gives the notes of the inputs, and those of charts with their names', () => {
    const lines = summaryText(reportOf([PUSHED], { notes: ['merged'] }), false, LOG).split('\n');
    expect(lines).toContain('note: merged');
    expect(lines).toContain('note: a (a): a note');
    expect(lines).toContain('images: none');
  });
});

describe('a size', () => {
  it.each([
    [0, '0.0 kB'],
    [36_716, '36.7 kB'],
    [999_000, '999.0 kB'],
    [1_000_000, '1.0 MB'],
    [12_345_678_901, '12.35 GB'],
  ])('of %d bytes is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
