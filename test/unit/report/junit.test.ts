import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/domain/report/report.ts';
import { junitText } from '../../../src/report/junit.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const CLEAN: Report = {
  ...sampleReport(['present'], ['present', 'not-needed']),
  exitCode: 0,
  plan: null,
  ecr: null,
  unmirrorable: [],
  artifacts: { ...sampleReport([], []).artifacts, rows: [], notLookedFor: [] },
};

/** The counts of the outermost element. */
function counts(text: string): readonly number[] {
  const [, tests, failures] = /<testsuites name="airgap-charts" tests="(\d+)" failures="(\d+)"/.exec(text) ?? [];
  return [Number(tests), Number(failures)];
}

describe('the outcome as JUnit XML', () => {
  it('has a case for each release and image; what is not needed is skipped', () => {
    const text = junitText(CLEAN);
    expect(counts(text)).toEqual([3, 0]);
    expect(text).toContain('<testsuite name="charts" tests="1" failures="0" errors="0" skipped="0"');
    expect(text).toContain('<testsuite name="images" tests="2" failures="0" errors="0" skipped="1"');
  });

  it('fails what did not end well, with its code and what to do', () => {
    const text = junitText({ ...CLEAN, exitCode: 1, images: [imageRow('failed')] });
    expect(text).toContain('<failure type="RATE_LIMITED" message="failed: later">later → wait</failure>');
    expect(counts(text)).toEqual([2, 1]);
  });

  it('has a failure wherever the exit code is not 0', () => {
    expect(counts(junitText({ ...CLEAN, exitCode: 1 }))).toEqual([4, 1]);
    expect(junitText({ ...CLEAN, exitCode: 130, interrupted: true })).toContain('type="INTERRUPTED"');
    const plan = { digest: 'sha256:0', shard: null, moved: ['a tag'], missing: [] };
    expect(counts(junitText({ ...CLEAN, exitCode: 1, plan }))).toEqual([4, 1]);
  });

  it('escapes what XML reads, and leaves out what XML forbids', () => {
    const message = 'a < b & "c" \u0000\u001b[31m ]]> \ud800';
    const row = { ...chartRow('failed'), error: { code: 'INTERNAL', origin: 'local', message, hint: null } };
    const text = junitText({ ...CLEAN, exitCode: 1, charts: [row] });
    expect(text).toContain('>a &lt; b &amp; &quot;c&quot; [31m ]]&gt; </failure>');
  });
});
