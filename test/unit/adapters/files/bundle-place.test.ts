import { watch } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bundlePath, filesAt, MIB, SPLIT, writeSample } from '../../../support/bundle-samples.ts';
import { inDirectory } from '../../../support/wrap-samples.ts';

/** What comes and goes in a directory while something is done there, in order. */
async function seenWhile(directory: string, act: () => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = [];
  const watcher = watch(directory, (kind, name) => {
    if (kind === 'rename' && name !== null) seen.push(name);
  });
  try {
    await act();
    await setTimeout(100);
    return seen;
  } finally {
    watcher.close();
  }
}

describe('a bundle that is put in its place', () => {
  it.each(['.001', '.002', '.sha256'])('is not there at all when %s cannot be', (end) =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await mkdir(`${path}${end}/taken`, { recursive: true });
      const writing = writeSample(path, SPLIT, { partBytes: MIB });
      await expect(writing).rejects.toMatchObject({
        code: 'WORKSPACE_FAILED',
        message: expect.stringContaining(`${path}${end} cannot be written: `),
      });
      expect(await filesAt(path)).toEqual([end, '.journal', '.partial.001', '.partial.002', '.sha256.partial'].sort());
      await rm(`${path}${end}`, { recursive: true });
      expect((await writeSample(path, SPLIT, { partBytes: MIB })).written).toEqual([]);
      expect(await filesAt(path)).toEqual(['.001', '.002', '.sha256']);
    }),
  );

  // other systems do not tell every event, and not in order
  it.runIf(process.platform === 'linux')(
    'comes with its first part last, and the first part of the old one goes first',
    () =>
      inDirectory(async (directory) => {
        const path = bundlePath(directory);
        for (const isSecond of [false, true]) {
          const seen = await seenWhile(directory, () => writeSample(path, SPLIT, { partBytes: MIB }));
          const names = seen.map((name) => name.slice(basename(path).length));
          const placed = names.filter((name) => ['.001', '.002', '.sha256'].includes(name));
          expect(placed).toEqual([...(isSecond ? ['.sha256', '.001', '.002'] : []), '.002', '.sha256', '.001']);
        }
      }),
  );
});
