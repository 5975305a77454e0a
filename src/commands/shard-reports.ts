import { readdir } from 'node:fs/promises';
import type { Problem } from '../config/problems.ts';
import type { Report } from '../domain/report/report.ts';
import { imageKey, type Plan } from '../domain/run-plan/plan.ts';
import { splitPlan } from '../domain/run-plan/split.ts';
import { shardReportsIn } from './plan-files.ts';
import { readNamedReport } from './read-report.ts';

/** The reports of the shards of a plan, and how many shards there are; undefined where no report tells. */
export interface ShardReports {
  readonly reports: readonly Report[];
  readonly of: number | undefined;
  readonly problems: readonly Problem[];
}

interface Named {
  readonly file: string;
  /** Where the file is looked for. */
  readonly directory: string;
}

function wrong(file: string, what: string, instead: string): Problem {
  return { file, line: undefined, column: undefined, what, instead };
}

const NO_REPORT = 'name the report.shard-N.json of a run of a shard';

async function readShardReport({ file, directory }: Named, plan: Plan): Promise<Report | Problem> {
  const read = await readNamedReport(file, directory);
  if (read.kind === 'problem') return { ...read.problem, instead: NO_REPORT };
  const { report } = read;
  if (report.plan?.shard == null) return wrong(file, 'this report is not that of a shard', NO_REPORT);
  if (report.plan.digest === plan.digest) return report;
  const what = `this report belongs to the plan ${report.plan.digest}, not to ${plan.digest}`;
  return wrong(file, what, 'name the reports of the shards of this plan');
}

function isReport(read: Report | Problem): read is Report {
  return 'images' in read;
}

/** Reads the reports that are named, or all that stand in the output directory. */
export async function readShardReports(
  named: true | readonly string[],
  plan: Plan,
  { cwd, outputDir }: { readonly cwd: string; readonly outputDir: string },
): Promise<ShardReports> {
  const found = async () => shardReportsIn(await readdir(outputDir).catch(() => []));
  const files =
    named === true
      ? (await found()).map((file) => ({ file, directory: outputDir }))
      : named.map((file) => ({ file, directory: cwd }));
  const reads = await Promise.all(files.map((file) => readShardReport(file, plan)));
  const reports = reads.filter(isReport);
  const counts = [...new Set(reports.map((report) => report.plan?.shard?.of ?? 0))];
  const mixed =
    counts.length > 1
      ? [wrong('--finish', `these are reports of plans split into ${counts.join(' and ')}`, 'name those of one split')]
      : [];
  const problems = [...reads.flatMap((read) => (isReport(read) ? [] : [read])), ...mixed];
  return { reports, of: counts[0], problems };
}

/** Which shard was to bring an image, by the image's key. The same plan is split in the same way again. */
export function shardsOf(plan: Plan, of: number | undefined): (key: string) => string | undefined {
  const shards = of === undefined ? [] : splitPlan(plan, of);
  const names = new Map(
    shards.flatMap(({ images }, index) => images.map((row) => [imageKey(row), `shard ${index + 1} of ${of}`] as const)),
  );
  return (key) => names.get(key);
}
