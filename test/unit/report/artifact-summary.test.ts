import { describe, expect, it } from 'vitest';
import type { ReportedArtifact, ReportedArtifacts } from '../../../src/domain/report/reported-artifacts.ts';
import { artifactsTold } from '../../../src/report/artifact-summary.ts';
import { sampleReport } from '../docs/sample-report.ts';
import { toldLines } from './told-lines.ts';

function lines(parts: Partial<ReportedArtifacts>, scanOnly = false): readonly string[] {
  const report = sampleReport([], []);
  const artifacts = { ...report.artifacts, rows: [], totals: {}, notLookedFor: [], ...parts };
  return toldLines(artifactsTold({ ...report, scanOnly, artifacts }, (_, text) => text));
}

function row(status: ReportedArtifact['status'], parts: Partial<ReportedArtifact> = {}): ReportedArtifact {
  return {
    ...{ image: 'quay.io/a/a:1', reference: 'quay.io/a/a:x.sig', destination: 'r.example.com/a/a:x.sig', kind: 'tag' },
    ...{ artifactType: null, digest: null, status, reason: null, bytes: null, error: null },
    ...parts,
  };
}

describe('the summary of artifacts', () => {
  it('counts them, and what it took to find out', () => {
    expect(lines({ totals: { copied: 3, present: 12 }, bytesCopied: 2048 })).toEqual([
      'artifacts: 3 copied, 12 present; 2.0 kB copied; 10 requests',
    ]);
    expect(lines({})).toEqual(['artifacts: none; 10 requests']);
    expect(lines({ choice: 'none' })).toEqual([]);
  });

  it('names those that are not as one would think', () => {
    const error = { code: 'RATE_LIMITED', origin: 'source', message: 'later', hint: null } as const;
    const rows = [row('copied'), row('kept', { reason: 'it was signed there' }), row('failed', { error })];
    const told = lines({ rows: [...rows, row('unconfirmed', { reason: 'quay.io/a/a:x.sig is not at its source' })] });
    expect(told.slice(0, -1)).toEqual([
      'FAILED          quay.io/a/a:x.sig: RATE_LIMITED later',
      'kept            r.example.com/a/a:x.sig: it was signed there',
      'NOT COPIED      quay.io/a/a:x.sig is not at its source',
    ]);
  });

  it('says once for each registry what could not be looked for', () => {
    const refusal = { registry: 'quay.io', what: 'tags', images: 1, reason: 'answer 403', error: null } as const;
    const notLookedFor = [
      ...[
        { ...refusal, repository: 'a' },
        { ...refusal, repository: 'b' },
      ],
      { ...refusal, repository: 'b', what: 'referrers' as const },
    ];
    expect(lines({ notLookedFor })[0]).toBe(
      'NOT COPIED      artifacts at quay.io could not be looked for: tags and referrers of 2 repositories: answer 403',
    );
    expect(lines({ notLookedFor }, true)[0]).toContain('not confirmed   artifacts at quay.io');
  });
});
