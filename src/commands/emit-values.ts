import { dirname, resolve } from 'node:path';
import type { Problem } from '../config/problems.ts';
import { diskFiles, systemCode } from '../config/read-text.ts';
import { consumerFile } from '../domain/emit/mirrored.ts';
import { isChartThere } from '../domain/emit/whole.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import { oneLine } from '../errors.ts';
import type { ConsumerValues } from '../report/emit/values.ts';

/** The consumer values that a run has written, what they lack, and what is wrong with the files. */
export interface ValuesRead {
  readonly values: readonly ConsumerValues[];
  readonly gaps: readonly string[];
  readonly problems: readonly Problem[];
}

/** What the first line of such a file says, without the version (pipeline/write-outputs.ts). */
function isOf({ chart, release }: ReportedChart, text: string): boolean {
  const [first = ''] = text.split('\n', 1);
  const name = chart.split('/').at(-1) ?? chart;
  return first.startsWith(`# Values for the original chart ${name} `) && first.endsWith(`, release ${release}.`);
}

async function readOne(row: ReportedChart, report: string, cwd: string): Promise<ConsumerValues | Problem> {
  const name = consumerFile(row);
  const wrong = (what: string): Problem => {
    const instead = 'name the report.json in the output directory of the run, with its files beside it';
    return { file: name, line: undefined, column: undefined, what, instead };
  };
  try {
    const text = await diskFiles.readText(resolve(cwd, dirname(report), name));
    if (!isOf(row, text)) return wrong(`this file does not hold the values for ${row.chart} (${row.release})`);
    const chart = row.chart.split('/').at(-1) ?? row.chart;
    return { chart, release: row.release, source: row.source, version: row.version ?? '', text };
  } catch (error) {
    const why = systemCode(error) === 'ENOENT' ? 'it does not exist' : error instanceof Error ? error.message : error;
    return wrong(`the values of ${row.release} cannot be read: ${oneLine(String(why))}`);
  }
}

function isProblem(read: ConsumerValues | Problem): read is Problem {
  return 'instead' in read;
}

/** Reads the consumer values of all releases that are at the target, from beside the report. */
export async function readValues(named: string, report: Report, cwd: string): Promise<ValuesRead> {
  const rows = report.charts.filter(({ status }) => isChartThere(status));
  const written = rows.filter(({ consumer }) => consumer.written);
  const reads = await Promise.all(written.map((row) => readOne(row, named, cwd)));
  return {
    values: reads.flatMap((read) => (isProblem(read) ? [] : [read])),
    problems: reads.filter(isProblem),
    gaps: rows.flatMap(({ chart, release, consumer }) => {
      if (!consumer.written) return [`values for ${chart} (${release}): the run has not written them`];
      if (consumer.state === 'proven') return [];
      const why = consumer.reason === null ? '' : `: ${consumer.reason}`;
      return [`values for ${chart} (${release}): they are not proven for the original chart${why}`];
    }),
  };
}
