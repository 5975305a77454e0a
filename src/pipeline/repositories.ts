import { differences, type SettingName, settingsFor, supported } from '../domain/ecr/repository-settings.ts';
import { type MirrorError, toMirrorError } from '../errors.ts';
import type { BlobMounting, Repositories, TagState } from '../ports/repositories.ts';
import { chartReference } from './chart-destination.ts';
import type { ChartItem } from './chart-item.ts';
import { failUsers } from './fail-users.ts';
import { type ImageItem, isNeeded } from './image-item.ts';
import { preflightImage } from './preflight.ts';
import { preflightChart } from './push.ts';
import { plannedChanges, type RepositoryItem } from './repository-item.ts';
import { livingCharts, type Run } from './run.ts';

/** A repository that is there, or may be there unseen: what its tags hold is asked for. */
export function isToLookUp({ state }: RepositoryItem, run: Run): boolean {
  if (run.ports.repositories?.lookUp === undefined) return false;
  return state.kind === 'present' || state.kind === 'unknown';
}

function neededImages(name: string, run: Run): readonly ImageItem[] {
  return run.images.filter((image) => image.destination.repository === name && isNeeded(image));
}

function neededCharts(name: string, run: Run): readonly ChartItem[] {
  return livingCharts(run).filter((chart) => chart.destination.repository === name);
}

/** Every repository that living charts and images go to, with the tags they have there. */
export function gatherRepositories(run: Run): readonly RepositoryItem[] {
  const tags = new Map<string, Set<string>>();
  const destinations = [
    ...run.images.filter(isNeeded).map(({ destination }) => destination),
    ...livingCharts(run).map((chart) => chartReference(chart, run)),
  ];
  for (const { repository, tag } of destinations)
    tags.set(repository, (tags.get(repository) ?? new Set<string>()).add(tag));
  const { repositories, ecr } = run.options;
  return [...tags]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, named]): RepositoryItem => {
      const { settings, missing } = supported(settingsFor(name, repositories.rules), ecr?.kind ?? 'private');
      return {
        name,
        wanted: settings,
        unsupported: missing,
        tags: [...named],
        state: { kind: 'unasked', detail: 'the run ended before' },
        differences: [],
        held: undefined,
        outcome: { kind: 'none' },
        failure: undefined,
      };
    });
}

function note(repository: RepositoryItem, state: RepositoryItem['state'] | undefined): void {
  repository.state = state ?? { kind: 'unknown', detail: 'the registry said nothing of it' };
  repository.differences =
    repository.state.kind === 'present' ? differences(repository.state.settings, repository.wanted) : [];
}

async function describe(repositories: readonly RepositoryItem[], port: Repositories, run: Run): Promise<void> {
  const answers = await port.describe(new Map(repositories.map(({ name, wanted }) => [name, wanted])), run.signal);
  for (const repository of repositories) note(repository, answers.get(repository.name));
}

/** Only for the report: whatever goes wrong, the copies do not depend on it. */
async function askMounting(port: Repositories, run: Run): Promise<BlobMounting> {
  try {
    return await port.mounting(run.signal);
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    return 'unknown';
  }
}

/** A scan needs no right at the target. Where a password is given and no AWS identity, the push decides. */
function withoutAnswer(error: MirrorError, run: Run): RepositoryItem['state'] | undefined {
  if (run.options.scanOnly) return { kind: 'unknown', detail: error.message };
  return error.code === 'CREDENTIALS_UNREADABLE' ? { kind: 'unasked', detail: error.message } : undefined;
}

/** Gathers the repositories of the run, and asks the registry which of them exist and how they are set up. */
export async function lookAtRepositories(run: Run): Promise<void> {
  const port = run.ports.repositories;
  if (port === undefined) return;
  run.repositories = gatherRepositories(run);
  try {
    await describe(run.repositories, port, run);
    run.mounting = await askMounting(port, run);
  } catch (thrown) {
    const state = run.signal.aborted ? undefined : withoutAnswer(toMirrorError(thrown), run);
    if (state === undefined) throw thrown;
    for (const repository of run.repositories) note(repository, state);
  }
}

/** Asks what stands under the tags of one repository, all at once. Without an answer everything that goes there fails. */
export async function lookUpTags(repository: RepositoryItem, run: Run): Promise<void> {
  try {
    repository.held = await run.ports.repositories?.lookUp?.(repository.name, repository.tags, run.signal);
  } catch (thrown) {
    if (!run.signal.aborted) failRepository(repository, toMirrorError(thrown), run);
    throw thrown;
  }
}

function failRepository(repository: RepositoryItem, error: MirrorError, run: Run): void {
  repository.failure = error;
  for (const image of neededImages(repository.name, run)) failUsers(image, error);
  for (const chart of neededCharts(repository.name, run)) chart.failure ??= error;
}

/** Whether something is still to be written to a repository that is not known to exist. */
export function isToCreate(repository: RepositoryItem, run: Run): boolean {
  const { state, held, name, failure } = repository;
  if (failure !== undefined || state.kind === 'present' || state.kind === 'unasked') return false;
  if (state.kind === 'unknown' && holdsAny(held)) return false;
  const copies = neededImages(name, run).some(
    (image) => image.state.kind === 'cleared' && image.state.decision.kind === 'copy',
  );
  return copies || neededCharts(name, run).some((chart) => chart.push.kind === 'waiting');
}

function holdsAny(held: ReadonlyMap<string, TagState> | undefined): boolean {
  return [...(held?.values() ?? [])].some(({ kind }) => kind === 'found' || kind === 'archived');
}

/** Somebody else has created it meanwhile, and may have pushed to it: what is there is looked at, and decided again. */
async function lookAgain(repository: RepositoryItem, port: Repositories, run: Run): Promise<void> {
  await describe([repository], port, run);
  await lookUpTags(repository, run);
  for (const image of neededImages(repository.name, run)) {
    await preflightImage(image, run).catch((thrown: unknown) => {
      failUsers(image, toMirrorError(thrown));
    });
  }
  for (const chart of neededCharts(repository.name, run)) {
    await preflightChart(chart, run).catch((thrown: unknown) => {
      chart.failure ??= toMirrorError(thrown);
    });
  }
}

/**
 * Creates a repository with its settings. When it cannot be created, everything that goes there fails; only where it could
 * not be looked at it may exist all the same, and then the push decides.
 */
export async function createRepository(repository: RepositoryItem, run: Run): Promise<void> {
  const port = run.ports.repositories;
  // what goes there may have failed since the step began
  if (port === undefined || !isToCreate(repository, run)) return;
  try {
    const creation = await port.create(repository.name, repository.wanted, run.signal);
    repository.outcome = { kind: creation.kind };
    if (creation.kind === 'existed') await lookAgain(repository, port, run);
    // it is there: what goes there can go there, but the run is not all done
    else if (creation.lacks !== undefined) repository.failure = creation.lacks;
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    if (repository.state.kind === 'unknown') {
      repository.outcome = { kind: 'left', detail: error.message };
      return;
    }
    failRepository(repository, error, run);
    throw error;
  }
}

/** Whether settings of an existing repository are to be changed. */
export function isToChange(repository: RepositoryItem, run: Run): boolean {
  return repository.failure === undefined && plannedChanges(repository, run).length > 0;
}

async function change(repository: RepositoryItem, changes: readonly SettingName[], run: Run): Promise<void> {
  if (changes.length === 0) return;
  await run.ports.repositories?.change(repository.name, repository.wanted, changes, run.signal);
  const before = repository.outcome.kind === 'changed' ? repository.outcome.changes : [];
  repository.outcome = { kind: 'changed', changes: [...before, ...changes] };
}

/**
 * Brings an existing repository to its settings. A failure is its own, and what goes there can go there all the same; only
 * what was decided by a mutability that could not be set cannot.
 */
export async function changeRepository(repository: RepositoryItem, run: Run): Promise<void> {
  const changes = plannedChanges(repository, run);
  try {
    // by itself, since the tags were decided by it
    await change(
      repository,
      changes.filter((setting) => setting === 'tagMutability'),
      run,
    );
  } catch (thrown) {
    if (!run.signal.aborted) failRepository(repository, toMirrorError(thrown), run);
    throw thrown;
  }
  try {
    await change(
      repository,
      changes.filter((setting) => setting !== 'tagMutability'),
      run,
    );
  } catch (thrown) {
    if (!run.signal.aborted) repository.failure = toMirrorError(thrown);
    throw thrown;
  }
}
