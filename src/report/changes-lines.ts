import { counted } from '../domain/report/counted.ts';
import { isAtTarget, isGoodChart } from '../domain/report/good-ends.ts';
import type { Report, ReportedImage } from '../domain/report/report.ts';
import type { ChangedChart, ChangedImage, ReportedChanges, TurnedRow } from '../domain/report/reported-changes.ts';
import { needsAttention } from './attention.ts';

/** How many rows of a kind are named; the others are counted. */
const NAMED = 10;

/** A change as a word and what it is about. */
export interface ChangeLine {
  readonly word: string;
  readonly text: string;
  readonly isBad: boolean;
}

function chartName({ chart, release }: ChangedChart): string {
  return chart === release ? chart : `${chart} (${release})`;
}

function chartText(row: ChangedChart): string {
  const { before, after, what } = row;
  const versions =
    before !== null && after !== null && before !== after ? `${before} → ${after}` : (after ?? before ?? '');
  const others = what.filter((one) => one !== 'version');
  const more = others.length === 0 ? '' : ` (${others.join(', ')})`;
  return `${chartName(row)} ${versions}${more}`.trim();
}

function shortDigest(digest: string | null): string {
  return digest === null ? 'nothing' : digest.slice(0, 'sha256:'.length + 12);
}

function imageText({ source, before, after }: ChangedImage): string {
  return before !== null && after !== null ? `${source} ${shortDigest(before)} → ${shortDigest(after)}` : source;
}

function turnText({ name, before, after, code }: TurnedRow): string {
  return `${name}: ${before ?? 'not there'} → ${after}${code === null ? '' : ` (${code})`}`;
}

function lines(word: string, texts: readonly string[], isBad = false): readonly ChangeLine[] {
  const named = texts.length > NAMED + 1 ? texts.slice(0, NAMED) : texts;
  const left = texts.length - named.length;
  const all = left === 0 ? named : [...named, `and ${left} more: changes in the report`];
  return all.map((text) => ({ word, text, isBad }));
}

/** Every change, what fails first. */
export function changeLines(changes: ReportedChanges): readonly ChangeLine[] {
  const { charts, images, newlyFailing, stillFailing, recovered } = changes;
  return [
    ...lines('newly failing', newlyFailing.map(turnText), true),
    ...lines('still failing', stillFailing.map(turnText), true),
    ...lines('recovered', recovered.map(turnText)),
    ...lines('new chart', charts.new.map(chartText)),
    ...lines('changed chart', charts.changed.map(chartText)),
    ...lines('gone chart', charts.gone.map(chartText)),
    ...lines('new image', images.new.map(imageText)),
    ...lines('changed image', images.changed.map(imageText)),
    ...lines('gone image', images.gone.map(imageText)),
  ];
}

/** How many charts and images are not as they were: one that is new and fails counts once. What fails as before is told beside it. */
export function changeCount({ charts, images, newlyFailing, stillFailing, recovered }: ReportedChanges): string {
  const changed = new Set([
    ...Object.values(charts).flatMap((rows) => rows.map((row) => `chart ${chartName(row)}`)),
    ...Object.values(images).flatMap((rows) => rows.map(({ source }) => `image ${source}`)),
    ...[...newlyFailing, ...recovered].map(({ kind, name }) => `${kind} ${name}`),
  ]);
  const same = new Set(stillFailing.map(({ kind, name }) => `${kind} ${name}`));
  const count = changed.size === 0 ? 'no chart and no image differs' : counted(changed.size, 'change', 'changes');
  return same.size === 0 ? count : `${count}; ${same.size} still ${same.size === 1 ? 'fails' : 'fail'}`;
}

/** Whether there is nothing to tell but what the earlier run has told. */
export function isUnchanged({ nothing, sameFailures }: ReportedChanges): boolean {
  return nothing || sameFailures;
}

/** A remark where the two runs are hardly to be compared; undefined where they are. */
export function comparisonRemark({ previous }: ReportedChanges, { target, scanOnly }: Report): string | undefined {
  const differences = [
    ...(previous.target === target ? [] : [`its target was ${previous.target}`]),
    ...(previous.scanOnly === scanOnly ? [] : [previous.scanOnly ? 'it was a scan' : 'it was no scan']),
    ...(previous.exitCode === 0 ? [] : [`it ended with exit code ${previous.exitCode}`]),
  ];
  return differences.length === 0 ? undefined : differences.join(', ');
}

/** What is there, as far as the run knows; the rest is counted beside it and never among it. */
function whatIsThere({ charts, images, scanOnly }: Report): string {
  const isThere = ({ status }: ReportedImage): boolean =>
    isAtTarget(status) || (scanOnly && (status === 'to-copy' || status === 'present'));
  const there = images.filter(isThere).length;
  const left = images.length - there;
  const sum = `${counted(charts.filter(isGoodChart).length, 'chart', 'charts')} and ${counted(there, 'image', 'images')}`;
  return left === 0 ? sum : `${sum} (${left} NOT)`;
}

/** `the same 2 charts and 1 image fail (IMAGE_SOURCE_ABSENT, RATE_LIMITED)`. Images that charts wait for are not told beside them. */
function sameFailing(report: Report): string {
  const failed = needsAttention(report).filter(({ isDoubt }) => !isDoubt);
  const isChart = failed.some(({ kind }) => kind === 'chart');
  const used = new Set(report.images.flatMap(({ source, usedBy }) => (usedBy.length > 0 ? [source] : [])));
  const told = failed.filter(({ kind, name }) => !(isChart && kind === 'image' && used.has(name)));
  const count = (own: string): number => told.filter(({ kind }) => kind === own).length;
  const others = told.length - count('chart') - count('image');
  const parts = [
    ...(count('chart') === 0 ? [] : [counted(count('chart'), 'chart', 'charts')]),
    ...(count('image') === 0 ? [] : [counted(count('image'), 'image', 'images')]),
    ...(others === 0 ? [] : [counted(others, 'other thing', 'other things')]),
  ];
  const codes = [...new Set(told.map(({ code }) => code))].filter((code) => code !== '');
  const why = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  return `the same ${parts.join(' and ')} ${told.length === 1 ? 'fails' : 'fail'}${why}`;
}

/**
 * `nothing has changed since 2026-11-21 02:18 UTC: 2 charts and 7 images are at registry.example.com/platform`. Where the same fails
 * as then, that comes first.
 */
export function nothingChanged({ previous, sameFailures }: ReportedChanges, report: Report): string {
  const since = minuteOf(previous.finishedAt);
  if (sameFailures) return `nothing has changed since ${since}: ${sameFailing(report)}`;
  const open = needsAttention(report).length;
  const more = open === 0 ? '' : `; ${counted(open, 'thing', 'things')} to look at in report.html`;
  const where = `${report.scanOnly ? 'would be' : 'are'} at ${report.target}`;
  return `nothing has changed since ${since}: ${whatIsThere(report)} ${where}${more}`;
}

/** A moment for people: `2026-11-21 02:18 UTC`. What is no moment stays as it is. */
export function minuteOf(moment: string): string {
  const [, day, minute] = /^([0-9-]{10})T([0-9]{2}:[0-9]{2}):/.exec(moment) ?? [];
  return day === undefined || minute === undefined ? moment : `${day} ${minute} UTC`;
}
