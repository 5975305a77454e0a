import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { MirrorError } from '../errors.ts';
import type { Output } from '../ports.ts';

/** Writes below a directory. Each file appears whole or not at all: it is written beside its place and renamed. */
export function createOutput(directory: string): Output {
  const root = resolve(directory);
  return {
    async write(path, data) {
      const target = resolve(root, path);
      if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) throw new RangeError(`${path} leaves ${root}`);
      const part = `${target}.part`;
      try {
        await mkdir(dirname(target), { recursive: true });
        await writeFile(part, data);
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true });
        const why = error instanceof Error ? error.message : String(error);
        throw new MirrorError(`${target} cannot be written: ${why}`, {
          code: 'WORKSPACE_FAILED',
          origin: 'local',
          hint: 'name a directory that can be written with --output-dir',
          cause: error,
        });
      }
    },
  };
}
