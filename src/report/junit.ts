import { isGoodChart, isGoodImage } from '../domain/report/good-ends.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import type { ReportedError } from '../domain/report/reported-error.ts';
import { proofDoubts } from './chart-doubts.ts';

interface TestCase {
  readonly suite: string;
  readonly group: string;
  readonly name: string;
  readonly outcome:
    | { readonly kind: 'passed' }
    | { readonly kind: 'skipped'; readonly why: string }
    | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly text: string };
}

// what XML 1.0 allows is said, and all else left out (section 2.2)
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text
    .replace(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\r\n\t]/g, ' ');
}

function failed(status: string, error: ReportedError | null, otherwise: string): TestCase['outcome'] {
  if (error === null) return { kind: 'failed', type: status, message: otherwise, text: otherwise };
  const text = error.hint === null ? error.message : `${error.message} → ${error.hint}`;
  return { kind: 'failed', type: error.code, message: `${status}: ${error.message}`, text };
}

function chartCase(row: ReportedChart): TestCase {
  const { chart, version, requested, release, status, error, proof } = row;
  const name = `${chart} ${version ?? requested}${release === chart ? '' : ` (${release})`}`;
  const why = proof.state === 'not-proven' ? (proof.reason ?? 'its references are not proven') : status;
  const base = { suite: 'charts', group: `charts.${chart}`, name };
  if (!isGoodChart(row)) return { ...base, outcome: failed(status, error, why) };
  const doubts = proofDoubts(row);
  if (doubts.length === 0) return { ...base, outcome: { kind: 'passed' } };
  const said = doubts.map((doubt) => `${doubt.status}: ${doubt.message}`).join('; ');
  return { ...base, outcome: { kind: 'skipped', why: said } };
}

function imageCases({ images }: Report): readonly TestCase[] {
  return images.map(({ source, status, reason, error }) => {
    const base = { suite: 'images', group: 'images', name: source };
    if (!isGoodImage(status)) return { ...base, outcome: failed(status, error, status) };
    if (status === 'unconfirmed' || status === 'not-needed')
      return { ...base, outcome: { kind: 'skipped', why: reason ?? status } };
    return { ...base, outcome: { kind: 'passed' } };
  });
}

/** What can fail beside charts and images; nothing where all is well, since their number is of no interest. */
function otherCases({ artifacts, ecr, unmirrorable, plan }: Report): readonly TestCase[] {
  const bad = artifacts.rows.filter(({ status }) => status === 'failed' || status === 'unfinished');
  const refused = [...(plan?.moved ?? []), ...(plan?.missing ?? [])];
  return [
    ...bad.map(({ reference, status, error }) => ({
      ...{ suite: 'artifacts', group: 'artifacts', name: reference },
      outcome: failed(status, error, status),
    })),
    ...artifacts.notLookedFor.map(({ registry, repository, what, reason, error }) => ({
      ...{ suite: 'artifacts', group: 'artifacts', name: `${registry}/${repository} ${what}` },
      outcome: error === null ? ({ kind: 'skipped', why: reason } as const) : failed('failed', error, reason),
    })),
    ...(ecr?.repositories ?? []).map(({ name, status, error }) => ({
      ...{ suite: 'repositories', group: 'repositories', name },
      outcome: status === 'failed' ? failed(status, error, status) : ({ kind: 'passed' } as const),
    })),
    ...unmirrorable.map(({ key, reason }) => ({
      ...{ suite: 'entries', group: 'entries', name: key },
      outcome: { kind: 'skipped', why: reason } as const,
    })),
    ...refused.map((what) => ({
      ...{ suite: 'plan', group: 'plan', name: what },
      outcome: failed('PLAN_MOVED', null, what),
    })),
  ];
}

/** What a run is as a whole: fails where the exit code says so though no row does. */
function runCase(report: Report, others: readonly TestCase[]): readonly TestCase[] {
  const { exitCode, interrupted } = report;
  const isTold = others.some(({ outcome }) => outcome.kind === 'failed');
  if (exitCode === 0 || (isTold && !interrupted)) return [];
  const what = interrupted ? 'the run was interrupted' : `the run ended with exit code ${exitCode}`;
  return [
    { suite: 'run', group: 'run', name: 'run', outcome: failed(interrupted ? 'INTERRUPTED' : 'run', null, what) },
  ];
}

function caseText({ group, name, outcome }: TestCase): readonly string[] {
  const head = `    <testcase classname="${escaped(group)}" name="${escaped(name)}"`;
  switch (outcome.kind) {
    case 'passed':
      return [`${head}/>`];
    case 'skipped':
      return [`${head}>`, `      <skipped message="${escaped(outcome.why)}"/>`, '    </testcase>'];
    case 'failed':
      return [
        `${head}>`,
        `      <failure type="${escaped(outcome.type)}" message="${escaped(outcome.message)}">${escaped(outcome.text)}</failure>`,
        '    </testcase>',
      ];
  }
}

function counts(cases: readonly TestCase[]): string {
  const failures = cases.filter(({ outcome }) => outcome.kind === 'failed').length;
  return `tests="${cases.length}" failures="${failures}" errors="0"`;
}

function suiteText(suite: string, cases: readonly TestCase[], startedAt: string): readonly string[] {
  const skipped = cases.filter(({ outcome }) => outcome.kind === 'skipped').length;
  const moment = startedAt.replace(/\.\d+Z$/, '');
  return [
    `  <testsuite name="${suite}" ${counts(cases)} skipped="${skipped}" timestamp="${escaped(moment)}">`,
    ...cases.flatMap(caseText),
    '  </testsuite>',
  ];
}

/**
 * A run as JUnit XML: a test case for each release, each image, and whatever else failed. There is at least one failure where
 * the run's exit code is not 0. CI systems read the elements `testsuites`, `testsuite`, `testcase`, `failure` and `skipped`
 * that Ant's JUnit task made known; there is no standard.
 */
export function junitText(report: Report): string {
  const rows = [...report.charts.map(chartCase), ...imageCases(report), ...otherCases(report)];
  const cases = [...rows, ...runCase(report, rows)];
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="airgap-charts" ${counts(cases)}>`,
    ...suites.flatMap((suite) =>
      suiteText(
        suite,
        cases.filter((one) => one.suite === suite),
        report.startedAt,
      ),
    ),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}
