import { hasWritten } from '../domain/report/compare.ts';
import { counted } from '../domain/report/counted.ts';
import { isGoodChart } from '../domain/report/good-ends.ts';
import type { Report } from '../domain/report/report.ts';
import { needsAttention } from './attention.ts';

/** Where a run has left its files. */
export interface RunFiles {
  readonly outputDir: string;
  readonly report: string;
}

/** A path as a shell takes it. */
function word(path: string): string {
  return /^[\w@%+=:,./\\~-]+$/.test(path) ? path : `"${path}"`;
}

function afterFailure(report: Report): string {
  const { plan, scanOnly } = report;
  if (plan !== null && plan.moved.length > 0)
    return 'plan again with the same inputs, and look at what is not as it was';
  if (plan !== null && plan.missing.length > 0) return 'run the shards whose images are not there, then --finish again';
  const codes = new Set(needsAttention(report).map(({ code }) => code));
  const [code] = [...codes].filter((one) => one !== '');
  const why =
    code === undefined ? '' : ` (airgap-charts errors ${code} explains ${codes.size > 1 ? 'the first code' : 'it'})`;
  const again = scanOnly ? 'scan again' : 'run the same command again: it goes on from there';
  return `correct what is not done${why}, and ${again}`;
}

function afterScan({ mode }: Report, { report }: RunFiles): string {
  const doIt = 'then run the same command without --scan-only';
  if (mode === 'list') return `look at report.html, ${doIt}`;
  return `airgap-charts doctor --report ${word(report)} looks whether all can be reached from here; ${doIt}`;
}

function afterSuccess(report: Report, { outputDir, report: file }: RunFiles): string {
  const { charts, plan } = report;
  const open = needsAttention(report).length;
  if (open > 0) return `look at the ${counted(open, 'thing', 'things')} with which report.html begins`;
  if (plan?.shard)
    return 'run the other shards; airgap-charts mirror --plan with the whole plan and --finish joins them';
  const chart = charts.find((row) => isGoodChart(row) && row.destination !== null);
  if (chart?.destination == null) {
    return `airgap-charts emit KIND --report ${word(file)} makes the files by which clusters pull from there`;
  }
  const values = `values for installs are in ${word(`${outputDir}/helm-charts`)}`;
  if (!hasWritten(report)) return `nothing is to be done; ${values}`;
  return `airgap-charts check ${chart.destination} tells whether an install pulls from elsewhere; ${values}`;
}

/**
 * What to do after a run, on one line: the one place where this is decided. Undefined where nothing has changed and nothing failed,
 * since that is one line.
 */
export function nextStep(report: Report, files: RunFiles): string | undefined {
  const { interrupted, exitCode, scanOnly, changes } = report;
  if (changes?.nothing === true && exitCode === 0) return undefined;
  if (interrupted) return 'next: run the same command again: it goes on from there';
  if (exitCode !== 0) return `next: ${afterFailure(report)}`;
  return `next: ${scanOnly ? afterScan(report, files) : afterSuccess(report, files)}`;
}

/** What to do after a plan. */
export function nextOfPlan(complete: boolean, file: string): string {
  return complete
    ? `next: airgap-charts mirror --plan ${word(file)} does it`
    : 'next: correct what is refused or failed, and plan again: this one is not run';
}

/** What to do after a plan was split. */
export function nextOfShards(file: string, first: string): string {
  return `next: airgap-charts mirror --plan ${word(first)}, and so each shard; then airgap-charts mirror --plan ${word(file)} --finish`;
}
