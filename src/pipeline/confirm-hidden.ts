import { pulledReferences } from '../domain/images/artifacts.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { type MirrorError, toMirrorError } from '../errors.ts';
import { isPresent } from './copy.ts';
import { type Confirmation, hiddenImages } from './hidden-images.ts';
import type { ImageItem } from './image-item.ts';
import type { StepItem, StepView } from './progress.ts';
import type { Run } from './run.ts';
import { doubtBehind, sourceAbsent, sourceDenied } from './source-errors.ts';

function imageOf(reference: Reference, { images }: Run): ImageItem | undefined {
  const text = formatReference(reference);
  return images.find(({ source }) => formatReference(source) === text);
}

/** What hidden images are pulled under and the preflight has not asked for, each once. */
function toConfirm(run: Run): readonly Reference[] {
  const settled = new Set(
    run.images.filter(({ state }) => state.kind !== 'planned').map(({ source }) => formatReference(source)),
  );
  const found = new Map<string, Reference>();
  for (const chart of run.charts) {
    if (chart.relocated === undefined) continue;
    const hidden = chart.releases.flatMap((release) => hiddenImages(chart, release));
    for (const one of hidden.flatMap(({ reference }) => pulledReferences(reference)))
      if (!settled.has(formatReference(one))) found.set(formatReference(one), one);
  }
  return [...found.values()];
}

/** What is known of the registries while their images are asked for. */
interface Registries {
  /** Those that are not asked for more, and why. */
  readonly silent: Map<string, MirrorError>;
  /** The first question to each: until it is answered, no other is asked. */
  readonly first: Map<string, Promise<void>>;
}

/** Whether a registry has to be left alone: nobody answers there, or it wants fewer questions. */
function isSilent({ code, cause }: MirrorError): boolean {
  return code === 'RATE_LIMITED' || (code === 'REGISTRY_UNREACHABLE' && cause !== undefined);
}

async function lookUp(reference: Reference, { silent }: Registries, run: Run): Promise<Confirmation | undefined> {
  try {
    const answer = await run.ports.registry.head(reference, 'source', run.signal);
    switch (answer.kind) {
      case 'found':
        return { kind: 'confirmed' };
      case 'absent':
        return { kind: 'unconfirmed', reason: sourceAbsent(reference, answer.file).message };
      case 'denied':
        return { kind: 'unconfirmed', reason: sourceDenied(reference, answer.detail).message };
    }
  } catch (thrown) {
    // whoever interrupts a run has not learned anything about the image
    if (run.signal.aborted) return undefined;
    const error = toMirrorError(thrown);
    if (isSilent(error)) silent.set(reference.registry, error);
    return { kind: 'unconfirmed', reason: error.message };
  }
}

async function ask(reference: Reference, registries: Registries, run: Run, view: StepView): Promise<void> {
  const text = formatReference(reference);
  const failure = registries.silent.get(reference.registry);
  if (failure !== undefined) {
    run.confirmations.set(text, { kind: 'unconfirmed', reason: `${text} was not asked for: ${failure.message}` });
    return;
  }
  if (run.signal.aborted) return;
  const answer = await lookUp(reference, registries, run);
  if (answer === undefined) return;
  run.confirmations.set(text, answer);
  if (answer.kind === 'confirmed') return;
  view.update(doubtBehind(text, answer.reason));
}

/** Waits for the first question to the registry, or asks it. */
async function confirm(reference: Reference, registries: Registries, run: Run, view: StepView): Promise<void> {
  const { first } = registries;
  const before = first.get(reference.registry);
  if (before !== undefined) await before;
  const asked = ask(reference, registries, run, view);
  // nothing was waited for, so that no other question came in between
  if (before === undefined) first.set(reference.registry, asked);
  await asked;
}

/**
 * Asks the sources, by HEAD, for every hidden image that is not mirrored, each reference once. No answer fails anything. A
 * registry that cannot be reached, now or in the preflight, or that wants fewer questions, is not asked for more.
 */
export function confirmSteps(run: Run): readonly StepItem[] {
  if (run.signal.aborted) return [];
  const failures = [...run.unreachable].flatMap(([registry, [error]]) =>
    error === undefined ? [] : [[registry, error] as const],
  );
  const registries: Registries = { silent: new Map(failures), first: new Map() };
  return toConfirm(run).map((reference) => ({
    label: formatReference(reference),
    work: (view) => confirm(reference, registries, run, view),
  }));
}

const NOT_ASKED: Confirmation = { kind: 'unconfirmed', reason: 'the run ended before its source was asked' };

function ofImage({ state, failure }: ImageItem): Confirmation | undefined {
  switch (state.kind) {
    case 'cleared':
    case 'copied':
      return { kind: 'confirmed' };
    case 'unconfirmed':
      return { kind: 'unconfirmed', reason: state.reason };
    case 'failed':
      return failure === undefined ? undefined : { kind: 'unconfirmed', reason: failure.message };
    case 'planned':
      return undefined;
  }
}

/**
 * Whether the source of a hidden image is known to have it: the look at it says so, or its preflight. Of an artifact
 * without a tag, one of what it is pulled under is enough.
 */
export function confirmationOf(reference: Reference, run: Run): Confirmation {
  const all = pulledReferences(reference).map((one) => {
    const image = imageOf(one, run);
    const ofPreflight = image === undefined ? undefined : ofImage(image);
    return ofPreflight ?? run.confirmations.get(formatReference(one)) ?? NOT_ASKED;
  });
  return all.find(({ kind }) => kind === 'confirmed') ?? all[0] ?? NOT_ASKED;
}

/** Whether a hidden image is at the target after the run, or would be after a run like this scan. */
export function isMirrored(reference: Reference, run: Run): boolean {
  return pulledReferences(reference).some((one) => {
    const image = imageOf(one, run);
    if (image === undefined || image.failure !== undefined) return false;
    return isPresent(image) || (run.options.scanOnly && image.state.kind === 'cleared');
  });
}
