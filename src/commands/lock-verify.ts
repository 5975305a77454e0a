import { resolve } from 'node:path';
import type { LockFlags } from '../cli/lock-command.ts';
import { diskFiles } from '../config/read-text.ts';
import { textAt } from '../domain/chart/archive-tree.ts';
import { IMAGES_LOCK, type ImagesLock } from '../domain/lock/images-lock.ts';
import { readImagesLock } from '../domain/lock/read-images-lock.ts';
import { type VerifiedImage, type VerifyReport, verifyExitCode } from '../domain/lock/verdict.ts';
import { byTagAlone } from '../domain/plan/destination.ts';
import { formatReference, parseReference, type Reference } from '../domain/reference.ts';
import { MirrorError, oneLine } from '../errors.ts';
import type { Carrying } from '../pipeline/carry/carry-run.ts';
import { listSteps } from '../pipeline/carry/carry-steps.ts';
import { inListOrder } from '../pipeline/carry/make-lists.ts';
import { type LockCheck, lockCheckStep, startLockCheck, verifiedImages } from '../pipeline/carry/verify-lock.ts';
import type { Step } from '../pipeline/progress.ts';
import { once } from '../pipeline/step-items.ts';
import { type CarryCall, carry, tell } from './carry.ts';
import { tellVerified } from './tell-verified.ts';

/** A lock as it was read from a file. @throws MirrorError FILE_REFUSED when it is none. */
export function lockFrom(text: string, file: string): ImagesLock {
  const reading = readImagesLock(text);
  if (reading.kind === 'lock') return reading.lock;
  throw new MirrorError(`${file} is no lock of images: ${reading.reasons.join('; ')}`, {
    code: 'FILE_REFUSED',
    origin: 'input',
    hint: 'make it again with airgap-charts lock',
  });
}

function unreadable(file: string, error: unknown): never {
  throw new MirrorError(`${file} cannot be read: ${oneLine(error instanceof Error ? error.message : String(error))}`, {
    code: 'FILE_REFUSED',
    origin: 'input',
    hint: 'name a file that holds an Images.lock',
  });
}

/** Reads a lock from a file on disk. @throws MirrorError FILE_REFUSED when there is none. */
export async function readLockFile(file: string, cwd: string): Promise<ImagesLock> {
  const text = await diskFiles.readText(resolve(cwd, file)).catch((error: unknown) => unreadable(file, error));
  return lockFrom(text, file);
}

async function storedLock(carrying: Carrying, lockFile: string | undefined, cwd: string): Promise<ImagesLock> {
  if (lockFile !== undefined) return readLockFile(lockFile, cwd);
  const [chart] = carrying.run.charts;
  const text = chart?.pulled === undefined ? undefined : textAt(chart.pulled.original, [IMAGES_LOCK]);
  if (text !== undefined) return lockFrom(text, IMAGES_LOCK);
  throw new MirrorError(`the chart has no ${IMAGES_LOCK}`, {
    code: 'FILE_REFUSED',
    origin: 'input',
    hint: 'make one with airgap-charts lock, or name it with --lock-file',
  });
}

/** The whole reference of a text, so that two spellings of one image are one. */
function canonical(text: string): string {
  const reference = parseReference(text);
  return reference === undefined ? text : formatReference(reference);
}

/** The names that a lock can have for an image: those for dt have no digests. */
function namesOf(source: Reference): readonly string[] {
  return [formatReference(source), formatReference(byTagAlone(source))];
}

/** What the chart names now and the lock lacks. */
function notLocked(carrying: Carrying, { images }: ImagesLock): readonly VerifiedImage[] {
  const known = new Set(images.map(({ image }) => canonical(image)));
  return [...carrying.cargo.values()]
    .flatMap((cargo) => inListOrder(cargo, carrying))
    .filter(({ source, isCertain }) => isCertain && !namesOf(source).some((name) => known.has(name)))
    .map(({ owner, name, text, source }) => ({
      chart: owner.metadata.name,
      ...{ name, image: text, at: formatReference(source) },
      verdict: { kind: 'not-locked' },
    }));
}

/** Where an image of a lock is: what the chart pins and the lock names by its tag stands under the digest. */
function placesOf(carrying: Carrying): (image: Reference) => Reference {
  const listed = [...carrying.cargo.values()].flatMap((cargo) => cargo.listed.map(({ source }) => source));
  const exact = new Set(listed.map(formatReference));
  const pinned = new Map(
    listed.filter(({ digest }) => digest !== undefined).map((one) => [formatReference(byTagAlone(one)), one] as const),
  );
  return (image) => {
    const text = formatReference(image);
    return exact.has(text) ? image : (pinned.get(text) ?? image);
  };
}

/** What the lock has, with what the chart does not name marked so: it may be gone, or named for another choice of images. */
function asNamed(verified: readonly VerifiedImage[], carrying: Carrying): readonly VerifiedImage[] {
  const named = new Set(
    [...carrying.cargo.values()]
      .flatMap(({ listed }) => listed)
      .flatMap(({ source, text }) => [...namesOf(source), canonical(text)]),
  );
  return verified.map((one) =>
    one.verdict.kind !== 'same' || named.has(canonical(one.image)) ? one : { ...one, verdict: { kind: 'not-named' } },
  );
}

/** What the lock says of the chart itself. */
function chartNotes(carrying: Carrying, { chart }: ImagesLock): readonly string[] {
  const metadata = carrying.run.charts[0]?.pulled?.chart.metadata;
  if (metadata === undefined || (metadata.name === chart.name && metadata.version === chart.version)) return [];
  return [`the lock is that of ${chart.name} ${chart.version}, the chart is ${metadata.name} ${metadata.version}`];
}

/** Compares a chart's lock with what the chart names now, and with what the registries have under these names now. */
export async function verifyLock(call: CarryCall, flags: LockFlags): Promise<number> {
  const { around, redactor } = call;
  let check: LockCheck | undefined;
  const steps = (carrying: Carrying): readonly Step[] => [
    ...listSteps(carrying),
    once(carrying.run, 'Read the lock', async () => {
      const lock = await storedLock(carrying, flags.lockFile, around.cwd);
      check = startLockCheck({ lock, shelf: { side: 'source', run: carrying.run }, at: placesOf(carrying) });
    }),
    {
      title: 'Compare images with the lock',
      width: 8,
      items: () => (check === undefined ? [] : lockCheckStep(check).items()),
    },
  ];
  const { report, carrying } = await carry(call, { command: 'lock', quiet: false, steps });
  const failed = report.charts.some(({ error }) => error !== null && error.code !== 'INTERRUPTED');
  if (check === undefined || failed) return tell(report, call);
  const images = [...asNamed(verifiedImages(check), carrying), ...notLocked(carrying, check.lock)];
  const notes = chartNotes(carrying, check.lock);
  const own = notes.length > 0 ? 1 : verifyExitCode(images);
  const verified: VerifyReport = {
    chart: check.lock.chart,
    exitCode: around.signal.aborted ? 130 : own,
    ...{ images, notes },
  };
  return tellVerified(verified, flags, around, redactor);
}
