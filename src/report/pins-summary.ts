import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Paint } from './ecr-summary.ts';
import { eachLine } from './fit-parts.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

/** How many images relocated charts name by digest, and which they do not, each once; nothing where none were to be. */
export function pinsTold({ charts }: Report, paint: Paint): Told {
  const pinned = new Set(charts.flatMap((row) => row.pinned.map(({ image }) => `${row.chart} ${image}`)));
  const open = charts.flatMap((row) =>
    row.notPinned.map(({ image, reason }) => ({
      key: `${row.chart} ${image}`,
      text: `${row.chart}: ${image}: ${reason}`,
    })),
  );
  const left = new Map(open.map(({ key, text }) => [key, text]));
  if (pinned.size + left.size === 0) return NOTHING_TOLD;
  const whole = [...pinned].filter((key) => !left.has(key)).length;
  const total = counted(whole + left.size, 'image', 'images');
  const lines = [...left.values()].map((text) => `${paint('yellow', 'not pinned'.padEnd(15))} ${text}`);
  return { ...NOTHING_TOLD, doubtful: eachLine(lines), totals: [`pinned: ${whole} of ${total}`] };
}
