import type { ImagesLock, LockedImage } from '../../domain/lock/images-lock.ts';
import { judgeLocked, type LockVerdict, type VerifiedImage } from '../../domain/lock/verdict.ts';
import { formatReference, parseReference, type Reference } from '../../domain/reference.ts';
import { toMirrorError } from '../../errors.ts';
import type { Step, StepView } from '../progress.ts';
import { WAITING } from '../progress.ts';
import { type ImageContents, readImage, type Shelf } from './read-image.ts';

/** A lock that is compared with a registry. */
export interface LockCheck {
  readonly lock: ImagesLock;
  readonly shelf: Shelf;
  /** Where an image of the lock is to be. */
  readonly at: (image: Reference) => Reference;
  /** What the registry has, compared with what is locked. */
  readonly judge: (locked: LockedImage, found: ImageContents) => LockVerdict;
  /** Filled in the order in which answers come. */
  readonly found: Map<LockedImage, VerifiedImage>;
}

/** Begins a comparison, platform by platform where nothing else is said. */
export function startLockCheck(
  init: Omit<LockCheck, 'found' | 'judge'> & Partial<Pick<LockCheck, 'judge'>>,
): LockCheck {
  return { judge: (locked, { platforms }) => judgeLocked(locked, platforms), ...init, found: new Map() };
}

/** Compares an image as a whole with the one digest that is locked, as that of a bundle is. */
export function judgeWhole({ digests }: LockedImage, { top }: ImageContents): LockVerdict {
  const [locked] = digests;
  if (locked === undefined) return { kind: 'not-locked' };
  if (locked.digest === top.digest) return { kind: 'same' };
  return { kind: 'differs', platforms: [{ arch: locked.arch, locked: locked.digest, found: top.digest }] };
}

async function verdictOf(locked: LockedImage, at: Reference, { shelf, judge }: LockCheck): Promise<LockVerdict> {
  try {
    return judge(locked, await readImage(at, [], shelf));
  } catch (thrown) {
    if (shelf.run.signal.aborted) throw thrown;
    const error = toMirrorError(thrown);
    const isAbsent = error.code === 'IMAGE_SOURCE_ABSENT' || error.code === 'IMAGE_SOURCE_DENIED';
    return { kind: isAbsent ? 'absent' : 'unknown', reason: error.message };
  }
}

/** A verdict in a few words. */
export function verdictText(verdict: LockVerdict): string {
  switch (verdict.kind) {
    case 'same':
      return 'as locked';
    case 'differs':
      return verdict.platforms
        .map(({ arch, locked, found }) =>
          found === undefined ? `${arch} ${locked} is not there` : `${arch} was ${locked}, is ${found}`,
        )
        .join('; ');
    case 'absent':
    case 'unknown':
      return verdict.reason;
    case 'not-locked':
      return 'the lock does not have it';
    case 'not-named':
      return 'the chart does not name it';
  }
}

async function check(locked: LockedImage, lockCheck: LockCheck, view: StepView): Promise<void> {
  const reference = parseReference(locked.image);
  if (reference === undefined) throw new RangeError(`${locked.image} was read as a reference`);
  const at = lockCheck.at(reference);
  const verdict = await verdictOf(locked, at, lockCheck);
  const { chart, name, image } = locked;
  lockCheck.found.set(locked, { chart, name, image, at: formatReference(at), verdict });
  if (verdict.kind !== 'same') view.update(verdictText(verdict));
}

/** Asks the registry for every image of the lock. A verdict fails nothing. */
export function lockCheckStep(lockCheck: LockCheck): Step {
  return {
    title: 'Compare images with the lock',
    width: WAITING,
    items: () =>
      lockCheck.shelf.run.signal.aborted
        ? []
        : lockCheck.lock.images.map((locked) => ({
            label: locked.image,
            work: (view) => check(locked, lockCheck, view),
          })),
  };
}

/** What was found, in the lock's order; what nobody came to ask for is unknown. */
export function verifiedImages({ lock, found, at }: LockCheck): readonly VerifiedImage[] {
  return lock.images.map((locked) => {
    const { chart, name, image } = locked;
    const reference = parseReference(image);
    const place = reference === undefined ? image : formatReference(at(reference));
    const reason = 'the run ended before it was asked';
    return found.get(locked) ?? { chart, name, image, at: place, verdict: { kind: 'unknown', reason } };
  });
}
