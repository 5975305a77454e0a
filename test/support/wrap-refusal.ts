import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openContentStore } from '../../src/adapters/files/content-store.ts';
import { readWrap } from '../../src/adapters/files/read-wrap.ts';
import { inDirectory, RUNNING, wrongFiles } from './wrap-samples.ts';

/**
 * What `readWrap` says when it refuses these bytes, without the file's name. It must say the same with a store and without
 * one, and leave nothing wrong in the store; what takes long is read without one only.
 */
export function refusalOf(bytes: Buffer, withStore = true): Promise<string> {
  return inDirectory(async (directory) => {
    const path = join(directory, 'x.wrap.tgz');
    const store = join(directory, 'store');
    await writeFile(path, bytes);
    const said: string[] = [];
    for (const contents of withStore ? [undefined, openContentStore(store)] : [undefined]) {
      const thrown: unknown = await readWrap(path, contents, RUNNING).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'FILE_REFUSED', origin: 'source', hint: expect.stringMatching(/^[a-z]/) });
      const message = thrown instanceof Error ? thrown.message : '';
      expect(message.startsWith(`wrap ${path} refused: `)).toBe(true);
      said.push(message.slice(`wrap ${path} refused: `.length));
    }
    expect(await wrongFiles(store)).toEqual([]);
    expect(new Set(said).size).toBe(1);
    return said[0] ?? '';
  });
}
