import type { VerifyReport } from '../domain/lock/verdict.ts';
import type { Redactor } from '../redaction.ts';
import { verifySummary } from '../report/verify-summary.ts';
import { scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** Tells what came of comparing a lock: a table for people on standard output, or JSON. The exit code is the report's. */
export function tellVerified(
  report: VerifyReport,
  flags: { readonly json: boolean },
  around: Surroundings,
  redactor: Redactor,
): number {
  around.print(flags.json ? scrubbedJson(report, redactor) : redactor.scrub(verifySummary(report, around.color)));
  return report.exitCode;
}
