import { copyFile, mkdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../../src/adapters/files/bundle-reader.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { FIVE_PARTS, flipIn, withParts } from '../../../support/bundle-parts.ts';
import { refusalOfFiles } from '../../../support/bundle-refusal.ts';
import {
  type BundleSample,
  contentsOfBundle,
  contentsOfSample,
  MIB,
  pieceOf,
  sampleOf,
  writeSample,
} from '../../../support/bundle-samples.ts';
import { noise, RUNNING } from '../../../support/wrap-samples.ts';

const LARGE = digestOf(noise('piece 1', 3_200_000));

/** Exchanges two files. */
async function swap(one: string, other: string): Promise<void> {
  await rename(one, `${one}.swap`);
  await rename(other, one);
  await rename(`${one}.swap`, other);
}

describe('a bundle in parts', () => {
  it(
    'is read in any order of its parts, from several directories, and from its first one or another',
    withParts(async (files, path) => {
      expect(files.length).toBe(5);
      const there = join(dirname(path), 'there');
      await mkdir(there);
      for (const file of files) await copyFile(file, join(there, basename(file)));
      const mixed = files.map((file, index) => (index % 2 === 0 ? file : join(there, basename(file))));
      for (const named of [files, files.toReversed(), mixed, ...files.map((file) => [file])]) {
        const bundle = await openBundle(named, RUNNING);
        expect(bundle.files).toEqual(
          named.length === 1 ? files : named.toSorted((a, b) => (basename(a) < basename(b) ? -1 : 1)),
        );
        await bundle.close();
        expect(await contentsOfBundle(named, FIVE_PARTS)).toEqual(contentsOfSample(FIVE_PARTS));
      }
    }),
  );

  it(
    'streams a blob across the borders, from any byte on',
    withParts(async (files) => {
      const bundle = await openBundle(files, RUNNING);
      const piece = pieceOf(FIVE_PARTS, LARGE);
      for (const from of [0, 1, MIB, 3_199_999, 3_200_000, 9_999_999]) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of bundle.contents.open(LARGE, from)) chunks.push(chunk);
        expect(Buffer.concat(chunks).equals(piece.subarray(from))).toBe(true);
      }
      await bundle.close();
    }),
  );

  it(
    'is refused when a part is missing, which is named',
    withParts(async (files, path) => {
      for (const [index, file] of files.entries()) {
        await rename(file, `${file}-away`);
        const refused = { by: 'openBundle', said: `the part charts.bundle.tar.00${index + 1} is missing` };
        const others = files.filter((one) => one !== file);
        expect(await refusalOfFiles(others, path)).toEqual(refused);
        expect(await refusalOfFiles([others[0] ?? ''], path)).toEqual(refused);
        await rename(`${file}-away`, file);
      }
    }),
  );

  it(
    'is refused when a part is cut, longer, or empty',
    withParts(async (files, path) => {
      const changes: readonly [number, number][] = [
        [4, -1],
        [4, 1],
        [2, -1],
        [2, 1],
        [0, 1],
      ];
      for (const [index, by] of changes) {
        const file = files[index] ?? '';
        const { length } = await readFile(file);
        const kept = `${path}-kept`;
        await copyFile(file, kept);
        await truncate(file, length + by);
        const said = `charts.bundle.tar.00${index + 1} has ${length + by} bytes instead of ${length}`;
        expect(await refusalOfFiles(files, path)).toEqual({ by: 'openBundle', said });
        await copyFile(kept, file);
      }
      await truncate(files[3] ?? '', 0);
      expect((await refusalOfFiles(files, path)).said).toContain('.004 has 0 bytes instead of 1048576');
    }),
  );

  it(
    'is refused when one is there twice, is foreign, or is no part',
    withParts(async (files, path) => {
      const [first = '', second = ''] = files;
      const there = join(dirname(path), 'there');
      await mkdir(there);
      await copyFile(first, join(there, basename(first)));
      await copyFile(first, join(there, 'other.001'));
      const refused: readonly [readonly string[], string][] = [
        [[...files, join(there, basename(first))], 'the part charts.bundle.tar.001 is there twice'],
        [[...files, second], 'the part charts.bundle.tar.002 is there twice'],
        [[...files, join(there, 'other.001')], 'other.001 is no part of the same bundle as charts.bundle.tar.001'],
        [[...files, `${path}.sha256`], 'charts.bundle.tar.sha256 is no part of the same bundle'],
        [[...files, `${path}.0006`], 'charts.bundle.tar.0006 is no part of the same bundle'],
      ];
      for (const [named, said] of refused) {
        expect(await refusalOfFiles(named, path)).toEqual({ by: 'openBundle', said: expect.stringContaining(said) });
      }
      await copyFile(first, `${path}.006`);
      const said = 'charts.bundle.tar.006 is no part of it: it has 5 files';
      expect(await refusalOfFiles([first], path)).toEqual({ by: 'openBundle', said });
      await rm(`${path}.006`);
      await copyFile(first, `${path}.000`);
      expect((await refusalOfFiles([first], path)).said).toContain(
        'charts.bundle.tar.000 is no part, they begin with 1',
      );
      await copyFile(first, join(there, 'renamed.tar'));
      const renamed = await refusalOfFiles([join(there, 'renamed.tar')], join(there, 'renamed.tar'));
      expect(renamed.said).toBe('it is one of 5 parts, under another name');
    }),
  );

  it(
    'is refused when parts are swapped, with and without the list of checksums',
    withParts(async (files, path) => {
      const [first = '', second = '', third = ''] = files;
      await swap(second, third);
      const list = {
        by: 'check',
        said: 'charts.bundle.tar.002 has another checksum than charts.bundle.tar.sha256 says',
      };
      expect(await refusalOfFiles(files, path)).toEqual(list);
      await rm(`${path}.sha256`);
      expect(await refusalOfFiles(files, path)).toEqual({
        by: 'check',
        said: `entry blobs/sha256/${LARGE.slice(7)} in charts.bundle.tar.001 to charts.bundle.tar.004: its bytes have another digest than its name says`,
      });
      await swap(second, third);
      await swap(first, second);
      expect((await refusalOfFiles(files, path)).said).toBe('no tar header at byte 0 of it');
    }),
  );

  it(
    'is refused when parts of two bundles are mixed',
    withParts(async (files, path) => {
      // as large, with one blob more
      const other: BundleSample = sampleOf([700_000, 100, 3_200_000, 799_232]);
      const there = join(dirname(path), 'there');
      const { parts } = await writeSample(join(there, basename(path)), other, { partBytes: MIB });
      expect(parts.map(({ bytes }) => bytes)).toEqual([MIB, MIB, MIB, MIB, (await readFile(files[4] ?? '')).length]);
      for (const index of files.keys()) {
        const mixed = files.map((file, at) => (at === index ? (parts[at]?.file ?? '') : file));
        const label = index === 0 ? join(there, basename(path)) : path;
        const refused = await refusalOfFiles(mixed, label);
        expect(refused.said).toMatch(
          /has another checksum|no tar header|another digest|last block|is no blob|begins with/,
        );
        await rename(`${path}.sha256`, `${path}.away`);
        await rm(join(there, `${basename(path)}.sha256`), { force: true });
        expect((await refusalOfFiles(mixed, label)).said).toMatch(/no tar header|another digest|last block|is no blob/);
        await rename(`${path}.away`, `${path}.sha256`);
      }
    }),
  );

  it(
    'names the parts that a damaged blob is in',
    withParts(async (files, path) => {
      await rm(`${path}.sha256`);
      await flipIn(files[4] ?? '', 100_000);
      const last = digestOf(noise('piece 2', 800_000)).slice(7);
      expect(await refusalOfFiles(files, path)).toEqual({
        by: 'check',
        said: `entry blobs/sha256/${last} in charts.bundle.tar.004, charts.bundle.tar.005: its bytes have another digest than its name says`,
      });
    }),
  );
});
