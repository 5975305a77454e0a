import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BundleEntry } from '../../domain/bundle/bundle-entry.ts';
import type { Digest } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { BundleWriter } from '../../ports/bundles.ts';
import { type Journal, type JournalState, openJournal, readJournal } from './bundle-journal.ts';
import { type PartPlace, placesOf, placesWithin } from './bundle-parts.ts';
import { placeFiles, placings, removePartial, takeBack } from './bundle-place.ts';
import { type BundleOptions, type BundlePlan, planBundle } from './bundle-plan.ts';
import { openSpan, type Span } from './bundle-span.ts';
import { formatSums } from './bundle-sums.ts';
import { verifyWritten, writeKnown } from './bundle-verify.ts';
import { checkedContent } from './checked-content.ts';
import { diskFailure, isAbsent, onDisk } from './disk-failure.ts';
import { takeLock } from './lock-file.ts';

/** A bundle that is being written: its plan, its files as they are named meanwhile, and as they will be. */
interface Work {
  readonly path: string;
  readonly plan: BundlePlan;
  readonly partial: readonly PartPlace[];
  readonly final: readonly PartPlace[];
}

async function sizeOnDisk(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw diskFailure(path, 'read', error);
  }
}

/** Of the blobs that a journal names, those whose bytes the files are long enough for. */
async function believed({ plan, partial }: Work, state: JournalState): Promise<readonly Digest[]> {
  const ends = new Map<string, number>();
  for (const { path, start } of partial) ends.set(path, start + (await sizeOnDisk(path)));
  return state.done.filter((digest) => {
    const blob = plan.blobs.get(digest);
    if (blob === undefined) return false;
    const places = placesWithin(partial, blob.at, blob.size);
    return places.every(
      ({ path, start, bytes }) => (ends.get(path) ?? 0) >= Math.min(start + bytes, blob.at + blob.size),
    );
  });
}

/** Goes on with what an interrupted run of the same plan has left, or begins anew. */
async function beginJournal(work: Work): Promise<Journal> {
  const { path, plan, partial, final } = work;
  const file = `${path}.journal`;
  const state = await readJournal(file, plan.id);
  if (state === undefined) {
    // the old journal goes with the old bytes
    await onDisk(file, 'written', rm(file, { force: true }));
    await removePartial(`${path}.partial`);
    return openJournal(file, plan.id, []);
  }
  if (state.placing) await takeBack(placings(partial, final));
  return openJournal(file, plan.id, await believed(work, state));
}

function wrongBlobs(path: string, wrong: readonly Digest[]): MirrorError {
  const [first, ...others] = wrong;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return new MirrorError(
    `the bundle ${path} is damaged on the disk: blob ${first}${more} has other bytes than were written`,
    {
      code: 'CONTENT_DAMAGED',
      origin: 'local',
      hint: 'run again: what is damaged is fetched again, and the rest is kept',
    },
  );
}

/** Checks everything, and puts it in its place. */
async function finishBundle(work: Work, span: Span, journal: Journal, signal: AbortSignal) {
  const { path, plan, partial, final } = work;
  const absent = [...plan.blobs.keys()].find((digest) => !journal.done.has(digest));
  if (absent !== undefined) throw new RangeError(`blob ${absent} was not written`);
  await writeKnown(plan, span, signal);
  await span.settle();
  const { parts, wrong } = await verifyWritten(plan, span, final, signal);
  if (wrong.length > 0) {
    await journal.forget(wrong);
    throw wrongBlobs(path, wrong);
  }
  signal.throwIfAborted();
  await span.close();
  await journal.place();
  await placeFiles(path, placings(partial, final), plan.options.partBytes !== undefined, formatSums(parts));
  await journal.remove();
  return parts;
}

async function writeBlob(
  work: Work,
  span: Span,
  journal: Journal,
  ...[digest, chunks, signal]: Parameters<BundleWriter['write']>
) {
  const blob = work.plan.blobs.get(digest);
  if (blob === undefined) throw new RangeError(`blob ${digest} is not in the plan of ${work.path}`);
  const isThere = journal.done.has(digest);
  let { at } = blob;
  for await (const chunk of checkedContent(blob, chunks, signal)) {
    if (!isThere) await span.write(chunk, at);
    at += chunk.length;
  }
  if (!isThere) await journal.add(digest);
}

/**
 * Begins to write a bundle at `path`, or goes on where an interrupted run with the same entries and options has stopped: a
 * plain tar file (ustar), whose entries follow one that says how large all of it is; its directory is made. With `partBytes`
 * it is cut into `path.001`, `path.002`, and so on. The same entries and options give the same bytes.
 *
 * Until it is finished, everything is in `path.partial` (`path.partial.001`, and so on) and `path.journal`; `path.lock` keeps
 * a second process out. A finished one has its checksums in `path.sha256`, and replaces an older one of that name. A blob that
 * is written again is read to its end and checked, and kept as it was. Memory does not grow with blobs.
 *
 * @throws RangeError for entries and options that `planBundle` refuses; MirrorError WORKSPACE_FAILED when the disk refuses, or
 *   another process is at work on the same path.
 */
export async function openBundleWriter(
  path: string,
  entries: readonly BundleEntry[],
  options: BundleOptions,
): Promise<BundleWriter> {
  const plan = planBundle(entries, options);
  const partial = placesOf(`${path}.partial`, plan.bytes, options.partBytes);
  const work: Work = { path, plan, partial, final: placesOf(path, plan.bytes, options.partBytes) };
  await onDisk(dirname(path), 'written', mkdir(dirname(path), { recursive: true }));
  const lock = await takeLock(`${path}.lock`, 'bundle');
  const journal = await beginJournal(work).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const span = openSpan(partial, 'write', (file, verb, thrown) =>
    diskFailure(file, verb, thrown ?? new Error('it ends too early')),
  );
  const busy = new Set<Digest>();
  return {
    done: journal.done,
    async write(digest, chunks, signal) {
      if (busy.has(digest)) throw new RangeError(`blob ${digest} is being written`);
      busy.add(digest);
      try {
        await writeBlob(work, span, journal, digest, chunks, signal);
      } finally {
        busy.delete(digest);
      }
    },
    async finish(signal) {
      const parts = await finishBundle(work, span, journal, signal);
      await lock.release();
      return parts;
    },
    async close() {
      await span.close();
      await journal.close();
      await lock.release();
    },
  };
}
