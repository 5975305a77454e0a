import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { MirrorError } from '../errors.ts';
import type { Output } from '../ports/files.ts';
import { removeAbandonedDrafts } from './files/draft.ts';
import { ownMark } from './files/process-mark.ts';

/** Where the report goes, below the output directory. */
export const REPORT_FILE = 'report.json';

function unwritable(path: string, flag: string, cause: unknown): MirrorError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MirrorError(`${path} cannot be written: ${why}`, {
    code: 'WORKSPACE_FAILED',
    origin: 'local',
    hint: `name a directory that can be written with ${flag}`,
    cause,
  });
}

/**
 * Makes the output directory and writes a file into it once, before a run does anything that could not be reported.
 *
 * @throws MirrorError INPUT_INVALID when it cannot be written, or `report.json` in it is no file.
 */
export async function checkOutput(directory: string): Promise<void> {
  const probe = join(directory, '.airgap-charts.part');
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(probe, '');
    // another run may try the same directory at this moment
    await rm(probe, { force: true });
    const report = join(directory, REPORT_FILE);
    if (existsSync(report) && !(await stat(report)).isFile()) throw new Error(`${REPORT_FILE} in it is not a file`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MirrorError(`the output directory ${directory} cannot be used: ${why}`, {
      code: 'INPUT_INVALID',
      origin: 'input',
      hint: 'name a directory that can be written with --output-dir',
      cause: error,
    });
  }
}

/**
 * Writes below a directory. Each file appears whole or not at all: it is written beside its place, under a name that no other run
 * has, and renamed. Of two runs that write the same file at once, the last one wins, and both have written it whole. `flag` is what
 * has named the directory.
 */
export function createOutput(directory: string, flag = '--output-dir'): Output {
  const root = resolve(directory);
  return {
    async write(path, data, mode) {
      const target = resolve(root, path);
      if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) throw new RangeError(`${path} leaves ${root}`);
      const part = `${target}.part-${ownMark()}`;
      try {
        await mkdir(dirname(target), { recursive: true });
        await removeAbandonedDrafts(target);
        await writeFile(part, data, { mode });
        await rename(part, target);
      } catch (error) {
        // what could not be written is often not there to be removed either
        await rm(part, { force: true }).catch(() => undefined);
        throw unwritable(target, flag, error);
      }
    },
  };
}
