import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Paint } from './ecr-summary.ts';

/** How many images relocated charts name by digest, and which they do not, each once; nothing where none were to be. */
export function pinLines({ charts }: Report, paint: Paint): readonly string[] {
  const pinned = new Set(charts.flatMap((row) => row.pinned.map(({ image }) => `${row.chart} ${image}`)));
  const open = charts.flatMap((row) =>
    row.notPinned.map(({ image, reason }) => ({
      key: `${row.chart} ${image}`,
      text: `${row.chart}: ${image}: ${reason}`,
    })),
  );
  const left = new Map(open.map(({ key, text }) => [key, text]));
  if (pinned.size + left.size === 0) return [];
  const whole = [...pinned].filter((key) => !left.has(key)).length;
  const total = counted(whole + left.size, 'image', 'images');
  return [
    ...[...left.values()].map((text) => `${paint('yellow', 'not pinned'.padEnd(15))} ${text}`),
    `pinned: ${whole} of ${total}`,
  ];
}
