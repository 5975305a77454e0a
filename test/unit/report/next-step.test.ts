import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/domain/report/report.ts';
import { nextOfPlan, nextOfShards, nextStep } from '../../../src/report/next-step.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const SURE = { ...chartRow('pushed'), hiddenImages: [], profiles: [], pullSecret: null };

function reportOf(parts: Partial<Report>): Report {
  const base = sampleReport([], []);
  const artifacts = { ...base.artifacts, rows: [], notLookedFor: [] };
  const own = { exitCode: 0, plan: null, ecr: null, changes: null, unmirrorable: [] };
  return { ...base, artifacts, ...own, charts: [SURE], ...parts };
}

function next(parts: Partial<Report>, outputDir = 'out'): string | undefined {
  return nextStep(reportOf(parts), { outputDir, report: `${outputDir}/report.json` });
}

const PLAN = { digest: 'sha256:0', shard: null, moved: [], missing: [] };
const { changes: CHANGES } = sampleReport([], []);

describe('the next step', () => {
  it.each<[string, Partial<Report>, RegExp]>([
    [
      'a success',
      {},
      /^next: airgap-charts check oci:\/\/registry\.example\.com\/a:1\.0\.1 tells .*; values for installs are in out\/helm-charts$/,
    ],
    [
      'a success with doubts',
      { charts: [chartRow('pushed')] },
      /^next: look at the 2 things with which report\.html begins$/,
    ],
    [
      'nothing new',
      { charts: [{ ...SURE, status: 'present' }] },
      /^next: nothing is to be done; values .* out\/helm-charts$/,
    ],
    [
      'a list',
      { mode: 'list', charts: [], images: [imageRow('copied')] },
      /^next: airgap-charts emit KIND --report out\/report\.json /,
    ],
    [
      'a shard',
      { charts: [], plan: { ...PLAN, shard: { index: 1, of: 2 } } },
      /^next: run the other shards; .* --finish /,
    ],
    [
      'a scan',
      { scanOnly: true },
      /^next: airgap-charts doctor --report out\/report\.json .*; then run the same command without --scan-only$/,
    ],
    [
      'a failure',
      { exitCode: 1, charts: [chartRow('failed')] },
      /^next: correct .* \(airgap-charts errors CHART_TAG_TAKEN explains it\), and run the same command again: it goes on from there$/,
    ],
    [
      'failures',
      { exitCode: 1, charts: [chartRow('failed')], images: [imageRow('failed')] },
      /errors CHART_TAG_TAKEN explains the first code\)/,
    ],
    ['a scan that failed', { exitCode: 1, scanOnly: true, charts: [chartRow('failed')] }, /, and scan again$/],
    [
      'a failure without a code',
      { exitCode: 1, charts: [chartRow('not-proven')] },
      /^next: correct what is not done, and run/,
    ],
    ['what is not as planned', { exitCode: 1, plan: { ...PLAN, moved: ['a:1'] } }, /^next: plan again/],
    [
      'shards that are missing',
      { exitCode: 1, plan: { ...PLAN, missing: ['a:1'] } },
      /^next: run the shards .* --finish again$/,
    ],
    ['an interruption', { exitCode: 130, interrupted: true }, /^next: run the same command again/],
  ])('after %s is one line', (_, parts, line) => {
    expect(next(parts)).toMatch(line);
  });

  it('is not said where nothing has changed', () => {
    expect(next({ changes: CHANGES && { ...CHANGES, nothing: true } })).toBeUndefined();
    expect(next({ exitCode: 1, changes: CHANGES && { ...CHANGES, sameFailures: true } })).toMatch(/^next: correct/);
  });

  it('names files as a shell takes them', () => {
    expect(next({ scanOnly: true }, 'C:\\my charts\\out')).toContain('--report "C:\\my charts\\out/report.json" ');
    expect(next({}, 'C:\\charts\\out')).toContain('values for installs are in C:\\charts\\out/helm-charts');
  });

  it('after a plan is the command that does it', () => {
    expect(nextOfPlan(true, 'out/plan.json')).toBe('next: airgap-charts mirror --plan out/plan.json does it');
    expect(nextOfPlan(false, 'plan.json')).toMatch(/plan again/);
    expect(nextOfShards('p.json', 'p.shard-1.json')).toMatch(/--plan p\.shard-1\.json, .* --plan p\.json --finish$/);
  });
});
