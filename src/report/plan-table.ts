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

/** The most images that are told one by one; the plan has them all. */
const MOST_ROWS = 20;

function painterOf(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

const BAD: ReadonlySet<string> = new Set(['refused', 'failed', 'not-proven']);

function word(decision: string, paint: Paint): string {
  const text = decision.padEnd(12);
  if (BAD.has(decision)) return paint('red', text.toUpperCase());
  return decision === 'replace' || decision === 'unconfirmed' ? paint('yellow', text) : paint('green', text);
}

/** What an error says begins with the image as a rule; it is not named twice. */
function because(name: string, reason: string | null): string {
  return reason?.startsWith(`${name} `) === true ? reason : `${name}: ${reason}`;
}

/** What to do next, below the row that it is about. */
function hintLines(hint: string | undefined): readonly string[] {
  return hint === undefined ? [] : [`${''.padEnd(12)} → ${hint}`];
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

/** What needs a look first; what is there already is only counted. */
function imageLines({ images }: Plan, hints: PlanHints, paint: Paint): readonly string[] {
  const order = ['refused', 'failed', 'replace', 'unconfirmed', 'kept', 'copy'];
  const rows = order.flatMap((decision) => images.filter((row) => row.decision === decision));
  const first = rows.slice(0, MOST_ROWS);
  const shown = first.flatMap((row) => [imageLine(row, paint), ...hintLines(hints.images.get(imageKey(row)))]);
  const more = rows.length - first.length;
  return [
    ...shown,
    ...(more > 0 ? [`${''.padEnd(12)} and ${counted(more, 'more image', 'more images')} in the plan`] : []),
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
    unknown === 0 ? [] : [`the size of ${counted(unknown, 'image', 'images')} is UNKNOWN, no manifest was read`];
  return [...known, ...open].join('; ');
}

function repositoryLines({ repositories }: Plan): readonly string[] {
  if (repositories === null) return ['repositories: made by the registry on the first push'];
  const made = repositories.filter(({ create }) => create).map(({ name }) => name);
  const changed = repositories
    .filter(({ create }) => !create)
    .map(({ name, changes }) => `${name} (${changes.join(', ')})`);
  const create = made.length === 0 ? 'none to create' : `${made.length} to create: ${made.join(', ')}`;
  return [`repositories: ${create}${changed.length === 0 ? '' : `; to change: ${changed.join(', ')}`}`];
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

/** What a plan comes to, on one screen where it is small. `beside` names its files, `hints` say what to do about its rows. */
export function planTable(
  plan: Plan,
  beside: { readonly file: string; readonly manifests: string },
  color: boolean,
  hints: PlanHints = NO_HINTS,
): string {
  const paint = painterOf(color);
  const { charts, images, notes, complete, requests } = plan;
  const lines = [
    ...charts.flatMap((row) => [chartLine(row, paint), ...hintLines(hints.charts.get(releaseKey(row)))]),
    ...imageLines(plan, hints, paint),
    ...(charts.length === 0 ? [] : [`charts: ${counts(charts)}`]),
    `images: ${images.length === 0 ? 'none' : `${counts(images)}; ${bytesText(images)}`}`,
    ...repositoryLines(plan),
    ...requests.flatMap((row) => requestLines(row, beside.manifests, paint)),
    ...notes.map((note) => `note: ${note}`),
    complete
      ? `plan: ${beside.file} ${plan.digest}`
      : `plan: ${beside.file} ${paint('red', 'NOT COMPLETE')}: correct what is refused or failed, and plan again; this one is not run`,
  ];
  return `${lines.join('\n')}\n`;
}

/** How a plan was split. `fileOf` names the file of a shard. */
export function shardTable(plan: Plan, shards: readonly Plan[], fileOf: (index: number) => string): string {
  const rows = shards.map(({ images }, index) => {
    const moved = images.filter(isMoved).length;
    return `shard ${index + 1} of ${shards.length}: ${fileOf(index + 1)}: ${counted(images.length, 'image', 'images')}, ${moved} to move; ${bytesText(images)}`;
  });
  const twice = doubledBytes(plan, shards);
  const charts = new Set(plan.charts.map(releaseKey)).size;
  const rest =
    charts === 0 ? 'joins the reports' : `joins the reports and pushes ${counted(charts, 'release', 'releases')}`;
  return `${[...rows, `${formatSize(twice)} leave their sources more than once; mirror --plan with --finish ${rest}`].join('\n')}\n`;
}
