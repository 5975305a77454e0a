import { styleText } from 'node:util';
import type { KeepReason } from '../domain/prune/plan.ts';
import type { PruneReport, ReportedRemoval, ReportedRepository } from '../domain/prune/report.ts';
import { formatSize } from '../domain/report/size.ts';

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const MOST_NAMES = 6;
const LONGEST_NAMES = 60;

const WORDS: Readonly<Record<KeepReason, string>> = {
  'out-of-reach': 'out of reach',
  catalog: 'named by a catalog',
  newest: 'among the newest versions',
  needed: 'needed by a chart that stays',
  'no-version': 'charts whose tags are no versions',
  nameable: 'could be named by a chart without a list of images',
  any: 'kept because a chart cannot be read',
  stuck: 'could not be removed',
  archived: 'archived',
  unreadable: 'not readable',
  young: 'pushed too recently',
  child: 'part of an index that stays',
  companion: 'tied to something that stays',
};

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The tags that go; what has none, and what is about others, is counted. */
function namesOf(removals: readonly ReportedRemoval[]): string {
  const referrers = removals.filter(({ role }) => role === 'referrer').length;
  const own = removals.filter(({ role }) => role !== 'referrer');
  const tags = own.flatMap((removal) => removal.tags);
  const shown = tags.slice(0, MOST_NAMES).join(', ');
  const cut = shown.length > LONGEST_NAMES ? `${shown.slice(0, LONGEST_NAMES)}…` : shown;
  const untagged = own.filter((removal) => removal.tags.length === 0).length;
  return [
    ...(cut === '' ? [] : [cut]),
    ...(tags.length > MOST_NAMES ? [`${tags.length - MOST_NAMES} more`] : []),
    ...(untagged === 0 ? [] : [`${untagged} without a tag`]),
    ...(referrers === 0 ? [] : [`${referrers} about ${own.length === 0 ? 'what is gone' : 'these'}`]),
  ].join(', ');
}

function sizeOf({ bytes, bytesAreBound }: Pick<ReportedRepository, 'bytes' | 'bytesAreBound'>): string {
  return bytesAreBound ? `≤ ${formatSize(bytes)}` : formatSize(bytes);
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function removalLines({ repositories, end }: PruneReport): readonly string[] {
  const touched = repositories.filter(({ removals }) => removals.length > 0);
  if (touched.length === 0) return [];
  const rows = touched.map((one) => {
    const done = one.removals.filter(({ state }) => state === 'removed').length;
    const manifests = end === 'shown' ? `${one.removals.length}` : `${done} of ${one.removals.length}`;
    return [one.repository, manifests, sizeOf(one), namesOf(one.removals)];
  });
  const heads = end === 'shown' ? ['MANIFESTS', 'TO BE FREED', 'GOES'] : ['REMOVED', 'FREED', 'WAS TO GO'];
  return [...table([['REPOSITORY', ...heads], ...rows]), ''];
}

function failureLines({ repositories }: PruneReport, paint: Paint): readonly string[] {
  return repositories.flatMap(({ repository, removals }) =>
    removals
      .filter(({ state }) => state === 'failed')
      .map(({ digest, tags, reason }) => {
        const tagged = tags.length === 0 ? '' : ` (${tags.join(', ')})`;
        return `${paint('red', 'NOT REMOVED')} ${repository}@${digest}${tagged}: ${reason ?? ''}`;
      }),
  );
}

/** What stays within reach, by the rule that keeps it. */
function keptLines({ repositories, totals }: PruneReport): readonly string[] {
  const sums = new Map<string, number>();
  for (const { kept } of repositories)
    for (const [reason, many] of Object.entries(kept)) sums.set(reason, (sums.get(reason) ?? 0) + many);
  const all = [...sums.values()].reduce((sum, many) => sum + many, 0);
  const { withinReach, total } = totals.repositories;
  const rows = Object.entries(WORDS).flatMap(([reason, words]) => {
    const many = sums.get(reason);
    return many === undefined ? [] : [`  ${many} ${words}`];
  });
  const where = `${counted(withinReach, 'repository', 'repositories')} within reach, of ${total} in the registry`;
  return [`stays: ${counted(all, 'manifest')} (${where})`, ...rows];
}

function chartLines({ keptCharts, withoutChart, missingImages }: PruneReport, paint: Paint): readonly string[] {
  const unreadable = keptCharts.filter(({ needs }) => needs === 'unreadable');
  const listless = keptCharts.filter(({ needs }) => needs === 'nameable').length;
  const named = ({ repository, tags, digest }: (typeof keptCharts)[number]): string =>
    tags[0] === undefined ? `${repository}@${digest}` : `${repository}:${tags[0]}`;
  return [
    ...unreadable.map((chart) => `${paint('yellow', 'CANNOT BE READ')} ${named(chart)}: ${chart.detail ?? ''}`),
    ...(unreadable.length === 0 ? [] : ['  → all images are kept while these charts are there: repair or delete them']),
    ...(listless === 0
      ? []
      : [
          `note: ${counted(listless, 'chart')} without a list of images: whatever ${listless === 1 ? 'it' : 'they'} could name is kept; mirror leaves the list when it runs for a chart again`,
        ]),
    ...withoutChart.map((name) => `note: the registry has no chart for ${name}, which a catalog names`),
    ...missingImages.map(({ chart, image }) => `note: ${chart} needs ${image}, which is not there`),
  ];
}

/** How many manifests of the plan there are, and how many of them are gone. */
function progress({ totals }: PruneReport): { readonly going: number; readonly removed: number } {
  const { planned = 0, removed = 0, failed = 0, spared = 0, left = 0 } = totals.manifests;
  return { going: planned + removed + failed + spared + left, removed };
}

function closing(report: PruneReport, paint: Paint): readonly string[] {
  const { totals, end, error } = report;
  const { going, removed } = progress(report);
  const done = `${removed} of ${counted(going, 'manifest')} removed, ${sizeOf(totals)} freed`;
  const nothing = paint('red', 'NOTHING WAS REMOVED');
  switch (end) {
    case 'shown':
      if (going === 0) return ['nothing to remove'];
      return [
        `${counted(going, 'manifest')} would go, ${counted(totals.charts.removals, 'chart')} among them; ${sizeOf(totals)} to be freed`,
        'nothing was removed: run again with --yes to remove it',
      ];
    case 'refused':
      return [
        `${nothing}: the rules keep no chart at all of those that are within reach`,
        '  → check the catalogs and the path of --target-registry, or add --keep-charts 1',
      ];
    case 'changed':
      return [`${nothing}: the registry has changed since it was read`, '  → run again when no mirror run is underway'];
    case 'interrupted':
      return [done, 'INTERRUPTED: run again to go on'];
    case 'stopped':
      return [
        done,
        `${paint('red', 'STOPPED')}: ${error?.code ?? ''}: ${error?.message ?? ''}`,
        ...(error?.hint == null ? [] : [`  → ${error.hint}`]),
        'run again to go on',
      ];
    case 'finished':
      if (report.exitCode !== 0) return [done, `${paint('red', 'NOT ALL REMOVED')} (exit code ${report.exitCode})`];
      return going === 0 ? ['nothing to remove'] : [done];
  }
}

/** The outcome of prune for people: what goes, by repository, what stays and why, totals and what to do next. */
export function pruneText(report: PruneReport, color: boolean): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const lines = [
    ...removalLines(report),
    ...keptLines(report),
    ...failureLines(report, paint),
    ...chartLines(report, paint),
    ...closing(report, paint),
  ];
  return `${lines.join('\n')}\n`;
}
