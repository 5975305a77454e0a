import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KeptLayers, openKeptLayers } from '../../../../src/adapters/files/kept-layers.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { chunksOf, inDirectory, RUNNING } from '../../../support/wrap-samples.ts';

const LAYER = Buffer.from('a layer');
const OTHER = Buffer.from('another one');

async function put({ contents }: KeptLayers, layer: Buffer): Promise<void> {
  await contents.write(digestOf(layer), layer.length, chunksOf(layer), RUNNING);
}

function has({ contents }: KeptLayers, layer: Buffer): Promise<boolean> {
  return contents.size(digestOf(layer)).then((size) => size !== undefined);
}

describe('openKeptLayers', () => {
  it('gives two runs at once a place each, and neither takes what the other has', () =>
    inDirectory(async (directory) => {
      const first = await openKeptLayers(directory);
      const second = await openKeptLayers(directory);
      await put(first, LAYER);
      await put(second, OTHER);
      expect([await has(first, OTHER), await has(second, LAYER)]).toEqual([false, false]);
      await first.close('remove');
      expect(await has(second, OTHER)).toBe(true);
      await second.close('remove');
      expect(await readdir(directory)).toEqual([]);
    }));

  it('gives the next run what was kept, wherever it is', () =>
    inDirectory(async (directory) => {
      const first = await openKeptLayers(directory);
      const second = await openKeptLayers(directory);
      await put(second, LAYER);
      await second.close('keep');
      await first.close('remove');
      const next = await openKeptLayers(directory);
      expect(await has(next, LAYER)).toBe(true);
      await next.close('remove');
      expect(await readdir(directory)).toEqual([]);
    }));

  it('takes over from a process that is gone', () =>
    inDirectory(async (directory) => {
      const killed = await openKeptLayers(directory);
      await put(killed, LAYER);
      await writeFile(join(directory, '.airgap-charts-layers.lock'), '999999999 gone\n');
      const next = await openKeptLayers(directory);
      expect(await has(next, LAYER)).toBe(true);
      await next.close('remove');
      expect(await readdir(directory)).toEqual([]);
    }));

  it('is taken over by several at once: each has a place, and none is turned away', () =>
    inDirectory(async (directory) => {
      for (let round = 0; round < 10; round += 1) {
        await writeFile(join(directory, '.airgap-charts-layers.lock'), '999999999 gone\n');
        const all = await Promise.all(Array.from({ length: 4 }, () => openKeptLayers(directory)));
        await Promise.all(all.map((kept, index) => put(kept, Buffer.from(`layer ${index}`))));
        for (const [index, kept] of all.entries()) expect(await has(kept, Buffer.from(`layer ${index}`))).toBe(true);
        await Promise.all(all.map((kept) => kept.close('remove')));
      }
    }));

  it.runIf(process.getuid?.() === 0)("passes over another user's place", () =>
    inDirectory(async (directory) => {
      await mkdir(join(directory, '.airgap-charts-layers'));
      await chown(join(directory, '.airgap-charts-layers'), 12345, 12345);
      const kept = await openKeptLayers(directory);
      await put(kept, LAYER);
      await kept.close('remove');
      expect(await readdir(directory)).toEqual(['.airgap-charts-layers']);
    }),
  );

  it('makes the directory', () =>
    inDirectory(async (directory) => {
      const kept = await openKeptLayers(join(directory, 'new'));
      await kept.close('keep');
      expect(await readdir(directory)).toEqual(['new']);
    }));
});
