import type { ChartStatus, ImageStatus } from '../domain/report/report.ts';

/** What the demo needs to know of a run's report.json. */
export interface RunResult {
  readonly exitCode: number;
  readonly charts: readonly { readonly release: string; readonly destination: string; readonly status: string }[];
  readonly images: readonly { readonly destination: string; readonly status: string }[];
  readonly bytesCopied: number;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown, name: string): Fields {
  if (!isFields(value)) throw new Error(`report.json: ${name} is not an object`);
  return value;
}

function numberOf(value: unknown, name: string): number {
  if (typeof value !== 'number') throw new Error(`report.json: ${name} is not a number`);
  return value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function rowsOf(value: unknown, name: string): readonly Fields[] {
  if (!Array.isArray(value)) throw new Error(`report.json: ${name} is not a list`);
  return value.map((row) => fieldsOf(row, name));
}

/** Reads what is needed of a report.json. Throws an Error when the text is no report. */
export function parseRunResult(text: string): RunResult {
  const { exitCode, charts, images, totals }: Fields = fieldsOf(JSON.parse(text), 'the document');
  const { bytesCopied }: Fields = fieldsOf(totals, 'totals');
  return {
    exitCode: numberOf(exitCode, 'exitCode'),
    bytesCopied: numberOf(bytesCopied, 'totals.bytesCopied'),
    charts: rowsOf(charts, 'charts').map(({ release, destination, status }) => {
      return { release: textOf(release), destination: textOf(destination), status: textOf(status) };
    }),
    images: rowsOf(images, 'images').map(({ destination, status }) => {
      return { destination: textOf(destination), status: textOf(status) };
    }),
  };
}

/** The statuses that every row of a run of the demo has to have. */
interface Expectation {
  readonly chart: ChartStatus;
  readonly image: ImageStatus;
}

const COLD: Expectation = { chart: 'pushed', image: 'copied' };
const REPEATED: Expectation = { chart: 'present', image: 'present' };

function complaints(result: RunResult, expected: Expectation, releases: number, images: number): readonly string[] {
  const found: string[] = [];
  if (result.exitCode !== 0) found.push(`it ended with exit code ${result.exitCode}`);
  if (result.charts.length !== releases) found.push(`it reports ${result.charts.length} releases, not ${releases}`);
  if (result.images.length !== images) found.push(`it reports ${result.images.length} images, not ${images}`);
  for (const { release, status } of result.charts) {
    if (status !== expected.chart) found.push(`release ${release} is ${status}, not ${expected.chart}`);
  }
  for (const { destination, status } of result.images) {
    if (status !== expected.image) found.push(`image ${destination} is ${status}, not ${expected.image}`);
  }
  return found;
}

/** What is wrong with a run into an empty target: every release has to be pushed and every image copied. */
export function judgeColdRun(result: RunResult, releases: number, images: number): readonly string[] {
  return complaints(result, COLD, releases, images);
}

/** What is wrong with the run after it: everything has to be found there, and not a byte copied. */
export function judgeRepeatedRun(result: RunResult, releases: number, images: number): readonly string[] {
  const copied = result.bytesCopied === 0 ? [] : [`it copied ${result.bytesCopied} bytes`];
  return [...complaints(result, REPEATED, releases, images), ...copied];
}
