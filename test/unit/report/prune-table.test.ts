import { describe, expect, it } from 'vitest';
import type { PruneReport, ReportedRemoval, ReportedRepository } from '../../../src/domain/prune/report.ts';
import { pruneText } from '../../../src/report/prune-table.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function removal(tags: readonly string[], parts: Partial<ReportedRemoval> = {}): ReportedRemoval {
  return { digest: DIGEST, tags, role: 'image', state: 'planned', reason: null, ...parts };
}

function repository(name: string, ...removals: readonly ReportedRemoval[]): ReportedRepository {
  return { repository: name, bytes: 12_300, bytesAreBound: false, removals, kept: { needed: 2 } };
}

function reportOf(parts: Partial<PruneReport> = {}, totals: Partial<PruneReport['totals']> = {}): PruneReport {
  return {
    version: 1,
    target: 'registry.example/m',
    startedAt: '2026-11-21T12:00:00.000Z',
    finishedAt: '2026-11-21T12:00:01.000Z',
    exitCode: 0,
    rules: { keepCatalogs: [], keepCharts: 1, minimumAgeHours: 24, all: false },
    end: 'shown',
    error: null,
    totals: {
      repositories: { total: 5, withinReach: 2 },
      charts: { kept: 3, removals: 1 },
      manifests: { planned: 2 },
      bytes: 24_600,
      bytesAreBound: false,
      ...totals,
    },
    repositories: [],
    keptCharts: [],
    withoutChart: [],
    missingImages: [],
    ...parts,
  };
}

function linesOf(report: PruneReport): readonly string[] {
  return pruneText(report, false).trimEnd().split('\n');
}

describe('the table', () => {
  it('has a row for every repository of which something goes', () => {
    const repositories = [
      repository('m/charts/web', removal(['1.0.0'], { role: 'chart' }), removal([], { role: 'referrer' })),
      repository('m/quiet'),
      { ...repository('m/a', removal(['1']), removal([]), removal([])), bytesAreBound: true },
      repository('m/sig', removal([`sha256-${'b'.repeat(64)}.sig`], { role: 'referrer' })),
    ];
    expect(linesOf(reportOf({ repositories })).slice(0, 5)).toEqual([
      'REPOSITORY    MANIFESTS  TO BE FREED  GOES',
      'm/charts/web  2          12.3 kB      1.0.0, 1 about these',
      'm/a           3          ≤ 12.3 kB    1, 2 without a tag',
      'm/sig         1          12.3 kB      1 about what is gone',
      '',
    ]);
  });

  it('cuts long lists of tags', () => {
    const removals = Array.from({ length: 9 }, (_, index) => removal([`1.${index}.0`]));
    const [, row = ''] = linesOf(reportOf({ repositories: [repository('m/a', ...removals)] }));
    expect(row).toMatch(/1\.0\.0, 1\.1\.0, 1\.2\.0, 1\.3\.0, 1\.4\.0, 1\.5\.0, 3 more$/);
    const long = repository('m/a', removal(['x'.repeat(128)]));
    expect(linesOf(reportOf({ repositories: [long] }))[1]).toMatch(/ x{60}…$/);
  });

  it('counts after a run what is gone, and says what is not', () => {
    const removals = [
      removal(['1'], { state: 'removed' }),
      removal(['2'], { state: 'failed', reason: 'it is pinned' }),
      removal([], { state: 'failed', reason: 'AccessDenied' }),
    ];
    const report = reportOf(
      { repositories: [repository('m/a', ...removals)], end: 'finished', exitCode: 1 },
      { manifests: { removed: 1, failed: 2 }, bytes: 5000 },
    );
    const lines = linesOf(report);
    expect(lines[0]).toBe('REPOSITORY  REMOVED  FREED    WAS TO GO');
    expect(lines[1]).toBe('m/a         1 of 3   12.3 kB  1, 2, 1 without a tag');
    expect(lines).toContain(`NOT REMOVED m/a@${DIGEST} (2): it is pinned`);
    expect(lines).toContain(`NOT REMOVED m/a@${DIGEST}: AccessDenied`);
    expect(lines.slice(-2)).toEqual(['1 of 3 manifests removed, 5.0 kB freed', 'NOT ALL REMOVED (exit code 1)']);
  });
});

describe('what stays', () => {
  it('is counted by rule, over all repositories', () => {
    const repositories = [
      { ...repository('m/a'), kept: { needed: 2, young: 1 } },
      { ...repository('m/b'), kept: { newest: 1, needed: 3 } },
    ];
    expect(linesOf(reportOf({ repositories })).slice(0, 4)).toEqual([
      'stays: 7 manifests (2 repositories within reach, of 5 in the registry)',
      '  1 among the newest versions',
      '  5 needed by a chart that stays',
      '  1 pushed too recently',
    ]);
  });

  it('names charts that cannot be read, entries without a chart and images that are missing; counts charts without list', () => {
    const chart = { repository: 'm/web', digest: DIGEST, reasons: ['newest' as const], detail: null };
    const report = reportOf({
      keptCharts: [
        { ...chart, tags: ['1.0.0'], needs: 'unreadable', detail: 'it is archived' },
        { ...chart, tags: [], needs: 'unreadable', detail: 'no' },
        { ...chart, tags: ['2.0.0'], needs: 'nameable' },
        { ...chart, tags: ['3.0.0'], needs: 'recorded' },
      ],
      withoutChart: ['keda ^2'],
      missingImages: [{ chart: 'm/web:3.0.0', image: 'm/app:1' }],
    });
    expect(linesOf(report).slice(1, -2)).toEqual([
      'CANNOT BE READ m/web:1.0.0: it is archived',
      `CANNOT BE READ m/web@${DIGEST}: no`,
      '  → all images are kept while these charts are there: repair or delete them',
      'note: 1 chart without a list of images: whatever it could name is kept; mirror leaves the list when it runs for a chart again',
      'note: the registry has no chart for keda ^2, which a catalog names',
      'note: m/web:3.0.0 needs m/app:1, which is not there',
    ]);
  });
});

describe('the end', () => {
  const error = { code: 'RATE_LIMITED', origin: 'destination', message: 'too many requests', hint: 'run again later' };

  it.each<[string, PruneReport, readonly string[]]>([
    [
      'of a look',
      reportOf(),
      [
        '2 manifests would go, 1 chart among them; 24.6 kB to be freed',
        'nothing was removed: run again with --yes to remove it',
      ],
    ],
    ['of a look at nothing', reportOf({}, { manifests: {} }), ['nothing to remove']],
    [
      'of a run',
      reportOf({ end: 'finished' }, { manifests: { removed: 2 } }),
      ['2 of 2 manifests removed, 24.6 kB freed'],
    ],
    ['of a run for nothing', reportOf({ end: 'finished' }, { manifests: {} }), ['nothing to remove']],
    [
      'of an interrupted run',
      reportOf({ end: 'interrupted', exitCode: 130 }, { manifests: { removed: 1, left: 1 }, bytesAreBound: true }),
      ['1 of 2 manifests removed, ≤ 24.6 kB freed', 'INTERRUPTED: run again to go on'],
    ],
    [
      'when the registry changed',
      reportOf({ end: 'changed', exitCode: 1 }, { manifests: { left: 2 } }),
      [
        'NOTHING WAS REMOVED: the registry has changed since it was read',
        '  → run again when no mirror run is underway',
      ],
    ],
    [
      'when the rules keep nothing',
      reportOf({ end: 'refused', exitCode: 1 }, { manifests: { left: 2 } }),
      [
        'NOTHING WAS REMOVED: the rules keep no chart at all of those that are within reach',
        '  → check the catalogs and the path of --target-registry, or add --keep-charts 1',
      ],
    ],
    [
      'when the registry was lost',
      reportOf({ end: 'stopped', exitCode: 1, error }, { manifests: { removed: 1, left: 1 } }),
      [
        '1 of 2 manifests removed, 24.6 kB freed',
        'STOPPED: RATE_LIMITED: too many requests',
        '  → run again later',
        'run again to go on',
      ],
    ],
  ])('%s is said', (_, report, lines) => {
    expect(linesOf(report).slice(1)).toEqual(lines);
  });

  it('is coloured on terminals alone', () => {
    const report = reportOf({ end: 'refused', exitCode: 1 });
    expect(pruneText(report, true)).toContain('\u001b[31mNOTHING WAS REMOVED');
    expect(pruneText(report, false)).not.toContain('\u001b');
  });
});
