import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openBundleWriter } from '../../../../src/adapters/files/bundle-writer.ts';
import { atPath, bundleOptions, filesAt, SMALL } from '../../../support/bundle-samples.ts';

async function openAndClose(path: string): Promise<void> {
  const writer = await openBundleWriter(path, SMALL.entries, bundleOptions());
  await writer.close();
}

describe('the lock of a bundle', () => {
  it(
    'keeps a living process out, and names it',
    atPath(async (path) => {
      await writeFile(`${path}.lock`, `${process.ppid} someone\n`);
      const refused = { code: 'WORKSPACE_FAILED', message: expect.stringContaining(`process ${process.ppid}`) };
      await expect(openAndClose(path)).rejects.toMatchObject(refused);
      expect(await readFile(`${path}.lock`, 'utf8')).toBe(`${process.ppid} someone\n`);
      expect(await filesAt(path)).toEqual(['.lock']);
    }),
  );

  it(
    'keeps a second writer of this process out, until the first one closes',
    atPath(async (path) => {
      const first = await openBundleWriter(path, SMALL.entries, bundleOptions());
      await expect(openAndClose(path)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
      await first.close();
      const second = await openBundleWriter(path, SMALL.entries, bundleOptions());
      await first.close();
      expect(await filesAt(path)).toContain('.lock');
      await second.close();
    }),
  );

  it(
    'is taken over from a process that is gone, or had the same id, and where it says nothing',
    atPath(async (path) => {
      for (const text of ['999999999 gone\n', `${process.pid} another-run\n`, '', 'what', '0 x\n', '-1 x\n']) {
        await writeFile(`${path}.lock`, text);
        await openAndClose(path);
        expect(await filesAt(path)).not.toContain('.lock');
      }
    }),
  );

  it(
    'is taken over by one only',
    atPath(async (path) => {
      await writeFile(`${path}.lock`, '999999999 gone\n');
      const tries = Array.from({ length: 8 }, () => openBundleWriter(path, SMALL.entries, bundleOptions()));
      const came = await Promise.allSettled(tries);
      const writers = came.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(writers.length).toBe(1);
      for (const writer of writers) await writer.close();
      expect(await filesAt(path)).toEqual(['.journal']);
    }),
  );
});
