import { styleText } from 'node:util';
import { counted } from '../domain/report/counted.ts';
import { isGoodChart } from '../domain/report/good-ends.ts';
import type { ChartStatus, Report, ReportedChart, ReportedImage } from '../domain/report/report.ts';
import { formatSize } from '../domain/report/size.ts';
import { artifactLines } from './artifact-summary.ts';
import { needsAttention } from './attention.ts';
import { changeLines, comparisonRemark, minuteOf, nothingChanged } from './changes-lines.ts';
import { proofDoubts, rendersNoImage } from './chart-doubts.ts';
import { ecrLines, type Paint } from './ecr-summary.ts';
import { hiddenLines } from './hidden-summary.ts';
import { pinLines } from './pins-summary.ts';
import { isRefusedByPlan, planLines } from './plan-summary.ts';
import { signatureLines } from './signature-summary.ts';
import { verdictOf } from './verdict.ts';

const GOOD: ReadonlySet<ChartStatus> = new Set(['pushed', 'present', 'ready']);

/** How many lines of one kind are shown; the others are counted, so that all of it fits one screen. */
const SHOWN = 20;

/** The first lines, and how many are left out. */
function bounded(lines: readonly string[], what: string): readonly string[] {
  const left = lines.length - SHOWN;
  return left <= 1 ? lines : [...lines.slice(0, SHOWN), `${'…'.padEnd(15)} and ${left} more: ${what} in the report`];
}

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

function chartLines(row: ReportedChart, paint: Paint): readonly string[] {
  const release = row.release === row.chart ? '' : ` (${row.release})`;
  const head = `${statusWord(row, paint)} ${row.chart} ${versionText(row)}${release}${proofText(row)}`;
  if (row.error === null) return [head];
  const hint = row.error.hint === null ? [] : [`                  → ${row.error.hint}`];
  return [head, `                  ${row.error.code}: ${row.error.message}`, ...hint];
}

/** A line per release; of many that ended well a count, since the others are what matters. */
function charts({ charts: rows }: Report, paint: Paint): readonly string[] {
  const fine = rows.filter((row) => isGoodChart(row) && proofDoubts(row).length === 0);
  if (fine.length <= SHOWN) return rows.flatMap((row) => chartLines(row, paint));
  const counts = new Map<string, number>();
  for (const { status } of fine) counts.set(status, (counts.get(status) ?? 0) + 1);
  const lines = [...counts].map(
    ([status, count]) => `${paint('green', status.padEnd(15))} ${counted(count, 'release', 'releases')}, proven`,
  );
  const others = rows.filter((row) => !fine.includes(row)).flatMap((row) => chartLines(row, paint));
  return [...lines, ...bounded(others, 'charts')];
}

function imageLines(report: Report, paint: Paint): readonly string[] {
  const counts = Object.entries(report.totals.images).map(([status, count]) => `${count} ${status}`);
  const bad = report.images.filter(
    ({ status, error }) =>
      status === 'refused' ||
      status === 'failed' ||
      // what a plan has stopped is told once
      (status === 'unfinished' && (error !== null || !isRefusedByPlan(report))),
  );
  const lines = ({ status, source, error, usedBy }: ReportedImage): readonly string[] => {
    const head = `${paint('red', status.toUpperCase().padEnd(15))} ${source}`;
    if (error === null) return [head];
    // charts that use it say what to do
    const hint = error.hint === null || usedBy.length > 0 ? [] : [`                  → ${error.hint}`];
    return [`${head}: ${error.code} ${error.message}`, ...hint];
  };
  const total =
    report.images.length === 0
      ? 'images: none'
      : `images: ${counts.join(', ')}; ${formatSize(report.totals.bytesCopied)} copied`;
  return [...bounded(bad.flatMap(lines), 'images'), ...bounded(doubtLines(report, paint), 'images'), total];
}

/** Images that a run leaves out, each with its reason, since nobody saw them at their sources. */
function doubtLines({ images, scanOnly }: Report, paint: Paint): readonly string[] {
  const word = paint('yellow', (scanOnly ? 'not confirmed' : 'NOT COPIED').padEnd(15));
  return images
    .filter(({ status }) => status === 'unconfirmed')
    .map(
      ({ source, reason }) => `${word} ${reason?.startsWith(`${source} `) === true ? reason : `${source}: ${reason}`}`,
    );
}

/** What a run would do, image by image and chart by chart. */
function scanLines({ scanOnly, images, charts }: Report): readonly string[] {
  if (!scanOnly) return [];
  const copies = images
    .filter(({ status }) => status === 'to-copy')
    .map(({ source, destination }) => `${'to copy'.padEnd(15)} ${source} → ${destination}`);
  const pushed = charts.filter(({ status }) => GOOD.has(status)).map(({ destination }) => destination);
  const pushes = [...new Set(pushed)].map((destination) => `${'to push'.padEnd(15)} ${destination}`);
  return [...bounded(copies, 'images'), ...bounded(pushes, 'charts')];
}

/** Which pods do not get the pull secret, and the way by their service accounts. */
function pullSecretLines({ charts }: Report, paint: Paint): readonly string[] {
  const rows = charts.flatMap((row) => (row.pullSecret === null ? [] : [{ row, secret: row.pullSecret }]));
  const [first] = rows;
  if (first === undefined) return [];
  const served = rows.reduce((sum, { secret }) => sum + secret.served, 0);
  const open = rows.filter(({ secret }) => secret.unserved.length > 0);
  const unserved = open.reduce((sum, { secret }) => sum + secret.unserved.length, 0);
  const lines = open.flatMap(({ row, secret }) => [
    `${paint('yellow', 'no pull secret'.padEnd(15))} ${row.chart} (${row.release}): ${secret.unserved.join('; ')}`,
    ...secret.commands.map((command) => `                  → ${command}`),
  ]);
  return [
    ...bounded(lines, 'pullSecret of charts'),
    `pull secret ${first.secret.name}: ${served} of ${counted(served + unserved, 'pod spec', 'pod specs')} have it`,
  ];
}

function closing(report: Report): readonly string[] {
  const { addons } = report.totals;
  const skipped = addons.unmirrorable === 0 ? '' : `, ${addons.unmirrorable} cannot be mirrored`;
  const counts = `addons: ${addons.declared} declared, ${addons.done} done, ${addons.failed} not done${skipped}`;
  const said = report.mode === 'list' ? [] : [counts];
  const asked = report.ecr === null ? 'and the target was not asked' : 'and the target was asked for repositories only';
  const isScan = report.scanOnly && !report.interrupted;
  const codes = new Set(needsAttention(report).map(({ code }) => code));
  const [code] = [...codes].filter((one) => one !== '');
  const next =
    report.exitCode !== 1 || code === undefined
      ? []
      : [`→ airgap-charts errors ${code} explains a code; report.html has all of it`];
  return [...(isScan ? [`scan only: nothing was pushed, ${asked}`] : []), ...said, verdictOf(report), ...next];
}

function changeSummary(report: Report, paint: Paint): readonly string[] {
  const { changes } = report;
  if (changes === null) return [];
  const since = minuteOf(changes.previous.finishedAt);
  const remark = comparisonRemark(changes, report);
  const lines = changeLines(changes);
  const rows = lines.map(({ word, text, isBad }) => `${paint(isBad ? 'red' : 'yellow', word.padEnd(15))} ${text}`);
  const said = remark === undefined ? '' : ` (${remark})`;
  const count = rows.length === 0 ? 'no chart and no image differs' : counted(rows.length, 'line', 'lines');
  return [...rows, `since ${since}${said}: ${count}`];
}

/**
 * The closing summary: a line per chart, failures with what to do, counts. One line where nothing has changed since the run that
 * this one is compared with. `color` only for terminals.
 */
export function summaryText(report: Report, color: boolean): string {
  if (report.changes?.nothing === true) return `${nothingChanged(report.changes, report)}\n`;
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const unmirrorable = report.unmirrorable.map(
    ({ key, place, reason }) => `${'not mirrored'.padEnd(15)} ${key} (${place.file}:${place.line}): ${reason}`,
  );
  const notes = report.charts.flatMap((row) => row.notes.map((note) => `note: ${row.chart} (${row.release}): ${note}`));
  const lines = [
    ...charts(report, paint),
    ...unmirrorable,
    ...scanLines(report),
    ...imageLines(report, paint),
    ...artifactLines(report, paint),
    ...signatureLines(report, paint),
    ...hiddenLines(report, paint),
    ...pullSecretLines(report, paint),
    ...pinLines(report, paint),
    ...ecrLines(report, paint),
    ...report.notes.map((note) => `note: ${note}`),
    ...bounded(notes, 'notes of charts'),
    ...planLines(report, paint),
    ...changeSummary(report, paint),
    ...closing(report),
  ];
  return `${lines.join('\n')}\n`;
}
