import { rmSync } from 'node:fs';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { MirrorError } from '../errors.ts';
import type { Workspace } from '../ports/files.ts';
import { isAbandoned, ownMark } from './files/process-mark.ts';

/** A workspace with its root, which is removed at the end of the run. */
export interface OpenWorkspace extends Workspace {
  readonly root: string;
  readonly close: () => Promise<void>;
}

const PREFIX = 'airgap-charts-';

/**
 * Removes what runs of this user that were killed have left below `parent`. What cannot be removed stays: it is no reason to end a run
 * that has nothing to do with it.
 */
async function removeAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) continue;
    if (isAbandoned(name, found.mtimeMs)) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Makes a fresh directory below `parent`, for the user alone; it goes with the process at the latest. Names that would
 * leave it are refused. What killed runs have left there goes.
 *
 * @throws MirrorError WORKSPACE_FAILED when the directory cannot be made or written.
 */
export async function openWorkspace(parent: string): Promise<OpenWorkspace> {
  const failed = (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error);
    throw new MirrorError(`the workspace below ${parent} cannot be written: ${why}`, {
      code: 'WORKSPACE_FAILED',
      origin: 'local',
      hint: 'free some room, or name another directory in TMPDIR',
      cause: error,
    });
  };
  await removeAbandoned(parent);
  const root = join(parent, `${PREFIX}${ownMark()}`);
  await mkdir(root, { mode: 0o700 }).catch(failed);
  // values hold passwords: nothing may stay, not even when a person does not want to wait for the end
  const removeNow = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  process.on('exit', removeNow);
  return {
    root,
    async write(name, data) {
      const path = resolve(root, name);
      if (!path.startsWith(root + sep)) throw new RangeError(`${name} leaves the workspace`);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(path, data, { mode: 0o600 });
      } catch (error) {
        failed(error);
      }
      return path;
    },
    async close() {
      await rm(root, { recursive: true, force: true });
      process.off('exit', removeNow);
    },
  };
}
