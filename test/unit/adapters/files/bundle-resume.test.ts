import { appendFile, copyFile, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openBundleWriter } from '../../../../src/adapters/files/bundle-writer.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import type { Digest } from '../../../../src/domain/reference.ts';
import {
  atPath,
  bundleOptions,
  bundlePath,
  chunked,
  contentsOfBundle,
  contentsOfSample,
  filesAt,
  MIB,
  pieceOf,
  SPLIT,
  streamOf,
  textEntry,
  writeSample,
} from '../../../support/bundle-samples.ts';
import { inDirectory, RUNNING } from '../../../support/wrap-samples.ts';

const DIGESTS: readonly Digest[] = [...SPLIT.pieces.keys()];
const [LARGE, ...OTHERS] = DIGESTS;
const LAST = DIGESTS.at(-1);

type Split = 'parts' | 'one file';

/** A run that writes these blobs and is then interrupted. */
async function interrupt(path: string, digests: readonly Digest[], split: Split = 'parts'): Promise<void> {
  const options = bundleOptions(split === 'parts' ? MIB : undefined);
  const writer = await openBundleWriter(path, SPLIT.entries, options);
  for (const digest of digests) await writer.write(digest, chunked(pieceOf(SPLIT, digest)), RUNNING);
  await writer.close();
}

/** Writes the rest, compares it with a bundle that was written in one go, and says what was written. */
async function goOn(path: string, split: Split = 'parts'): Promise<readonly Digest[]> {
  const { parts, written } = await writeSample(path, SPLIT, split === 'parts' ? { partBytes: MIB } : {});
  expect(digestOf(await streamOf(parts))).toBe(await undisturbed(split));
  expect(await filesAt(path)).toEqual(split === 'parts' ? ['.001', '.002', '.sha256'] : ['', '.sha256']);
  return written;
}

const known = new Map<Split, Promise<Digest>>();

/** The digest of the bytes of a run without an interruption. */
function undisturbed(split: Split): Promise<Digest> {
  const before = known.get(split);
  if (before !== undefined) return before;
  const digest = inDirectory(async (directory) => {
    const { parts } = await writeSample(bundlePath(directory), SPLIT, split === 'parts' ? { partBytes: MIB } : {});
    return digestOf(await streamOf(parts));
  });
  known.set(split, digest);
  return digest;
}

describe('a bundle that was interrupted', () => {
  it(
    'goes on where it stopped',
    atPath(async (path) => {
      await interrupt(path, OTHERS.slice(0, 2));
      expect(await filesAt(path)).toContain('.journal');
      await interrupt(path, OTHERS.slice(2, 3));
      expect(await goOn(path)).toEqual([LARGE, ...OTHERS.slice(3)]);
    }),
  );

  it(
    'begins anew when its plan is another one, whatever of it differs',
    atPath(async (path) => {
      const others = [
        { entries: [...SPLIT.entries, textEntry('more', '')], options: bundleOptions(MIB) },
        { entries: SPLIT.entries.toReversed(), options: bundleOptions(MIB) },
        { entries: SPLIT.entries, options: bundleOptions(MIB + 1) },
        { entries: SPLIT.entries, options: bundleOptions() },
        { entries: SPLIT.entries, options: { ...bundleOptions(MIB), mtimeSeconds: 1 } },
      ];
      for (const { entries, options } of others) {
        await interrupt(path, OTHERS);
        const writer = await openBundleWriter(path, entries, options);
        expect([...writer.done]).toEqual([]);
        expect(await filesAt(path)).toEqual(['.journal', '.lock']);
        await writer.close();
      }
      expect(await goOn(path)).toEqual(DIGESTS);
    }),
  );

  it(
    'leaves no files of a plan with more parts',
    atPath(async (path) => {
      await interrupt(path, DIGESTS);
      await writeFile(`${path}.partial.007`, '');
      expect(await goOn(path, 'one file')).toEqual(DIGESTS);
    }),
  );

  it(
    'does not count the last line of its journal where it is torn',
    atPath(async (path) => {
      await interrupt(path, OTHERS);
      const journal = await readFile(`${path}.journal`, 'utf8');
      await writeFile(`${path}.journal`, journal.slice(0, -20));
      expect(await goOn(path)).toEqual([LARGE, LAST]);
      await interrupt(path, OTHERS);
      await writeFile(`${path}.journal`, journal.slice(0, -1));
      expect(await goOn(path)).toEqual([LARGE, LAST]);
    }),
  );

  it(
    'begins anew where its journal cannot be read',
    atPath(async (path) => {
      const journals = [
        (text: string) => text.replace('sha256:', 'sha256;'),
        (text: string) => text.replace('\n', '\n\n'),
        (text: string) => text.slice(0, 30),
        (text: string) => text.slice(1),
        () => '',
        () => '\0'.repeat(500),
      ];
      for (const change of journals) {
        await interrupt(path, OTHERS);
        await writeFile(`${path}.journal`, change(await readFile(`${path}.journal`, 'utf8')));
        expect(await goOn(path)).toEqual(DIGESTS);
      }
      await interrupt(path, OTHERS);
      await rm(`${path}.journal`);
      expect(await goOn(path)).toEqual(DIGESTS);
    }),
  );

  it(
    'does not believe what a shorter file cannot hold',
    atPath(async (path) => {
      await interrupt(path, DIGESTS);
      // the end of the last blob is in the second part, and that of the first one at its beginning
      await truncate(`${path}.partial.002`, (await stat(`${path}.partial.002`)).size - 1);
      expect(await goOn(path)).toEqual([LAST]);
      await interrupt(path, DIGESTS);
      await truncate(`${path}.partial.002`, 0);
      expect(await goOn(path)).toEqual(DIGESTS);
      await interrupt(path, DIGESTS);
      await truncate(`${path}.partial.001`, MIB - 1);
      expect(await goOn(path)).toEqual([LARGE]);
      await interrupt(path, DIGESTS);
      await rm(`${path}.partial.001`);
      expect(await goOn(path)).toEqual([LARGE]);
    }),
  );

  it(
    'cuts a longer file',
    atPath(async (path) => {
      await interrupt(path, DIGESTS);
      for (const end of ['.001', '.002']) await truncate(`${path}.partial${end}`, 3 * MIB);
      await appendFile(`${path}.partial.002`, 'x'.repeat(100));
      expect(await goOn(path)).toEqual([]);
    }),
  );

  it(
    'finds a blob that is wrong on the disk, and fetches only that again',
    atPath(async (path) => {
      await interrupt(path, DIGESTS, 'one file');
      const bytes = await readFile(`${path}.partial`);
      for (const digest of [LARGE, LAST]) {
        if (digest === undefined) throw new Error('the sample has pieces');
        const at = bytes.indexOf(pieceOf(SPLIT, digest)) + 300;
        bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      }
      await writeFile(`${path}.partial`, bytes);
      await expect(writeSample(path, SPLIT)).rejects.toMatchObject({
        code: 'CONTENT_DAMAGED',
        origin: 'local',
        message: expect.stringContaining(`blob ${LARGE} and 1 more has`),
        hint: expect.stringContaining('run again'),
      });
      expect(await filesAt(path)).toEqual(['.journal', '.partial']);
      expect(await goOn(path, 'one file')).toEqual([LARGE, LAST]);
    }),
  );

  it(
    'takes back the files that were in their place already',
    atPath(async (path) => {
      for (const placed of [['.002'], ['.002', '.001']]) {
        await interrupt(path, DIGESTS);
        await appendFile(`${path}.journal`, 'placing\n');
        for (const end of placed) await rename(`${path}.partial${end}`, `${path}${end}`);
        expect(await goOn(path)).toEqual([]);
      }
    }),
  );

  it(
    'does not take an older bundle for its own',
    atPath(async (path) => {
      const { parts } = await writeSample(path, SPLIT, { partBytes: MIB });
      await interrupt(path, DIGESTS);
      await rm(`${path}.partial.002`);
      const writer = await openBundleWriter(path, SPLIT.entries, bundleOptions(MIB));
      expect([...writer.done]).toEqual([]);
      await writer.close();
      const names = parts.map(({ file }) => file);
      expect(await contentsOfBundle(names, SPLIT)).toEqual(contentsOfSample(SPLIT));
    }),
  );

  it(
    'goes on with a copy of its files at another path',
    atPath(async (path) => {
      await interrupt(path, OTHERS, 'one file');
      for (const end of ['.partial', '.journal']) await copyFile(`${path}${end}`, `${path}2${end}`);
      expect(await goOn(`${path}2`, 'one file')).toEqual([LARGE]);
    }),
  );
});
