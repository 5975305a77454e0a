import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../../src/adapters/files/bundle-parts.ts';
import { openBundleWriter } from '../../../../src/adapters/files/bundle-writer.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import {
  type BundleSample,
  bundleOptions,
  bundlePath,
  chunked,
  contentsOfBundle,
  contentsOfSample,
  filesAt,
  MIB,
  pieceOf,
  SMALL,
  SPLIT,
  streamOf,
  writeSample,
} from '../../../support/bundle-samples.ts';
import { chunksOf, inDirectory, noise, RUNNING } from '../../../support/wrap-samples.ts';

/** The bytes of a sample that was written in one go to one file. */
function plainBytes(sample: BundleSample): Promise<Buffer> {
  return inDirectory(async (directory) => streamOf((await writeSample(bundlePath(directory), sample)).parts));
}

describe('openBundleWriter', () => {
  it('gives the same bytes whatever the order of the writes, and several at once', () =>
    inDirectory(async (directory) => {
      const plain = await plainBytes(SPLIT);
      expect(plain.length).toBeGreaterThan(1_900_000);
      for (const [index, options] of [
        { order: (all: readonly string[]) => all.toReversed() as never },
        { parallel: true },
        { parallel: true, chunkBytes: 77_777 },
      ].entries()) {
        const { parts } = await writeSample(join(directory, String(index)), SPLIT, options);
        expect((await streamOf(parts)).equals(plain)).toBe(true);
      }
    }));

  it('says the size of the whole, and the digest of each text, in its first entry', async () => {
    const plain = await plainBytes(SMALL);
    expect(plain.toString('latin1', 0, 30)).toBe('airgap-charts/bundle-size.json');
    const size: unknown = JSON.parse(plain.toString('utf8', 512, plain.indexOf('\n', 512)));
    const texts = SMALL.entries.flatMap((entry) =>
      entry.kind === 'text' ? [[entry.name, digestOf(entry.data).slice(7)]] : [],
    );
    expect(size).toEqual({ version: 1, bytes: plain.length, partBytes: null, texts: Object.fromEntries(texts) });
  });

  it('is cut at any place: in a header, its extension, a blob, what fills a block, the end', () =>
    inDirectory(async (directory) => {
      const header = (name: string): number => plain.indexOf(name, MIB);
      const plain = await streamOf((await writeSample(join(directory, 'plain'), SPLIT)).parts);
      const [tiny = ''] = [...SPLIT.pieces]
        .filter(([, piece]) => piece.length === 1)
        .map(([digest]) => digest.slice(7));
      const at = header(`blobs/sha256/${tiny}`);
      const places = [MIB, at, at + 1, at + 200, at + 512, at + 513, at + 600, at + 1023, at + 1024];
      places.push(header('PaxHeaders'), header('PaxHeaders') + 700, header('index.json') + 512);
      places.push(plain.length - 1024, plain.length - 1000, plain.length - 1, plain.length, plain.length + 1);
      for (const partBytes of places) {
        const path = join(directory, `at-${partBytes}`);
        const { parts } = await writeSample(path, SPLIT, { partBytes, parallel: true });
        const count = Math.ceil(plain.length / partBytes);
        expect(parts.map(({ file }) => file)).toEqual(['.001', '.002'].slice(0, count).map((end) => `${path}${end}`));
        expect(parts.map(({ bytes }) => bytes)).toEqual(
          [partBytes, plain.length - partBytes]
            .slice(-count)
            .map((bytes, index) => (count === 1 ? plain.length : index === 0 ? partBytes : bytes)),
        );
        // the first entry says the size of the parts, and is as long as without
        const joined = await streamOf(parts);
        expect(joined.subarray(2048).equals(plain.subarray(2048))).toBe(true);
        expect(
          await contentsOfBundle(
            parts.map(({ file }) => file),
            SPLIT,
          ),
        ).toEqual(contentsOfSample(SPLIT));
        expect(await filesAt(path)).toEqual([...['.001', '.002'].slice(0, count), '.sha256']);
      }
    }));

  it('has numbers of three digits, and of more where there are more parts', () => {
    const ends = (count: number): readonly (string | undefined)[] => {
      const paths = placesOf('b', count * MIB - 1, MIB).map(({ path }) => path);
      return [paths[0], paths.at(-1)];
    };
    expect([1, 2, 999, 1000, 20_000].map(ends)).toEqual([
      ['b.001', 'b.001'],
      ['b.001', 'b.002'],
      ['b.001', 'b.999'],
      ['b.0001', 'b.1000'],
      ['b.00001', 'b.20000'],
    ]);
  });

  it('lists the checksums of its files as sha256sum does', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      const { parts } = await writeSample(path, SPLIT, { partBytes: MIB });
      const lines: string[] = [];
      for (const [index, { file, sha256 }] of parts.entries()) {
        expect(
          createHash('sha256')
            .update(await readFile(file))
            .digest('hex'),
        ).toBe(sha256);
        lines.push(`${sha256}  charts.bundle.tar.00${index + 1}\n`);
      }
      expect(await readFile(`${path}.sha256`, 'utf8')).toBe(lines.join(''));
    }));

  it('replaces an older bundle of its name, with all of its parts, and nothing else', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      for (const name of ['.20261122', '.txt', '.0x1']) await writeFile(`${path}${name}`, 'mine');
      const mine = ['.0x1', '.20261122', '.txt'];
      await writeSample(path, SMALL);
      expect(await filesAt(path)).toEqual(['', ...mine, '.sha256'].sort());
      await writeSample(path, SPLIT, { partBytes: MIB });
      expect(await filesAt(path)).toEqual(['.001', '.002', ...mine, '.sha256'].sort());
      await writeFile(`${path}.003`, 'of a longer one');
      await writeSample(path, SPLIT, { partBytes: MIB + 1 });
      expect(await filesAt(path)).toEqual(['.001', '.002', ...mine, '.sha256'].sort());
      await writeSample(path, SMALL);
      expect(await filesAt(path)).toEqual(['', ...mine, '.sha256'].sort());
      expect(await contentsOfBundle([path], SMALL)).toEqual(contentsOfSample(SMALL));
    }));

  it('keeps the older bundle until the new one is whole', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      const { parts } = await writeSample(path, SPLIT, { partBytes: MIB });
      const before = await streamOf(parts);
      const writer = await openBundleWriter(path, SMALL.entries, bundleOptions());
      await expect(writer.finish(RUNNING)).rejects.toThrow(RangeError);
      await writer.close();
      expect((await streamOf(parts)).equals(before)).toBe(true);
      expect(await filesAt(path)).toEqual(['.001', '.002', '.journal', '.sha256']);
    }));

  it('takes a blob whole or not at all, and never touches its neighbours', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      const writer = await openBundleWriter(path, SPLIT.entries, bundleOptions(MIB));
      const all = [...SPLIT.pieces.keys()];
      const [large, , , middle] = all;
      if (large === undefined || middle === undefined) throw new Error('the sample has four pieces');
      for (const digest of all)
        if (digest !== middle) await writer.write(digest, chunked(pieceOf(SPLIT, digest)), RUNNING);
      const good = pieceOf(SPLIT, middle);
      const failing = async function* () {
        yield good.subarray(0, 100);
        throw new Error('the line is cut');
      };
      const abort = new AbortController();
      const aborting = async function* () {
        yield good.subarray(0, 100);
        abort.abort();
        yield good.subarray(100);
      };
      const damaged = { code: 'CONTENT_DAMAGED', origin: 'source' };
      const cases: readonly [AsyncIterable<Uint8Array>, AbortSignal, object][] = [
        [
          chunked(noise('other', good.length)),
          RUNNING,
          { ...damaged, message: expect.stringContaining('512 bytes have the digest sha256:') },
        ],
        [
          chunked(good.subarray(1)),
          RUNNING,
          { ...damaged, message: expect.stringContaining('511 instead of 512 bytes') },
        ],
        [
          chunksOf(Buffer.alloc(100_000, 1)),
          RUNNING,
          { ...damaged, message: expect.stringContaining('more than the promised 512 bytes') },
        ],
        [chunksOf(good, Buffer.alloc(1)), RUNNING, damaged],
        [failing(), RUNNING, { message: 'the line is cut' }],
        [aborting(), abort.signal, { name: 'AbortError' }],
      ];
      for (const [chunks, signal, error] of cases) {
        await expect(writer.write(middle, chunks, signal)).rejects.toMatchObject(error);
        expect(writer.done.has(middle)).toBe(false);
        await expect(writer.finish(RUNNING)).rejects.toThrow(RangeError);
      }
      await writer.write(middle, chunked(good), RUNNING);
      // what is there is read, checked and left as it is
      await expect(writer.write(large, chunksOf(Buffer.from('x')), RUNNING)).rejects.toMatchObject(damaged);
      const parts = await writer.finish(RUNNING);
      await writer.close();
      expect(
        await contentsOfBundle(
          parts.map(({ file }) => file),
          SPLIT,
        ),
      ).toEqual(contentsOfSample(SPLIT));
    }));

  it('writes a blob once at a time, and only those of its plan', () =>
    inDirectory(async (directory) => {
      const writer = await openBundleWriter(bundlePath(directory), SMALL.entries, bundleOptions());
      const [digest] = [...SMALL.pieces.keys()].slice(-1);
      if (digest === undefined) throw new Error('the sample has pieces');
      const first = writer.write(digest, chunked(pieceOf(SMALL, digest)), RUNNING);
      await expect(writer.write(digest, chunked(pieceOf(SMALL, digest)), RUNNING)).rejects.toThrow('is being written');
      await first;
      await expect(writer.write(digestOf('else'), chunksOf(), RUNNING)).rejects.toThrow('is not in the plan');
      await writer.close();
      const [other] = SMALL.pieces.keys();
      if (other === undefined) throw new Error('the sample has pieces');
      await expect(writer.write(other, chunksOf(), RUNNING)).rejects.toThrow(RangeError);
    }));

  it('does nothing more when the signal aborts while it finishes', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      const writer = await openBundleWriter(path, SMALL.entries, bundleOptions());
      for (const [digest, piece] of SMALL.pieces) await writer.write(digest, chunked(piece), RUNNING);
      await expect(writer.finish(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
      await writer.close();
      expect(await filesAt(path)).toEqual(['.journal', '.partial']);
      expect((await writeSample(path, SMALL)).written).toEqual([]);
    }));

  it('makes the directory, and says so where it cannot be written', () =>
    inDirectory(async (directory) => {
      await writeSample(join(directory, 'a', 'b', 'c'), SMALL);
      await writeFile(join(directory, 'file'), '');
      await mkdir(join(directory, 'taken.partial'));
      for (const path of [join(directory, 'file', 'c'), join(directory, 'taken')]) {
        await expect(writeSample(path, SMALL)).rejects.toMatchObject({
          code: 'WORKSPACE_FAILED',
          message: expect.stringContaining(directory),
        });
        expect(await filesAt(join(directory, 'taken'))).not.toContain('.lock');
      }
    }));
});
