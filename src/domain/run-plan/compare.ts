import {
  imageKey,
  isCarried,
  type Plan,
  type PlannedChart,
  type PlannedImage,
  type PlannedRepository,
} from './plan.ts';

/** The rows of a run that are held against those of its plan. */
export type PlanRows = Pick<Plan, 'charts' | 'images' | 'repositories'>;

/** One thing that is not as it was planned. `key` is that of its row. */
export interface Difference {
  readonly kind: 'release' | 'image' | 'repository';
  readonly key: string;
  /** One line that names it. */
  readonly what: string;
}

interface Pair<T, U = T> {
  readonly key: string;
  readonly was: T | undefined;
  readonly is: U | undefined;
}

/** What a row of a release is known by. */
export function releaseKey({ chart, release }: Pick<PlannedChart, 'chart' | 'release'>): string {
  return release === chart ? release : `${chart} (${release})`;
}

/** Rows by their keys; a second one of the same key has a number behind it. */
function keyed<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const row of rows) {
    const key = keyOf(row);
    let number = 1;
    while (found.has(number === 1 ? key : `${key} #${number}`)) number += 1;
    found.set(number === 1 ? key : `${key} #${number}`, row);
  }
  return found;
}

/** Pairs rows of both sides by their keys: those of the plan first, in order, then what it does not have. */
function pairs<T, U>(planned: ReadonlyMap<string, T>, now: ReadonlyMap<string, U>): readonly Pair<T, U>[] {
  return [
    ...[...planned].map(([key, was]) => ({ key, was, is: now.get(key) })),
    ...[...now].filter(([key]) => !planned.has(key)).map(([key, is]) => ({ key, was: undefined, is })),
  ];
}

function digestText(digest: string | null): string {
  return digest ?? 'unknown';
}

function contentOf(was: PlannedImage, is: PlannedImage): string | undefined {
  if (!isCarried(was) || !isCarried(is) || was.digest === is.digest) return undefined;
  return `${is.source} is ${digestText(is.digest)} now, the plan has ${digestText(was.digest)}`;
}

function targetOf(was: PlannedImage, is: PlannedImage): string | undefined {
  const planned = was.replaces === null ? 'nothing' : was.replaces;
  if (is.replaces !== was.replaces && is.replaces !== null)
    return `${is.destination} holds ${is.replaces} now, the plan found ${planned} there`;
  if (is.decision === 'copy') return `${is.destination} is not there any more: the plan found it`;
  return undefined;
}

/** What is at the target already with the planned content is as good as planned: an earlier run has brought it. */
function imageDifference(was: PlannedImage | undefined, is: PlannedImage | undefined): string | undefined {
  if (was === undefined) return `${is?.source} → ${is?.destination} is not in the plan`;
  if (is === undefined) return `${imageKey(was)} is in the plan, and nothing needs it now`;
  if (is.decision === 'refused' || is.decision === 'failed') return is.reason ?? `${is.source} ${is.decision}`;
  const content = contentOf(was, is);
  if (content !== undefined) return content;
  const hasContent = is.decision === 'present' || (is.replaces !== null && is.replaces === was.digest);
  if (isCarried(was) && hasContent) return undefined;
  if (was.decision === is.decision && was.replaces === is.replaces) return undefined;
  if (isCarried(was) && isCarried(is))
    return targetOf(was, is) ?? `${is.source} is ${is.decision} now, not ${was.decision}`;
  const planned = was.reason === null ? was.decision : `${was.decision}: ${was.reason}`;
  const now = is.reason === null ? is.decision : `${is.decision}: ${is.reason}`;
  return `${is.source} is now ${now}; in the plan it is ${planned}`;
}

function changed(what: string, was: string | null, is: string | null): string | undefined {
  return was === is ? undefined : `${what} is ${is ?? 'unknown'} now, the plan has ${was ?? 'none'}`;
}

type Described = Pick<PlannedChart, 'chart' | 'release' | 'inputs'>;

function inputDifference(key: string, was: Described | undefined, is: Described | undefined): string | undefined {
  if (was === undefined) return `the release ${key} is not in the plan`;
  if (is === undefined) return `the release ${key} is in the plan, and the inputs do not have it any more`;
  return was.inputs === is.inputs ? undefined : `the release ${key} is not described as it was when the plan was made`;
}

function chartDifference(key: string, was: PlannedChart | undefined, is: PlannedChart | undefined): string | undefined {
  const described = inputDifference(key, was, is);
  if (described !== undefined || was === undefined || is === undefined) return described;
  if (is.decision !== 'push' && is.decision !== 'present' && is.decision !== was.decision)
    return is.reason ?? `the release ${key} is ${is.decision}`;
  return (
    changed(`the version of ${key}`, was.version, is.version) ??
    changed(`the archive of ${key} ${is.version ?? ''} at ${is.source}`, was.archive, is.archive) ??
    changed(`the destination of ${key}`, was.destination, is.destination) ??
    changed(`the relocated archive of ${key}`, was.relocated, is.relocated) ??
    (was.decision === 'present' && is.decision === 'push'
      ? `${is.destination} is not there any more: the plan found it`
      : undefined)
  );
}

/** A repository that meanwhile exists needs no plan: what goes there is looked at by itself. */
function repositoryDifference(
  was: PlannedRepository | undefined,
  is: PlannedRepository | undefined,
): string | undefined {
  if (is === undefined) return undefined;
  const changes = is.changes.filter((name) => !was?.changes.includes(name));
  if (changes.length > 0)
    return `${changes.join(', ')} of the repository ${is.name} would be changed, which is not in the plan`;
  if (is.create && was?.create !== true) return `the repository ${is.name} is not there any more: the plan found it`;
  const isSame = was === undefined || JSON.stringify(was.settings) === JSON.stringify(is.settings);
  return is.create && !isSame ? `the settings of the repository ${is.name} are not those of the plan` : undefined;
}

function told<T, U>(
  kind: Difference['kind'],
  rows: readonly Pair<T, U>[],
  tell: (key: string, was: T | undefined, is: U | undefined) => string | undefined,
): readonly Difference[] {
  return rows.flatMap(({ key, was, is }) => {
    const what = tell(key, was, is);
    return what === undefined ? [] : [{ kind, key, what }];
  });
}

/** Releases that are not as the inputs described them, before anything is asked for. */
export function inputDifferences(planned: readonly Described[], now: readonly Described[]): readonly Difference[] {
  return told('release', pairs(keyed(planned, releaseKey), keyed(now, releaseKey)), inputDifference);
}

/** Whether an image is only missed, or only there, because of releases that moved. */
function isConsequence(
  was: PlannedImage | undefined,
  is: PlannedImage | undefined,
  moved: ReadonlySet<string>,
): boolean {
  const users = (was ?? is)?.usedBy ?? [];
  const isOpen = was === undefined || is === undefined || is.decision === 'not-needed';
  return isOpen && users.length > 0 && users.every((release) => moved.has(release));
}

/** Everything in which a run is not what its plan says, before it writes anything. Empty means: exactly the plan. */
export function differences(planned: PlanRows, now: PlanRows): readonly Difference[] {
  const named = ({ name }: PlannedRepository): string => name;
  const releases = pairs(keyed(planned.charts, releaseKey), keyed(now.charts, releaseKey));
  const images = pairs(keyed(planned.images, imageKey), keyed(now.images, imageKey));
  const repositories = pairs(keyed(planned.repositories ?? [], named), keyed(now.repositories ?? [], named));
  const moved = told('release', releases, chartDifference);
  const gone = new Set(moved.map(({ key }) => key));
  return [
    ...moved,
    ...told('image', images, (_, was, is) => (isConsequence(was, is, gone) ? undefined : imageDifference(was, is))),
    ...told('repository', repositories, (_, was, is) => repositoryDifference(was, is)),
  ];
}
