import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { onDisk } from './disk-failure.ts';

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
 * Begins a file that nobody sees under its own name before it is whole: `<path>.part-<random>` until then.
 *
 * @throws MirrorError WORKSPACE_FAILED, naming the path, when the disk refuses; so do its functions.
 */
export async function openDraft(path: string, mode: number): Promise<Draft> {
  const draft = `${path}.part-${randomUUID()}`;
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
