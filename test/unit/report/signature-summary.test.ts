import { describe, expect, it } from 'vitest';
import type { ReportedSignatures } from '../../../src/domain/report/reported-signatures.ts';
import { signaturesTold } from '../../../src/report/signature-summary.ts';
import { sampleReport } from '../docs/sample-report.ts';
import { toldLines } from './told-lines.ts';

const report = sampleReport([], []);

function lines(signatures: ReportedSignatures | null, choice: 'none' | 'all' = 'all'): readonly string[] {
  return toldLines(
    signaturesTold({ ...report, signatures, artifacts: { ...report.artifacts, choice } }, (_, text) => text),
  );
}

describe('the summary of signatures', () => {
  it('counts images, and what it took to find out', () => {
    expect(lines(null)).toEqual([]);
    expect(lines(report.signatures)).toEqual(['signatures: 2 verified, 1 refused; 8 requests']);
  });

  it('says that none are copied where artifacts are not', () => {
    expect(lines(report.signatures, 'none')[0]).toBe(
      'NOT COPIED      signatures, since artifacts are not: nobody can verify the images at the target',
    );
  });
});
