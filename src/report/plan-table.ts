import { styleText } from 'node:util';
import { counted } from '../domain/report/counted.ts';
import { formatSize } from '../domain/report/size.ts';
import { loadOf } from '../domain/run-plan/bytes.ts';
import { releaseKey } from '../domain/run-plan/compare.ts';
import { NO_HINTS, type PlanHints } from '../domain/run-plan/hints.ts';
import {
  imageKey,
  isMoved,
  type Plan,
  type PlannedChart,
  type PlannedImage,
  type PlannedRequests,
} from '../domain/run-plan/plan.ts';
import { quotaText, readsLeft, shortage } from '../domain/run-plan/requests.ts';
import { doubledBytes } from '../domain/run-plan/split.ts';
import type { Paint } from './ecr-summary.ts';
import { failureBlocks, type Layout, namesWithin } from './failure-groups.ts';
import { always, eachLine, fitParts, type Part } from './fit-parts.ts';
import { nextOfPlan, nextOfShards } from './next-step.ts';
import { artifactLines } from './plan-artifacts.ts';
import { folded, rowsOf, type Screen, without } from './screen.ts';

function painterOf(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

/** How wide the word at the head of a line is. */
const WORD = 12;

const BAD: ReadonlySet<string> = new Set(['refused', 'failed', 'not-proven']);

function word(decision: string, paint: Paint): string {
  const text = decision.padEnd(WORD);
  if (BAD.has(decision)) return paint('red', text.toUpperCase());
  return decision === 'replace' || decision === 'unconfirmed' ? paint('yellow', text) : paint('green', text);
}

/** What an error says begins with the image as a rule; it is not named twice. */
function because(name: string, reason: string | null): string {
  return reason?.startsWith(`${name} `) === true ? reason : `${name}: ${reason}`;
}

function chartLine(row: PlannedChart, paint: Paint): string {
  const { chart, release, version, destination, decision, reason } = row;
  const name = `${chart}${version === null ? '' : ` ${version}`}${release === chart ? '' : ` (${release})`}`;
  const rest = reason === null ? ` → ${destination}` : `: ${reason}`;
  return `${word(decision, paint)} ${name}${rest}`;
}

function sizeText({ bytes, digest }: PlannedImage): string {
  return `${bytes === null ? 'size unknown' : formatSize(bytes)}, ${digest?.slice(0, 19) ?? 'no digest'}`;
}

function imageLine(row: PlannedImage, paint: Paint): string {
  const { source, destination, decision, reason } = row;
  if (!isMoved(row)) return `${word(decision, paint)} ${because(source, reason)}`;
  const why = decision === 'replace' ? `; ${reason}` : '';
  return `${word(decision, paint)} ${source} → ${destination} (${sizeText(row)}${why})`;
}

/** What makes a plan incomplete, with what to do; on a screen, images of which a chart says the same are told with it. */
function refusedParts({ charts, images }: Plan, hints: PlanHints, layout: Layout): readonly Part[] {
  const { paint } = layout;
  const bad = charts.filter(({ decision }) => BAD.has(decision));
  const isTold = ({ source, reason, usedBy }: PlannedImage): boolean =>
    reason !== null &&
    bad.some((row) => usedBy.includes(row.release) && (row.reason === reason || row.reason?.includes(source) === true));
  const ofCharts = bad.map((row) => ({
    ...{
      name: row.release === row.chart ? row.chart : `${row.chart} (${row.release})`,
      status: row.decision,
      code: '',
    },
    ...{ lines: [chartLine(row, paint)], message: row.reason ?? '', hint: hints.charts.get(releaseKey(row)) ?? '' },
  }));
  const ofImages = images
    .filter((row) => BAD.has(row.decision) && (layout.columns === undefined || !isTold(row)))
    .map((row) => ({
      ...{ name: row.source, status: row.decision, code: '', message: row.reason ?? '' },
      ...{ lines: [imageLine(row, paint)], hint: hints.images.get(imageKey(row)) ?? '' },
    }));
  const cut = (left: number, what: string): string => paint('red', `${'…'.padEnd(WORD)} and ${left} more ${what}`);
  return [
    {
      ...{ name: 'charts that are refused', ...failureBlocks(ofCharts, ['chart', 'charts'], layout), mayGo: false },
      cut: (left) => cut(left, `${left === 1 ? 'chart' : 'charts'} REFUSED or failed: all in the plan`),
    },
    {
      ...{ name: 'images that are refused', ...failureBlocks(ofImages, ['image', 'images'], layout), mayGo: false },
      cut: (left) => cut(left, `${left === 1 ? 'image' : 'images'} REFUSED or failed: all in the plan`),
    },
  ];
}

function listPart(name: string, lines: readonly string[], what: readonly [string, string]): Part {
  const cut = (left: number): string => `${'…'.padEnd(WORD)} and ${counted(left, ...what)} in the plan`;
  return { name, blocks: eachLine(lines), cut, mayGo: true };
}

/** What is to be looked at, then what is pushed and copied; what is there already is only counted. */
function rowParts({ charts, images }: Plan, paint: Paint): readonly Part[] {
  const those = (decisions: readonly string[]): readonly string[] =>
    decisions.flatMap((one) => images.filter(({ decision }) => decision === one)).map((row) => imageLine(row, paint));
  const good = charts.filter(({ decision }) => !BAD.has(decision)).map((row) => chartLine(row, paint));
  const more = ['more image', 'more images'] as const;
  return [
    listPart('images to look at', those(['replace', 'unconfirmed', 'kept']), more),
    listPart('charts', good, ['more chart', 'more charts']),
    listPart('images to copy', those(['copy']), more),
  ];
}

function counts(rows: readonly { readonly decision: string }[]): string {
  const found = new Map<string, number>();
  for (const { decision } of rows) found.set(decision, (found.get(decision) ?? 0) + 1);
  return [...found].map(([decision, count]) => `${count} ${decision}`).join(', ');
}

/** Bytes that are not known are never left out silently. */
function bytesText(images: readonly PlannedImage[]): string {
  const { bytes, unknown } = loadOf(images);
  if (!images.some(isMoved)) return 'nothing to move';
  const known = bytes === 0 && unknown > 0 ? [] : [`${formatSize(bytes)} to move, each layer once`];
  const open =
    unknown === 0 ? [] : [`the size of ${counted(unknown, 'image', 'images')} is UNKNOWN, not every manifest was read`];
  return [...known, ...open].join('; ');
}

function repositoryLines({ repositories }: Plan, { columns }: Screen): readonly string[] {
  const listed = (names: readonly string[]): string =>
    columns === undefined ? names.join(', ') : namesWithin(names, columns);
  if (repositories === null) return ['repositories: made by the registry on the first push'];
  const made = repositories.filter(({ create }) => create).map(({ name }) => name);
  const changed = repositories
    .filter(({ create }) => !create)
    .map(({ name, changes }) => `${name} (${changes.join(', ')})`);
  const create = made.length === 0 ? 'none to create' : `${made.length} to create: ${listed(made)}`;
  return [`repositories: ${create}${changed.length === 0 ? '' : `; to change: ${listed(changed)}`}`];
}

function requestLines(row: PlannedRequests, manifests: string, paint: Paint): readonly string[] {
  const { registry, exact, kept, quota } = row;
  const atLeast = exact ? '' : 'at least ';
  const left = readsLeft(row);
  const had = kept === 0 ? '' : `, ${left === 0 ? 'all' : kept} of them kept in ${manifests}`;
  const said = quota === null ? '' : `; ${quotaText(quota)}`;
  const line = `requests: ${atLeast}${counted(row.manifests, 'manifest read', 'manifest reads')} at ${registry}${had}${said}`;
  const short = shortage(row);
  if (short === 'none') return [line];
  const without = short === 'without-kept' ? `without ${manifests}, ` : '';
  const warning = `${without}that is more than ${registry} still answers: log in there, or wait for the next window`;
  return [line, `${paint('yellow', 'warning:')} ${warning}`];
}

/** Where a plan and what was read for it stand, and whether it is split. */
export interface PlanFiles {
  readonly file: string;
  readonly manifests: string;
  readonly sharded: boolean;
}

/**
 * What a plan comes to, on one screen: what is refused first, then what is to be looked at. What is cut is counted; the plan has all
 * of it. It ends with what to do next, where no table of shards follows. `hints` say what to do about its rows.
 */
export function planTable(
  plan: Plan,
  beside: PlanFiles,
  view: { readonly color: boolean; readonly screen: Screen },
  hints: PlanHints = NO_HINTS,
): string {
  const { screen } = view;
  const paint = painterOf(view.color);
  const { charts, images, notes, complete, requests } = plan;
  const artifacts = artifactLines(plan, paint);
  const totals = [
    ...(charts.length === 0 ? [] : [`charts: ${counts(charts)}`]),
    `images: ${images.length === 0 ? 'none' : `${counts(images)}; ${bytesText(images)}`}`,
    ...artifacts.slice(0, 1),
    ...repositoryLines(plan, screen),
    ...requests.flatMap((row) => requestLines(row, beside.manifests, paint)),
  ];
  const end = complete
    ? `plan: ${beside.file} ${plan.digest}`
    : `plan: ${beside.file} ${paint('red', 'NOT COMPLETE')}: this one is not run`;
  const next = beside.sharded && complete ? [] : [nextOfPlan(complete, beside.file)];
  const below = [...folded(end, screen, true), ...next.flatMap((line) => folded(line, screen, true))];
  const layout = { paint, columns: screen.columns, word: WORD, indent: WORD + 1 };
  const parts = [
    ...refusedParts(plan, hints, layout),
    ...rowParts(plan, paint),
    always(totals),
    listPart('artifacts', artifacts.slice(1), ['more line about artifacts', 'more lines about artifacts']),
    listPart(
      'notes',
      notes.map((note) => `note: ${note}`),
      ['more note', 'more notes'],
    ),
  ];
  // a blank line before, and the line on which the shell asks for more
  const taken = below.reduce((sum, line) => sum + rowsOf(line, screen), 2);
  return `${[...fitParts(parts, without(screen, taken), 'plan'), ...below].join('\n')}\n`;
}

/** How a plan was split. `fileOf` names the file of a shard. */
export function shardTable(
  plan: Plan,
  shards: readonly Plan[],
  file: string,
  fileOf: (index: number) => string,
): string {
  const rows = shards.map(({ images }, index) => {
    const moved = images.filter(isMoved).length;
    return `shard ${index + 1} of ${shards.length}: ${fileOf(index + 1)}: ${counted(images.length, 'image', 'images')}, ${moved} to move; ${bytesText(images)}`;
  });
  const twice = doubledBytes(plan, shards);
  const charts = new Set(plan.charts.map(releaseKey)).size;
  const rest =
    charts === 0 ? 'joins the reports' : `joins the reports and pushes ${counted(charts, 'release', 'releases')}`;
  const sum = `${formatSize(twice)} leave their sources more than once; mirror --plan with --finish ${rest}`;
  return `${[...rows, sum, nextOfShards(file, fileOf(1))].join('\n')}\n`;
}
