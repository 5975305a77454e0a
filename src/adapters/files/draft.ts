import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { onDisk } from './disk-failure.ts';
import { isAbandoned, ownMark } from './process-mark.ts';

/** A file that is being written, beside the place where it will be. */
export interface Draft {
  /** Adds bytes at the end. They are on their way to the disk, and may be used again, when the promise ends. */
  put(bytes: Uint8Array): Promise<void>;
  /** Puts it in its place, over what was there. */
  keep(): Promise<void>;
  /** Removes it. Does nothing once it is in its place. */
  discard(): Promise<void>;
}

/**
 * Begins a file that nobody sees under its own name before it is whole: `<path>.part-<mark>` until then.
 *
 * @throws MirrorError WORKSPACE_FAILED, naming the path, when the disk refuses; so do its functions.
 */
export async function openDraft(path: string, mode: number): Promise<Draft> {
  const draft = `${path}.part-${ownMark()}`;
  const file = await onDisk(path, 'written', open(draft, 'wx', mode));
  let kept = false;
  return {
    put: (bytes) => onDisk(path, 'written', file.writeFile(bytes)),
    async keep() {
      await onDisk(path, 'written', file.close());
      await onDisk(path, 'written', rename(draft, path));
      kept = true;
    },
    async discard() {
      if (kept) return;
      // what went wrong before is what must be told, not that cleaning up after it failed too
      await file.close().catch(() => undefined);
      await rm(draft, { force: true }).catch(() => undefined);
    },
  };
}

/** Removes what killed runs have left of drafts of this file. What cannot be looked at or removed stays: it hinders nobody. */
export async function removeAbandonedDrafts(path: string): Promise<void> {
  const directory = dirname(path);
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${basename(path)}.part-`))) {
    const draft = join(directory, name);
    const found = await lstat(draft).catch(() => undefined);
    if (found?.isFile() === true && isAbandoned(name, found.mtimeMs))
      await rm(draft, { force: true }).catch(() => undefined);
  }
}
