import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Paint } from './ecr-summary.ts';
import { eachLine } from './fit-parts.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

/** Whether a run has written nothing because it was not what was planned. */
export function isRefusedByPlan({ plan }: Pick<Report, 'plan'>): boolean {
  return plan !== null && plan.moved.length + plan.missing.length > 0;
}

/** What was not as planned, and what shards have not brought. */
export function planTold({ plan }: Report, paint: Paint): Told {
  if (plan === null) return NOTHING_TOLD;
  const { shard, moved, missing, digest } = plan;
  const name = shard === null ? `plan ${digest}` : `shard ${shard.index} of ${shard.of} of the plan ${digest}`;
  const lines = [
    ...moved.map((what) => `${paint('red', 'MOVED'.padEnd(15))} ${what}`),
    ...missing.map((what) => `${paint('red', 'NOT THERE'.padEnd(15))} ${what}`),
  ];
  if (lines.length === 0) return { ...NOTHING_TOLD, totals: [`${name}: all as planned`] };
  const things = counted(lines.length, 'thing', 'things');
  const why =
    moved.length > 0
      ? `${things} not as planned, so nothing was written: plan again`
      : 'run what is missing, then --finish again';
  return { ...NOTHING_TOLD, failed: eachLine(lines), totals: [`${name}: ${why}`] };
}
