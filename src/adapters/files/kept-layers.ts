import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contents } from '../../ports/contents.ts';
import { openContentStore } from './content-store.ts';
import { isAbsent, onDisk } from './disk-failure.ts';
import { type Lock, tryLock } from './lock-file.ts';

/** Layers that were fetched and wait to be written into a file. */
export interface KeptLayers {
  readonly contents: Contents;
  /** Lets the next run have them, or takes them away. */
  close(end: 'keep' | 'remove'): Promise<void>;
}

const NAME = '.airgap-charts-layers';
const NUMBERED = /^\.airgap-charts-layers(?:-([1-9][0-9]{0,3}))?$/;

function nameOf(number: number): string {
  return number === 1 ? NAME : `${NAME}-${number}`;
}

/** The numbers of the places that are there already, since an earlier run did not come to its end. */
async function left(directory: string): Promise<readonly number[]> {
  return (await readdir(directory))
    .flatMap((name) => {
      const found = NUMBERED.exec(name);
      return found === null ? [] : [Number(found[1] ?? 1)];
    })
    .sort((a, b) => a - b);
}

/** Whether a place is another user's: what stands there may not be believed, and cannot be written. */
async function isForeign(path: string): Promise<boolean> {
  const own = process.getuid?.();
  const found = await stat(path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  return own !== undefined && found !== undefined && found.uid !== own;
}

/** The first place that no other run is at work in: one that is there, or a new one. */
async function takePlace(directory: string): Promise<{ readonly path: string; readonly lock: Lock }> {
  const known = await onDisk(directory, 'read', left(directory));
  const numbers = [...known, ...Array.from({ length: known.length + 1 }, (_, index) => index + 1)];
  for (let next = 0; ; next += 1) {
    const path = join(directory, nameOf(numbers[next] ?? next + 1));
    if (await onDisk(path, 'read', isForeign(path))) continue;
    const tried = await tryLock(`${path}.lock`);
    if (tried.kind === 'taken') return { path, lock: tried.lock };
  }
}

/**
 * Opens the layers that an earlier run kept below a directory, for this run alone: another run that is at work at the same
 * time has a place of its own. The directory is made where it is not there.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses.
 */
export async function openKeptLayers(directory: string): Promise<KeptLayers> {
  await onDisk(directory, 'written', mkdir(directory, { recursive: true }));
  const { path, lock } = await takePlace(directory);
  return {
    contents: openContentStore(path),
    async close(end) {
      try {
        if (end === 'remove') await onDisk(path, 'written', rm(path, { recursive: true, force: true }));
      } finally {
        await lock.release();
      }
    },
  };
}
