import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Paint } from './ecr-summary.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

/** Which pods do not get the pull secret, and the way by their service accounts. */
export function pullSecretTold({ charts }: Report, paint: Paint): Told {
  const rows = charts.flatMap((row) => (row.pullSecret === null ? [] : [{ row, secret: row.pullSecret }]));
  const [first] = rows;
  if (first === undefined) return NOTHING_TOLD;
  const served = rows.reduce((sum, { secret }) => sum + secret.served, 0);
  const open = rows.filter(({ secret }) => secret.unserved.length > 0);
  const unserved = open.reduce((sum, { secret }) => sum + secret.unserved.length, 0);
  const doubtful = open.map(({ row, secret }) => ({
    lines: [
      `${paint('yellow', 'no pull secret'.padEnd(15))} ${row.chart} (${row.release}): ${secret.unserved.join('; ')}`,
      ...secret.commands.map((command) => `                  → ${command}`),
    ],
    count: 1,
  }));
  const specs = counted(served + unserved, 'pod spec', 'pod specs');
  return { ...NOTHING_TOLD, doubtful, totals: [`pull secret ${first.secret.name}: ${served} of ${specs} have it`] };
}
