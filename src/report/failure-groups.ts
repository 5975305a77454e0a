import { counted } from '../domain/report/counted.ts';
import { isGoodChart, isGoodImage } from '../domain/report/good-ends.ts';
import type { Report, ReportedChart, ReportedImage } from '../domain/report/report.ts';
import type { ReportedError } from '../domain/report/reported-error.ts';
import { chartLine, releaseName } from './chart-line.ts';
import type { Paint } from './ecr-summary.ts';
import type { Block } from './fit-parts.ts';
import { isRefusedByPlan } from './plan-summary.ts';
import type { Screen } from './screen.ts';

/** Something that failed, as a group tells it. */
export interface Failure {
  readonly name: string;
  /** Its line where there is room for it, without what it has in common with others. */
  readonly lines: readonly string[];
  readonly status: string;
  readonly code: string;
  readonly message: string;
  /** Empty where nobody says what to do. */
  readonly hint: string;
}

/** How failures are laid out. */
export interface Layout {
  readonly paint: Paint;
  readonly columns: number | undefined;
  /** How wide the word at the head of a line is, and how far what belongs to it is moved in. */
  readonly word: number;
  readonly indent: number;
}

/** How wide a list of names gets where no screen says it. */
const LIST_WIDTH = 120;

/** The layout of a summary: of the head of its lines, and of what stands below them. */
export const SUMMARY = { word: 15, indent: 18 } as const;

const INDENT = ' '.repeat(SUMMARY.indent);

/** Failures with one status, code and hint, in the order in which they came up. */
function grouped(failures: readonly Failure[]): readonly (readonly Failure[])[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = JSON.stringify([failure.status, failure.code, failure.hint]);
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()];
}

/** As many names as a line holds, and how many others there are. */
export function namesWithin(names: readonly string[], width: number): string {
  for (let shown = names.length; shown > 1; shown -= 1) {
    const left = names.length - shown;
    const text = `${names.slice(0, shown).join(', ')}${left === 0 ? '' : `, … ${left} more`}`;
    if (text.length <= width) return text;
  }
  const [first = ''] = names;
  return names.length < 2 ? first : `${first}, … ${names.length - 1} more`;
}

function hintLines(hint: string, { indent }: Layout): readonly string[] {
  return hint === '' ? [] : [`${' '.repeat(indent)}→ ${hint}`];
}

/** All of a group: each with its own lines, and what to do once. */
function wholeGroup(group: readonly Failure[], layout: Layout): readonly Block[] {
  const hint = hintLines(group[0]?.hint ?? '', layout);
  return group.map(({ lines }, index) => ({
    lines: index === group.length - 1 ? [...lines, ...hint] : lines,
    count: 1,
  }));
}

/** A group in a few lines: how many, the code, names, why (of the first one where each has its own reason), and what to do. */
function briefGroup(group: readonly Failure[], what: readonly [string, string], layout: Layout): Block {
  const { paint, columns = LIST_WIDTH, word, indent } = layout;
  const [first] = group;
  if (first === undefined || group.length === 1) return wholeGroup(group, layout)[0] ?? { lines: [], count: 0 };
  const { status, code, message, hint, name } = first;
  const head = `${counted(group.length, ...what)}${code === '' ? '' : `: ${code}`}: `;
  const all = group.map((one) => one.name);
  const line = `${paint('red', status.toUpperCase().padEnd(word))} ${head}${namesWithin(all, columns - word - 1 - head.length)}`;
  const isSaid = group.every((one) => one.message === message) || message.startsWith(`${name} `);
  const why = message === '' ? [] : [`${' '.repeat(indent)}${isSaid ? message : `${name}: ${message}`}`];
  return { lines: [line, ...why, ...hintLines(hint, layout)], count: group.length };
}

/** Failures one by one, and in groups for where that is too much. */
export function failureBlocks(
  failures: readonly Failure[],
  what: readonly [one: string, more: string],
  layout: Layout,
): { readonly blocks: readonly Block[]; readonly brief: readonly Block[] } {
  const groups = grouped(failures);
  return {
    blocks: groups.flatMap((group) => wholeGroup(group, layout)),
    brief: groups.map((group) => briefGroup(group, what, layout)),
  };
}

function said(error: ReportedError | null): Pick<Failure, 'code' | 'message' | 'hint'> {
  return { code: error?.code ?? '', message: error?.message ?? '', hint: error?.hint ?? '' };
}

/** The releases that did not end well. */
export function failedCharts({ charts }: Report, paint: Paint): readonly Failure[] {
  return charts
    .filter((row) => !isGoodChart(row))
    .map((row) => {
      const { status, error } = row;
      const why = error === null ? [] : [`${INDENT}${error.code}: ${error.message}`];
      return { name: releaseName(row), lines: [chartLine(row, paint), ...why], status, ...said(error) };
    });
}

/** Whether a chart that failed says the same of an image. */
function isTold({ source, error, usedBy }: ReportedImage, bad: readonly ReportedChart[]): boolean {
  if (error === null) return false;
  return bad.some(
    ({ chart, release, error: own }) =>
      own?.code === error.code &&
      (own.message === error.message || own.message.includes(source)) &&
      usedBy.some((user) => user.chart === chart && user.release === release),
  );
}

/** The images that did not end well, but for what a plan has stopped and, on a screen, those that charts tell already. */
export function failedImages(report: Report, { columns }: Screen, paint: Paint): readonly Failure[] {
  const bad = report.charts.filter((row) => !isGoodChart(row));
  return report.images
    .filter((row) => !isGoodImage(row.status) && (columns === undefined || !isTold(row, bad)))
    .filter(({ status, error }) => status !== 'unfinished' || error !== null || !isRefusedByPlan(report))
    .map(({ source, status, error, usedBy }) => {
      const why = error === null ? '' : `: ${error.code} ${error.message}`;
      const line = `${paint('red', status.toUpperCase().padEnd(15))} ${source}${why}`;
      // charts that use it say what to do
      const hint = usedBy.length > 0 ? '' : (error?.hint ?? '');
      return { name: source, lines: [line], status, ...said(error), hint };
    });
}
