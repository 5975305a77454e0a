import { counted } from '../domain/report/counted.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import { formatSize } from '../domain/report/size.ts';
import { type Attention, needsAttention } from './attention.ts';
import { changeLines, comparisonRemark, isUnchanged, minuteOf, nothingChanged } from './changes-lines.ts';
import { rendersNoImage } from './chart-doubts.ts';
import { verdictOf } from './verdict.ts';

/** How many rows a table has at most: the page is one for a comment of a merge request, which takes 65,536 characters. */
const ROWS = 40;

/** How long a text in a table may be. */
const CELL = 300;

/** Text as text: nothing in it is read as Markdown or HTML, mentions somebody or ends a cell. */
function plain(text: string): string {
  const short = text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text;
  return short
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]#|~>]/g, (sign) => `\\${sign}`)
    .replace(/@/g, '@\u200b');
}

/** A reference or a digest, unchanged for those who copy it. */
function code(text: string): string {
  const clean = text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
  return clean.includes('`') ? plain(text) : `\`${clean}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], more: string): readonly string[] {
  const shown = rows.slice(0, ROWS);
  const left = rows.length - shown.length;
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...shown.map((cells) => `| ${cells.join(' | ')} |`),
    ...(left === 0 ? [] : ['', `… and ${left} more: ${more} in report.json.`]),
    '',
  ];
}

function attentionRow({ kind, name, status, code: errorCode, message, next }: Attention): readonly string[] {
  const why = [errorCode === '' ? '' : `**${errorCode}**`, plain(message)].filter((part) => part !== '').join(' ');
  return [kind, code(name), status, why, plain(next)];
}

function attention(report: Report): readonly string[] {
  const rows = needsAttention(report);
  if (rows.length === 0) return [];
  return [
    '### To look at',
    '',
    ...table(['What', 'Name', 'Status', 'Why', 'Next'], rows.map(attentionRow), 'all of it is'),
  ];
}

function changes(report: Report): readonly string[] {
  if (report.changes === null) return [];
  const title = `### Since ${minuteOf(report.changes.previous.finishedAt)}`;
  const remark = comparisonRemark(report.changes, report);
  const said = remark === undefined ? [] : [`The earlier run is not quite like this one: ${plain(remark)}.`, ''];
  if (isUnchanged(report.changes)) return [title, '', `${plain(nothingChanged(report.changes, report))}.`, ''];
  const lines = changeLines(report.changes);
  if (lines.length === 0) return [title, '', ...said, 'No chart and no image differs.', ''];
  return [
    title,
    '',
    ...said,
    ...lines.map(({ word, text, isBad }) => `- ${isBad ? `**${word}**` : word}: ${plain(text)}`),
    '',
  ];
}

function proofText(row: ReportedChart): string {
  const { proof } = row;
  if (proof.state === 'not-run') return '';
  if (proof.state === 'not-proven') return '**not proven**';
  if (rendersNoImage(row)) return '**no images**';
  return `${counted(proof.references, 'reference', 'references')}${proof.schemaChecked ? '' : ', schema not checked'}`;
}

function charts({ charts: rows }: Report): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    code(row.release === row.chart ? row.chart : `${row.chart} (${row.release})`),
    plain(row.version ?? row.requested),
    row.status,
    proofText(row),
    String(row.images.length),
  ]);
  return ['### Charts', '', ...table(['Chart', 'Version', 'Status', 'Proof', 'Images'], cells, 'charts')];
}

/** Images behind other values, each once; those that are not there are what somebody finds out later. */
function furtherImages(charts: readonly ReportedChart[]): string {
  const hidden = new Map(charts.flatMap(({ hiddenImages }) => hiddenImages.map((row) => [row.image, row])));
  if (hidden.size === 0) return '';
  const left = [...hidden.values()].filter(({ mirrored }) => !mirrored).length;
  const unseen = [...hidden.values()].filter(({ confirmation }) => confirmation === 'unconfirmed').length;
  const doubt = unseen === 0 ? '' : `, ${unseen} not confirmed at the source`;
  return ` With other values: ${counted(hidden.size, 'further image', 'further images')}, ${left} not mirrored${doubt}.`;
}

function totals({ totals: { images, bytesCopied }, images: rows, charts: releases }: Report): readonly string[] {
  const counts = Object.entries(images).map(([status, count]) => `${count} ${status}`);
  const parts = rows.length === 0 ? 'none' : `${counts.join(', ')}; ${formatSize(bytesCopied)} copied`;
  const first = releases.length === 0 ? '' : `${counted(releases.length, 'release', 'releases')} of charts. `;
  return [`${first}Images: ${parts}.${furtherImages(releases)}`, ''];
}

/**
 * A run on one page of Markdown, for the summary of a job or a comment at a merge request: the verdict, what needs somebody,
 * what has changed, the charts. Long lists are cut, and say so.
 */
export function markdownText(report: Report): string {
  const { target, startedAt, finishedAt, scanOnly } = report;
  const seconds = Math.max(0, Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000));
  const head = [
    `## airgap-charts: ${plain(verdictOf(report))}`,
    '',
    `${scanOnly ? 'A scan' : 'A run'} for ${code(target)}, ${minuteOf(startedAt)}, ${seconds} s.`,
    '',
  ];
  const lines = [...head, ...totals(report), ...attention(report), ...changes(report), ...charts(report)];
  return `${lines.join('\n').trimEnd()}\n`;
}
