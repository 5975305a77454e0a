import { hasWritten } from '../domain/report/compare.ts';
import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import { needsAttention } from './attention.ts';

/** How a run ended, in a few words. What is not all done never reads as if it were. */
export function verdictOf(report: Report): string {
  const { interrupted, exitCode, scanOnly, totals } = report;
  if (interrupted) return 'INTERRUPTED: what was done is in the report; run again to go on';
  if (exitCode !== 0) return `NOT ALL DONE (exit code ${exitCode})`;
  const unconfirmed = totals.images.unconfirmed ?? 0;
  const those = counted(unconfirmed, 'image is', 'images are');
  if (unconfirmed > 0) return `all done, but ${those} NOT ${scanOnly ? 'confirmed' : 'copied'}`;
  const open = needsAttention(report).length;
  if (open > 0) return `all done, with ${counted(open, 'thing', 'things')} to look at`;
  return scanOnly || hasWritten(report) ? 'all done' : 'all done: nothing was new';
}
