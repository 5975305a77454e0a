import { styleText } from 'node:util';
import type { CarryReport, ReportedCargo, ReportedListed } from '../domain/carry-report.ts';
import { counted } from '../domain/report/counted.ts';
import { formatSize } from '../domain/report/size.ts';
import { printable } from '../errors.ts';

const VERBS = { annotate: 'annotated', lock: 'locked', wrap: 'wrapped' } as const;

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function imageLine({ chart, image, platforms, whole }: ReportedListed): string {
  // a configuration may leave out both: such an image runs wherever it is pulled
  const words = platforms.map(({ arch }) => (arch === '/' ? 'says no platform' : arch));
  const listed = platforms.length === 0 ? '' : ` (${words.join(', ')})`;
  const part = whole === false ? ', not all platforms: its index gets a new digest' : '';
  return `  ${chart}: ${image}${listed}${part}`;
}

function chartLines(cargo: ReportedCargo, { command }: CarryReport, paint: Paint): readonly string[] {
  const { chart, version, file, bytes, images, artifacts, left, notes, error } = cargo;
  const name = version === null ? chart : `${chart} ${version}`;
  if (error !== null) {
    const hint = error.hint === null ? [] : [`  → ${error.hint}`];
    return [paint('red', `${name}: FAILED ${error.code}: ${error.message}`), ...hint].map(printable);
  }
  const size = bytes === null || command !== 'wrap' ? '' : `, ${formatSize(bytes)}`;
  const to = file === null ? '' : ` → ${file}${size}`;
  return [
    `${paint('green', `${name}: ${VERBS[command]}`)}, ${counted(images.length, 'image', 'images')}${to}`,
    ...images.map(imageLine),
    ...artifacts.map((one) => `  ${one} (no image: carried beside the list)`),
    ...left.map(({ image, reason }) => paint('yellow', `  LEFT OUT ${image}: ${reason}`)),
    ...notes.map((note) => `  note: ${note}`),
  ].map(printable);
}

/** What was done, for people: a line for each chart and image, and what was left out. */
export function carrySummary(report: CarryReport, color: boolean): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const failed = report.charts.filter(({ error }) => error !== null).length;
  const end =
    failed === 0
      ? `${counted(report.charts.length, 'chart', 'charts')} ${VERBS[report.command]}`
      : `${failed} of ${counted(report.charts.length, 'chart', 'charts')} NOT ${VERBS[report.command]}`;
  return [
    ...report.charts.flatMap((cargo) => chartLines(cargo, report, paint)),
    paint(failed === 0 ? 'green' : 'red', end),
    '',
  ].join('\n');
}
