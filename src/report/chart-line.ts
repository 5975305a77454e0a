import { counted } from '../domain/report/counted.ts';
import { isGoodChart } from '../domain/report/good-ends.ts';
import type { ReportedChart } from '../domain/report/report.ts';
import { rendersNoImage } from './chart-doubts.ts';
import type { Paint } from './ecr-summary.ts';

function statusWord(row: ReportedChart, paint: Paint): string {
  const word = row.status.padEnd(15);
  return isGoodChart(row) ? paint('green', word) : paint('red', word.toUpperCase());
}

function proofText(row: ReportedChart): string {
  if (row.proof.state === 'not-run') return '';
  const known = counted(row.images.length, 'image', 'images');
  const others = row.images.length === 0 ? '' : ` (${known} known otherwise)`;
  const images = rendersNoImage(row) ? `NO IMAGES with these values${others}` : known;
  if (row.proof.state === 'not-proven') return `, ${images}, NOT PROVEN`;
  const schema = row.proof.schemaChecked ? '' : ', schema not checked';
  const consumer = row.consumer.state === 'not-proven' ? ', values for the original chart NOT PROVEN' : '';
  const earlier = row.proof.earlier ? ' by an earlier run' : '';
  const proven = rendersNoImage(row)
    ? ''
    : `, ${counted(row.proof.references, 'reference', 'references')} proven${earlier}`;
  return `, ${images}${proven}${schema}${consumer}`;
}

/** The version as it is published, with its suffix; the one asked for where none was found. */
function versionText(row: ReportedChart): string {
  const tag = row.destination === null ? undefined : /:([^:/]+)$/.exec(row.destination)?.[1];
  return tag?.replaceAll('_', '+') ?? row.version ?? row.requested;
}

/** The chart, and its release where that has another name. */
export function releaseName({ chart, release }: Pick<ReportedChart, 'chart' | 'release'>): string {
  return release === chart ? chart : `${chart} (${release})`;
}

/** How a release ended, on one line. */
export function chartLine(row: ReportedChart, paint: Paint): string {
  const release = row.release === row.chart ? '' : ` (${row.release})`;
  return `${statusWord(row, paint)} ${row.chart} ${versionText(row)}${release}${proofText(row)}`;
}
