import { styleText } from 'node:util';
import { counted } from '../domain/report/counted.ts';
import { isGoodChart } from '../domain/report/good-ends.ts';
import type { Report, ReportedChart } from '../domain/report/report.ts';
import { formatSize } from '../domain/report/size.ts';
import { artifactsTold } from './artifact-summary.ts';
import { changeCount, changeLines, comparisonRemark, isUnchanged, minuteOf, nothingChanged } from './changes-lines.ts';
import { proofDoubts } from './chart-doubts.ts';
import { chartLine } from './chart-line.ts';
import { ecrTold, type Paint, policyBlocks } from './ecr-summary.ts';
import { failedCharts, failedImages, failureBlocks, SUMMARY } from './failure-groups.ts';
import { always, type Block, eachLine, fitParts, type Part } from './fit-parts.ts';
import { hiddenTold } from './hidden-summary.ts';
import { pinsTold } from './pins-summary.ts';
import { planTold } from './plan-summary.ts';
import { pullSecretTold } from './pull-secret-summary.ts';
import type { Screen } from './screen.ts';
import { signaturesTold } from './signature-summary.ts';
import { verdictOf } from './verdict.ts';

/** More releases that ended well are only counted: the others are what matters. */
const MOST_GOOD = 20;

/** A line that stands for what is cut; the word at its head is as wide as those of other lines. */
function cutLine(left: number, what: readonly [string, string]): string {
  return `${'…'.padEnd(15)} and ${counted(left, ...what)}: all in the report`;
}

/** What failed: it is cut only with a line that counts it. */
function failedPart(
  name: string,
  blocks: Pick<Part, 'blocks' | 'brief'>,
  what: readonly [one: string, more: string],
  paint: Paint,
): Part {
  const cut = (left: number): string => paint('red', cutLine(left, what));
  return { name, ...blocks, cut, mayGo: false };
}

function listPart(name: string, blocks: readonly Block[], what: readonly [one: string, more: string]): Part {
  return { name, blocks, cut: (left) => cutLine(left, what), mayGo: true };
}

/** The releases that are done, and of which nothing is doubtful: one by one, or by how they ended. */
function goodCharts({ charts }: Report, paint: Paint): Part {
  const fine = charts.filter((row) => isGoodChart(row) && proofDoubts(row).length === 0);
  const counts = new Map<string, number>();
  for (const { status } of fine) counts.set(status, (counts.get(status) ?? 0) + 1);
  const brief = [...counts].map(([status, count]) => ({
    lines: [`${paint('green', status.padEnd(15))} ${counted(count, 'release', 'releases')}, proven`],
    count,
  }));
  const blocks = fine.length > MOST_GOOD ? brief : eachLine(fine.map((row) => chartLine(row, paint)));
  return { name: 'releases that are done', blocks, brief, cut: undefined, mayGo: false };
}

function doubtfulCharts({ charts }: Report, paint: Paint): readonly string[] {
  const isDoubtful = (row: ReportedChart): boolean => isGoodChart(row) && proofDoubts(row).length > 0;
  return charts.filter(isDoubtful).map((row) => chartLine(row, paint));
}

/** Images that a run leaves out, each with its reason, since nobody saw them at their sources. */
function unconfirmed({ images, scanOnly }: Report, paint: Paint): readonly string[] {
  const word = paint('yellow', (scanOnly ? 'not confirmed' : 'NOT COPIED').padEnd(15));
  return images
    .filter(({ status }) => status === 'unconfirmed')
    .map(
      ({ source, reason }) => `${word} ${reason?.startsWith(`${source} `) === true ? reason : `${source}: ${reason}`}`,
    );
}

/** What a run would do, image by image and chart by chart. */
function scanParts({ scanOnly, images, charts }: Report): readonly Part[] {
  if (!scanOnly) return [];
  const copies = images
    .filter(({ status }) => status === 'to-copy')
    .map(({ source, destination }) => `${'to copy'.padEnd(15)} ${source} → ${destination}`);
  const pushed = charts.filter((row) => isGoodChart({ ...row, error: null })).map(({ destination }) => destination);
  const pushes = [...new Set(pushed)].map((destination) => `${'to push'.padEnd(15)} ${destination}`);
  return [
    listPart('images to copy', eachLine(copies), ['more image to copy', 'more images to copy']),
    listPart('charts to push', eachLine(pushes), ['more chart to push', 'more charts to push']),
  ];
}

function imageTotal({ images, totals }: Report): string {
  const counts = Object.entries(totals.images).map(([status, count]) => `${count} ${status}`);
  return images.length === 0
    ? 'images: none'
    : `images: ${counts.join(', ')}; ${formatSize(totals.bytesCopied)} copied`;
}

function closing(report: Report, paint: Paint): readonly string[] {
  const { addons } = report.totals;
  const skipped = addons.unmirrorable === 0 ? '' : `, ${addons.unmirrorable} cannot be mirrored`;
  const counts = `addons: ${addons.declared} declared, ${addons.done} done, ${addons.failed} not done${skipped}`;
  const said = report.mode === 'list' ? [] : [counts];
  const asked = report.ecr === null ? 'and the target was not asked' : 'and the target was asked for repositories only';
  const isScan = report.scanOnly && !report.interrupted;
  const verdict = verdictOf(report);
  const end = report.exitCode === 0 ? verdict : paint('red', verdict);
  return [...(isScan ? [`scan only: nothing was pushed, ${asked}`] : []), ...said, end];
}

function changeParts(report: Report, paint: Paint): readonly Part[] {
  const { changes } = report;
  if (changes === null) return [];
  const since = minuteOf(changes.previous.finishedAt);
  const remark = comparisonRemark(changes, report);
  const rows = changeLines(changes).map(
    ({ word, text, isBad }) => `${paint(isBad ? 'red' : 'yellow', word.padEnd(15))} ${text}`,
  );
  const said = remark === undefined ? '' : ` (${remark})`;
  return [
    listPart('changes', eachLine(rows), ['more line of changes', 'more lines of changes']),
    always([`since ${since}${said}: ${changeCount(changes)}`]),
  ];
}

/** All that is said, by how much it matters: what failed, what is doubtful, what is done, remarks, totals, the end. */
function partsOf(report: Report, screen: Screen, paint: Paint): readonly Part[] {
  const subjects = [artifactsTold, signaturesTold, hiddenTold, pullSecretTold, pinsTold, ecrTold].map((tell) =>
    tell(report, paint),
  );
  const plan = planTold(report, paint);
  const failures = (all: ReturnType<typeof failedCharts>, what: readonly [string, string]) =>
    failureBlocks(all, what, { ...SUMMARY, columns: screen.columns, paint });
  const charts = failures(failedCharts(report, paint), ['chart', 'charts']);
  const images = failures(failedImages(report, screen, paint), ['image', 'images']);
  const others = subjects.flatMap(({ failed }) => failed);
  const unmirrorable = report.unmirrorable.map(
    ({ key, place, reason }) => `${'not mirrored'.padEnd(15)} ${key} (${place.file}:${place.line}): ${reason}`,
  );
  const doubts = [...doubtfulCharts(report, paint), ...unmirrorable, ...unconfirmed(report, paint)];
  const notes = [
    ...report.notes.map((note) => `note: ${note}`),
    ...report.charts.flatMap((row) => row.notes.map((note) => `note: ${row.chart} (${row.release}): ${note}`)),
  ];
  const policy = listPart('the IAM policy', policyBlocks(report), [
    'text: the least IAM policy',
    'texts of the IAM policy',
  ]);
  return [
    failedPart('plan', { blocks: plan.failed }, ['more thing NOT as planned', 'more things NOT as planned'], paint),
    failedPart('charts', charts, ['more chart NOT done', 'more charts NOT done'], paint),
    failedPart('images', images, ['more image NOT done', 'more images NOT done'], paint),
    failedPart('others', { blocks: others }, ['other thing NOT done', 'other things NOT done'], paint),
    listPart('doubtful', eachLine(doubts), ['more to look at', 'more to look at']),
    listPart(
      'doubtful beside it',
      subjects.flatMap(({ doubtful }) => doubtful),
      ['more to look at', 'more to look at'],
    ),
    goodCharts(report, paint),
    ...scanParts(report),
    listPart(
      'repositories',
      subjects.flatMap(({ listed }) => listed),
      ['more repository', 'more repositories'],
    ),
    // a log is where it is copied from
    screen.columns === undefined ? { ...policy, cut: undefined, mayGo: false } : policy,
    listPart('notes', eachLine(notes), ['more note', 'more notes']),
    ...changeParts(report, paint),
    always([imageTotal(report), ...[...subjects, plan].flatMap(({ totals }) => totals), ...closing(report, paint)]),
  ];
}

/**
 * The closing summary, on one screen: what failed with what to do, what is doubtful, counts, the verdict. What is cut is counted;
 * the report has all of it. One line where nothing has changed since the run that this one is compared with, and the verdict beside
 * it where the same failed as then. `color` only for terminals.
 */
export function summaryText(report: Report, color: boolean, screen: Screen): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const { changes } = report;
  const unchanged = changes !== null && isUnchanged(changes) ? [nothingChanged(changes, report)] : undefined;
  const end = report.exitCode === 0 ? [] : [paint('red', verdictOf(report))];
  const parts = unchanged === undefined ? partsOf(report, screen, paint) : [always([...unchanged, ...end])];
  return `${fitParts(parts, screen).join('\n')}\n`;
}
