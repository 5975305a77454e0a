import { isGoodChart, isGoodImage } from './good-ends.ts';
import type { Report, ReportedChart, ReportedImage } from './report.ts';
import type { ChangedChart, ChangedImage, ReportedChanges, TurnedRow } from './reported-changes.ts';
import type { ReportedError } from './reported-error.ts';

/** A row before and after; one of them may be missing. */
interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Rows by name; rows of one name are told apart by their order. */
function byName<T>(rows: readonly T[], nameOf: (row: T) => string): ReadonlyMap<string, T> {
  const counts = new Map<string, number>();
  return new Map(
    rows.map((row) => {
      const name = nameOf(row);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [`${name} ${count}`, row];
    }),
  );
}

function pairs<T>(before: readonly T[], after: readonly T[], nameOf: (row: T) => string): readonly Pair<T>[] {
  const earlier = byName(before, nameOf);
  const later = byName(after, nameOf);
  const names = new Set([...later.keys(), ...earlier.keys()]);
  return [...names].map((name) => ({ before: earlier.get(name), after: later.get(name) }));
}

function chartName({ chart, release, namespace }: ReportedChart): string {
  return [chart, release, namespace ?? ''].join(' ');
}

function imageName({ source, destination }: ReportedImage): string {
  return `${source} ${destination}`;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
}

function chartDifferences(before: ReportedChart, after: ReportedChart): readonly string[] {
  // what a release that failed early does not tell is no difference
  const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;
  const isRead = before.proof.state !== 'not-run' && after.proof.state !== 'not-run';
  return [
    ...(differ(before.version, after.version) ? ['version'] : []),
    ...(differ(before.sourceDigest, after.sourceDigest) ? ['original archive'] : []),
    ...(differ(before.destination, after.destination) ? ['destination'] : []),
    ...(isRead && !isSame(before.images, after.images) ? ['images'] : []),
  ];
}

function toChangedChart({ before, after }: Pair<ReportedChart>): readonly ChangedChart[] {
  const row = after ?? before;
  if (row === undefined) return [];
  const what = before === undefined || after === undefined ? [] : chartDifferences(before, after);
  const { chart, release } = row;
  return [{ chart, release, before: before?.version ?? null, after: after?.version ?? null, what }];
}

function toChangedImage({ before, after }: Pair<ReportedImage>): readonly ChangedImage[] {
  const row = after ?? before;
  if (row === undefined) return [];
  const { source, destination } = row;
  return [{ source, destination, before: before?.digest ?? null, after: after?.digest ?? null }];
}

function isChangedImage({ before, after }: ChangedImage): boolean {
  return before !== null && after !== null && before !== after;
}

interface Turn {
  readonly turned: TurnedRow;
  readonly wasGood: boolean | undefined;
  readonly isGood: boolean;
}

function chartTurns(all: readonly Pair<ReportedChart>[]): readonly Turn[] {
  return all.flatMap(({ before, after }) => {
    if (after === undefined) return [];
    const { chart, release, status, error } = after;
    const name = chart === release ? chart : `${chart} (${release})`;
    const turned = {
      kind: 'chart',
      name,
      before: before?.status ?? null,
      after: status,
      code: error?.code ?? null,
    } as const;
    return [{ turned, wasGood: before === undefined ? undefined : isGoodChart(before), isGood: isGoodChart(after) }];
  });
}

function imageTurns(all: readonly Pair<ReportedImage>[]): readonly Turn[] {
  return all.flatMap(({ before, after }) => {
    if (after === undefined) return [];
    const { source, status, error } = after;
    const turned = {
      kind: 'image',
      name: source,
      before: before?.status ?? null,
      after: status,
      code: error?.code ?? null,
    } as const;
    const wasGood = before === undefined ? undefined : isGoodImage(before.status);
    return [{ turned, wasGood, isGood: isGoodImage(status) }];
  });
}

function turnsOf(turns: readonly Turn[], isMeant: (turn: Turn) => boolean): readonly TurnedRow[] {
  return turns.filter(isMeant).map(({ turned }) => turned);
}

/** What stands beside the rows and may differ, too: entries that cannot be mirrored, notes, hidden images. */
function remarks({ unmirrorable, notes, charts }: Report): readonly string[] {
  return [
    ...unmirrorable.map(({ key, reason }) => `${key} ${reason}`),
    ...notes,
    ...charts.flatMap((row) => [
      ...row.notes.map((note) => `${chartName(row)} ${note}`),
      ...row.hiddenImages.map(({ image, moved, mirrored }) => `${chartName(row)} ${image} ${moved} ${mirrored}`),
    ]),
  ];
}

/** Everything in a report that did not end well, with its error: what cannot be told apart by it failed in the same way. */
function failures({ charts, images, artifacts, ecr, plan }: Report): readonly string[] {
  const said = (name: string, status: string, error: ReportedError | null): string =>
    [name, status, error?.code ?? '', error?.message ?? ''].join(' ');
  return [
    ...charts.filter((row) => !isGoodChart(row)).map((row) => said(chartName(row), row.status, row.error)),
    ...images.filter(({ status }) => !isGoodImage(status)).map((row) => said(imageName(row), row.status, row.error)),
    ...artifacts.rows.flatMap(({ reference, status, error }) =>
      status === 'failed' || status === 'unfinished' ? [said(reference, status, error)] : [],
    ),
    ...artifacts.notLookedFor.map(({ registry, repository, what, error }) =>
      said(`${registry}/${repository}`, what, error),
    ),
    ...(ecr?.repositories ?? []).flatMap(({ name, status, error }) =>
      status === 'failed' ? [said(name, status, error)] : [],
    ),
    ...(plan?.moved ?? []),
    ...(plan?.missing ?? []),
  ];
}

/** Whether a run has put anything at its target. */
export function hasWritten({ charts, images, artifacts, ecr }: Report): boolean {
  const repositories = ecr?.repositories ?? [];
  return (
    charts.some(({ status }) => status === 'pushed' || status === 'pushed-unproven') ||
    images.some(({ status }) => status === 'copied') ||
    artifacts.rows.some(({ status }) => status === 'copied' || status === 'replaced') ||
    repositories.some(({ status }) => status === 'created' || status === 'changed')
  );
}

/**
 * How a run differs from an earlier one. Rows are the same where chart, release and namespace are, or source and destination of
 * an image; so an image that gets another tag is gone and new.
 */
export function compareReports(previous: Report, now: Report): ReportedChanges {
  const charts = pairs(previous.charts, now.charts, chartName);
  const images = pairs(previous.images, now.images, imageName);
  const isNew = <T>({ before }: Pair<T>): boolean => before === undefined;
  const isGone = <T>({ after }: Pair<T>): boolean => after === undefined;
  const isBoth = <T>({ before, after }: Pair<T>): boolean => before !== undefined && after !== undefined;
  const turns = [...chartTurns(charts), ...imageTurns(images)];
  const changes = {
    charts: {
      new: charts.filter(isNew).flatMap(toChangedChart),
      changed: charts
        .filter(isBoth)
        .flatMap(toChangedChart)
        .filter(({ what }) => what.length > 0),
      gone: charts.filter(isGone).flatMap(toChangedChart),
    },
    images: {
      new: images.filter(isNew).flatMap(toChangedImage),
      changed: images.filter(isBoth).flatMap(toChangedImage).filter(isChangedImage),
      gone: images.filter(isGone).flatMap(toChangedImage),
    },
    newlyFailing: turnsOf(turns, ({ wasGood, isGood }) => !isGood && wasGood !== false),
    stillFailing: turnsOf(turns, ({ wasGood, isGood }) => !isGood && wasGood === false),
    recovered: turnsOf(turns, ({ wasGood, isGood }) => isGood && wasGood === false),
  };
  const lists = [
    ...Object.values(changes.charts),
    ...Object.values(changes.images),
    ...[changes.newlyFailing, changes.recovered],
  ];
  const isUnchanged =
    previous.target === now.target &&
    previous.scanOnly === now.scanOnly &&
    !hasWritten(now) &&
    lists.every((list) => list.length === 0) &&
    isSame(remarks(previous), remarks(now));
  const nothing = isUnchanged && previous.exitCode === 0 && now.exitCode === 0 && changes.stillFailing.length === 0;
  const isFailure = previous.exitCode === 1 && now.exitCode === 1 && !previous.interrupted && !now.interrupted;
  const sameFailures = isUnchanged && isFailure && isSame(failures(previous), failures(now));
  const { finishedAt, exitCode, target, scanOnly } = previous;
  return { previous: { finishedAt, exitCode, target, scanOnly }, nothing, sameFailures, ...changes };
}
