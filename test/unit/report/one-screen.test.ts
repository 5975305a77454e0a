import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../src/domain/report/compare.ts';
import type { Report, ReportedChart, ReportedImage } from '../../../src/domain/report/report.ts';
import { LOG, type Screen, screenOf } from '../../../src/report/screen.ts';
import { summaryText } from '../../../src/report/summary.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const NAMES = Array.from({ length: 64 }, (_, index) => `app${index}`);
const HINT = 'look whether the tag exists, and name another one in values or with images of the catalog entry';

function imageOf(name: string): string {
  return `quay.io/a-team-with-a-long-name/${name}-with-a-long-name/and-a-part:v1.27.4-alpine-3.20`;
}

function row(name: string, fails: boolean): ReportedChart {
  const own = { chart: name, release: name, images: [imageOf(name)], pullSecret: null, notPinned: [], pinned: [] };
  const bare = { ...own, hiddenImages: [], profiles: [], refusedProfiles: [], notes: [], switches: 1 };
  if (!fails)
    return { ...chartRow('pushed'), ...bare, destination: `oci://registry.example.com/platform/${name}:1.0.1` };
  const message = `${imageOf(name)} is not at its source`;
  const error = { code: 'IMAGE_SOURCE_ABSENT', origin: 'source', message, hint: HINT };
  return { ...chartRow('refused'), ...bare, error };
}

function image(name: string, fails: boolean): ReportedImage {
  const usedBy = [{ chart: name, version: '1.0.1', release: name, places: [] }];
  const own = { source: imageOf(name), destination: `registry.example.com/${name}:1`, usedBy };
  if (!fails) return { ...imageRow('copied'), ...own };
  const error = {
    code: 'IMAGE_SOURCE_ABSENT',
    origin: 'source',
    message: `${imageOf(name)} is not at its source`,
    hint: HINT,
  };
  return { ...imageRow('refused'), ...own, error };
}

/** 64 charts with an image each; of the first ones the image is not there. */
function reportOf(failing: number, parts: Partial<Report> = {}): Report {
  const base = sampleReport([], []);
  const fails = (index: number): boolean => index < failing;
  return {
    ...base,
    ...{
      exitCode: failing > 0 ? 1 : 0,
      plan: null,
      ecr: null,
      changes: null,
      signatures: null,
      unmirrorable: [],
      notes: [],
    },
    artifacts: { ...base.artifacts, choice: 'none', rows: [], notLookedFor: [] },
    totals: {
      ...base.totals,
      addons: { declared: 64, done: 64 - failing, failed: failing, unmirrorable: 0 },
      images: { copied: 64 - failing, refused: failing },
    },
    charts: NAMES.map((name, index) => row(name, fails(index))),
    images: NAMES.map((name, index) => image(name, fails(index))),
    ...parts,
  };
}

/** With all that there may be: doubts, notes, other failures, artifacts, repositories, changes. */
function crowded(): Report {
  const sample = sampleReport([], []);
  const report = reportOf(20);
  const odd = { ...chartRow('failed'), chart: 'odd', release: 'odd' };
  const doubtful = NAMES.map((name) => ({ ...chartRow('pushed'), chart: name, release: `${name}-two` }));
  const images = NAMES.map((name) => ({ ...imageRow('unconfirmed'), source: imageOf(`${name}-gone`) }));
  const late = NAMES.map((name) => ({ ...imageRow('unfinished'), source: imageOf(`${name}-late`) }));
  const { ecr, artifacts, signatures, changes, unmirrorable } = sample;
  return {
    ...report,
    ...{ ecr, artifacts, signatures, changes },
    unmirrorable: NAMES.flatMap(() => unmirrorable),
    notes: NAMES,
    charts: [...report.charts, odd, ...doubtful],
    images: [...report.images, ...images, ...late],
  };
}

const TERMINAL = screenOf(true, 24, 80);

function linesOf(report: Report, screen: Screen, color = false): readonly string[] {
  return summaryText(report, color, screen).trimEnd().split('\n');
}

describe('a summary of 64 charts', () => {
  it.each<[string, Report]>([
    ['all good', reportOf(0)],
    ['20 failing', reportOf(20)],
    ['all failing', reportOf(64)],
    ['crowded', crowded()],
    ['a crowded scan', { ...crowded(), scanOnly: true }],
  ])('fits 24 rows: %s', (_, report) => {
    expect(linesOf(report, TERMINAL).length).toBeLessThanOrEqual(24);
    // in a log, what failed comes on top, one by one
    const failing = linesOf(report, LOG).filter((line) => /^(?:REFUSED|FAILED|UNFINISHED) /.test(line)).length;
    expect(linesOf(report, LOG).length).toBeLessThanOrEqual((report.scanOnly ? 90 : 60) + 3 * failing);
  });

  it('tells failures first, once for a code and what to do, with a count of those that are not named', () => {
    const lines = linesOf(reportOf(20), TERMINAL);
    expect(lines[0]).toMatch(/^REFUSED {9}20 charts: IMAGE_SOURCE_ABSENT: app0, app1, .*… [0-9]+ more$/);
    const text = lines.map((line) => line.trim()).join(' ');
    expect(text.split('look whether the tag exists')).toHaveLength(2);
    expect(lines).toContain('pushed          44 releases, proven');
    expect(lines).toContain('images: 44 copied, 20 refused; 0.0 kB copied');
    expect(lines.slice(-2)).toEqual(['addons: 64 declared, 44 done, 20 not done', 'NOT ALL DONE (exit code 1)']);
  });

  it('counts what is done rather than to leave out what to do about failures', () => {
    const report = reportOf(20);
    const few = { ...report, charts: report.charts.slice(0, 32), images: report.images.slice(0, 32) };
    for (const screen of [
      { rows: 18, columns: 80 },
      { rows: 18, columns: 40 },
    ]) {
      const lines = linesOf(few, screen);
      expect(lines.length).toBeLessThanOrEqual(18);
      expect(lines).toContain('pushed          12 releases, proven');
      expect(lines.map((line) => line.trim()).join(' ')).toContain(HINT);
    }
  });

  it('names each that fails where there is room, and what to do once', () => {
    const lines = linesOf(reportOf(3), TERMINAL);
    expect(lines.filter((line) => line.startsWith('REFUSED'))).toHaveLength(3);
    expect(lines.filter((line) => line.includes('→ look'))).toHaveLength(1);
  });

  it('never hides that something failed, however little room there is', () => {
    for (const rows of [1, 5, 8, 10, 12, 24]) {
      const text = linesOf(crowded(), { rows, columns: 80 }).join('\n');
      expect(text).toMatch(/REFUSED +20 charts: IMAGE_SOURCE_ABSENT: app0|and 21 more charts NOT done/);
      expect(text).toMatch(/UNFINISHED +64 images|64 more images NOT done/);
      expect(text).toContain('NOT ALL DONE (exit code 1)');
    }
    // and says of the others that they are there
    expect(linesOf(crowded(), { rows: 20, columns: 80 }).join(' ')).toMatch(/not shown: .*notes \([0-9]+\)/);
  });
});

describe('narrow terminals', () => {
  it.each([40, 80])('of %d columns get no longer line, and no reference that is cut without a mark', (columns) => {
    for (const report of [reportOf(0), reportOf(2), reportOf(20), crowded(), { ...reportOf(0), scanOnly: true }]) {
      const lines = linesOf(report, { rows: 200, columns });
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      const words = lines.flatMap((line) => line.split(/[ ,:]+/)).filter((word) => /^quay\.io\/a-team/.test(word));
      for (const word of words) expect(word.includes('…') || /-part$/.test(word), word).toBe(true);
    }
  });

  it('get no longer line with colours either', () => {
    const plain = linesOf(crowded(), { rows: 24, columns: 40 });
    const painted = summaryText(crowded(), true, { rows: 24, columns: 40 });
    expect(stripVTControlCharacters(painted).trimEnd().split('\n')).toEqual(plain);
  });

  it('keep the names of Windows files, whole or with a mark', () => {
    const place = { file: 'C:\\charts\\values.yaml', line: 2, column: 5, key: 'addons[0]' };
    const report = reportOf(0, { unmirrorable: [{ key: 'b', place, reason: 'no chart' }] });
    expect(linesOf(report, TERMINAL)).toContain('not mirrored    b (C:\\charts\\values.yaml:2): no chart');
    expect(linesOf(report, { rows: 24, columns: 20 }).join('\n')).toMatch(/\(C:\\c…[\\a-z]*\.yaml:2\):/);
  });
});

describe('a screen', () => {
  it('has the usual size where a terminal does not say it, and a log has room', () => {
    expect(screenOf(true, undefined, undefined)).toEqual({ rows: 24, columns: 80 });
    expect(screenOf(true, 0, 0)).toEqual({ rows: 24, columns: 80 });
    expect(screenOf(true, 50, 132)).toEqual({ rows: 50, columns: 132 });
    expect(screenOf(false, 24, 80)).toEqual({ rows: 60, columns: undefined });
  });
});

describe('a run like the one before', () => {
  const failing = reportOf(20, {
    charts: reportOf(20).charts.map((one) => (one.error === null ? { ...one, status: 'present' } : one)),
  });
  const same = {
    ...failing,
    images: failing.images.map((one) => (one.error === null ? { ...one, status: 'present' as const } : one)),
  };

  it('says in one line that the same fails, with its code, and that it is not all done', () => {
    const changes = compareReports(same, same);
    expect([changes.nothing, changes.sameFailures]).toEqual([false, true]);
    expect(linesOf({ ...same, changes }, { rows: 24, columns: 120 }).join(' ')).toBe(
      'nothing has changed since 2026-11-21 02:18 UTC: the same 20 charts fail (IMAGE_SOURCE_ABSENT) NOT ALL DONE (exit code 1)',
    );
  });

  it('is none where another fails, or in another way', () => {
    const other = {
      ...same,
      charts: same.charts.map((one, index) =>
        index === 0 && one.error !== null ? { ...one, error: { ...one.error, code: 'RATE_LIMITED' } } : one,
      ),
    };
    expect(compareReports(other, same).sameFailures).toBe(false);
    expect(compareReports({ ...same, interrupted: true }, same).sameFailures).toBe(false);
    expect(compareReports(reportOf(19), same).sameFailures).toBe(false);
  });

  it('counts what has changed, and not its lines', () => {
    const before = {
      ...reportOf(20),
      charts: reportOf(20).charts.slice(0, 40),
      images: reportOf(20).images.slice(0, 40),
    };
    const changes = compareReports(before, reportOf(20));
    expect(linesOf({ ...reportOf(20), changes }, { rows: 60, columns: undefined }).join('\n')).toContain(
      'since 2026-11-21 02:18 UTC (it ended with exit code 1): 48 changes; 40 still fail',
    );
  });
});
