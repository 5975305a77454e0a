import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../../src/adapters/files/bundle-reader.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { FIVE_PARTS, flipIn, withParts } from '../../../support/bundle-parts.ts';
import { refusalOfFiles } from '../../../support/bundle-refusal.ts';
import { bundlePath, contentsOfBundle, contentsOfSample, SMALL, writeSample } from '../../../support/bundle-samples.ts';
import { inDirectory, noise, RUNNING } from '../../../support/wrap-samples.ts';

describe('the list of checksums', () => {
  it(
    'is compared by the names of the files, also as sha256sum writes it for binary files',
    withParts(async (files, path) => {
      const text = await readFile(`${path}.sha256`, 'utf8');
      const check = async (list: string): Promise<string> => {
        await writeFile(`${path}.sha256`, list);
        return (await refusalOfFiles(files, path)).said;
      };
      expect(await check(text.replace('.003', '.033'))).toBe(
        'charts.bundle.tar.sha256 does not name charts.bundle.tar.003',
      );
      expect(await check(text.slice(2))).toBe('charts.bundle.tar.sha256 is no list as sha256sum makes it');
      expect(await check(`${text}${text}`)).toContain('is no list');
      expect(await check('')).toContain('is no list');
      expect(await check(text.replace(/^[0-9a-f]{4}/, '0000'))).toContain('.001 has another checksum');
      for (const list of [
        text.replaceAll('  ', ' *'),
        text.split('\n').toReversed().join('\n').trim(),
        `${text}${'0'.repeat(64)}  other\n`,
      ]) {
        await writeFile(`${path}.sha256`, list);
        expect(await contentsOfBundle(files, FIVE_PARTS)).toEqual(contentsOfSample(FIVE_PARTS));
      }
    }),
  );

  it('finds what no digest covers', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, SMALL);
      const bytes = await readFile(path);
      // what fills the block of an extended header
      const at = bytes.indexOf('PaxHeaders') + 1000;
      expect(bytes[at]).toBe(0);
      await flipIn(path, at);
      expect(await refusalOfFiles([path], path)).toEqual({
        by: 'check',
        said: 'charts.bundle.tar has another checksum than charts.bundle.tar.sha256 says',
      });
    }));
});

describe('a bundle in one file', () => {
  it('may have a name like that of a part', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'charts.20261122');
      for (const one of [path, join(directory, 'charts.20261121')]) await writeSample(one, SMALL);
      expect(await contentsOfBundle([path], SMALL)).toEqual(contentsOfSample(SMALL));
    }));

  it('gives texts and blobs in memory up to a limit, and takes nothing in', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, SMALL);
      const bundle = await openBundle([path], RUNNING);
      const piece = noise('piece 5', 5000);
      const { contents } = bundle;
      expect(await bundle.text('nothing', 10)).toBe(undefined);
      expect(Buffer.from((await bundle.text('oci-layout', 30)) ?? []).toString()).toBe(
        '{"imageLayoutVersion":"1.0.0"}',
      );
      await expect(bundle.text('oci-layout', 29)).rejects.toMatchObject({
        code: 'FILE_REFUSED',
        message: `bundle ${path} refused: entry oci-layout: it has 30 bytes, more than 29`,
      });
      expect(await contents.size(digestOf(piece))).toBe(5000);
      expect(await contents.size(digestOf('else'))).toBe(undefined);
      expect(Buffer.from(await contents.read(digestOf(piece), 5000)).equals(piece)).toBe(true);
      await expect(contents.read(digestOf(piece), 4999)).rejects.toThrow(RangeError);
      await expect(contents.read(digestOf('else'), 9)).rejects.toThrow(RangeError);
      await expect(contents.open(digestOf('else'))[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
      await expect(contents.write(digestOf(piece), 5000, (async function* () {})(), RUNNING)).rejects.toThrow(
        RangeError,
      );
      await appendFile(path, 'x');
      await flipIn(path, (await readFile(path)).indexOf(piece));
      await expect(contents.read(digestOf(piece), 5000)).rejects.toMatchObject({ code: 'FILE_REFUSED' });
      await truncate(path, 2000);
      await expect(contents.read(digestOf(piece), 5000)).rejects.toMatchObject({
        message: `bundle ${path} refused: charts.bundle.tar cannot be read: it ends too early`,
      });
      await bundle.close();
    }));

  it('counts the bytes as they are checked', () =>
    inDirectory(async (directory) => {
      const { parts } = await writeSample(bundlePath(directory), FIVE_PARTS);
      const bundle = await openBundle([bundlePath(directory)], RUNNING);
      const counts: number[] = [];
      await bundle.check((count) => counts.push(count), RUNNING);
      expect(counts.length).toBeGreaterThan(3);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(parts[0]?.bytes);
      expect(bundle.bytes).toBe(parts[0]?.bytes);
      await bundle.close();
    }));
});
