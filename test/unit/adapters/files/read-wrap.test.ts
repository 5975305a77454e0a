import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openContentStore } from '../../../../src/adapters/files/content-store.ts';
import { readWrap } from '../../../../src/adapters/files/read-wrap.ts';
import { writeWrap } from '../../../../src/adapters/files/write-wrap.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { parseDigest } from '../../../../src/domain/reference.ts';
import type { WrapFiles } from '../../../../src/domain/wrap/wrap-entry.ts';
import type { Contents } from '../../../../src/ports/contents.ts';
import {
  inDirectory,
  RUNNING,
  readable,
  SAMPLE_PIECES,
  SAMPLE_TIME,
  sampleEntries,
  storeOf,
  wrongFiles,
} from '../../../support/wrap-samples.ts';
import { paxEntry, type RawEntry, rawTar } from '../../../support/wrap-tar.ts';

/** Writes the bytes to a file and reads it. */
function readBytes(bytes: Buffer, contents?: Contents): Promise<WrapFiles> {
  return inDirectory(async (directory) => {
    const path = join(directory, 'x.wrap.tgz');
    await writeFile(path, bytes);
    return readWrap(path, contents, RUNNING);
  });
}

async function chartOf(entries: readonly RawEntry[]): Promise<readonly unknown[]> {
  const { chart } = await readBytes(gzipSync(rawTar(entries)));
  return [...chart.values()].map(({ data, path, mode, mtime }) => [path, data.toString(), mode, mtime]);
}

describe('readWrap', () => {
  it('gives back what was written: chart, small files and blobs, which it keeps once each', () =>
    inDirectory(async (directory) => {
      const pieces = Object.values(SAMPLE_PIECES);
      const path = join(directory, 'tiny.wrap.tgz');
      const source = await storeOf(join(directory, 'source'), pieces);
      await writeWrap(path, sampleEntries(), source, SAMPLE_TIME, RUNNING);
      const kept = join(directory, 'kept');
      const read = await readWrap(path, openContentStore(kept), RUNNING);

      const below = (name: string): string => name.slice('tiny-1.0.0/'.length);
      const written = sampleEntries().flatMap((entry) => (entry.kind === 'file' ? [entry] : []));
      const inChart = written.filter(({ name }) => below(name).startsWith('chart/'));
      expect(read.top).toBe('tiny-1.0.0');
      expect([...read.chart]).toEqual(
        inChart.map(({ name, data, mode }) => {
          const inside = below(name).slice('chart/'.length);
          return [inside, { path: inside, data: Buffer.from(data), mode, mtime: SAMPLE_TIME }];
        }),
      );
      const others = written.filter((entry) => !inChart.includes(entry));
      expect([...read.files]).toEqual(others.map(({ name, data }) => [below(name), data]));
      const blobs = sampleEntries().flatMap((entry) => (entry.kind === 'blob' ? [entry] : []));
      expect(blobs.length).toBe(6);
      expect([...read.blobs]).toEqual(blobs.map(({ name, digest, size }) => [below(name), { digest, size }]));
      expect((await readdir(join(kept, 'sha256'))).sort()).toEqual(
        pieces.map((piece) => digestOf(piece).slice(7)).sort(),
      );
      expect(await wrongFiles(kept)).toEqual([]);
      expect(readable(await readWrap(path, undefined, RUNNING))).toEqual(readable(read));
    }));

  it('reads long names and times of extended headers, of GNU tar and of old writers', async () => {
    const long = `p/chart/${'n'.repeat(200)}`;
    const file = { name: 'ignored', data: 'x' };
    expect(
      await chartOf([
        { name: 'pax_global_header', type: 'g', data: paxEntry({ comment: 'of git' }).data ?? '' },
        { name: './p/', type: '5' },
        paxEntry({ path: `${long}1`, mtime: '1234567890.987', 'LIBARCHIVE.creationtime': '1' }),
        file,
        { name: '././@LongLink', type: 'L', data: `${long}2\0` },
        { ...file, magic: 'ustar  \0', mode: 0o100755 },
        { name: 'p/chart/dir/', type: '0' },
        { name: 'p//chart/./dir/old', type: '\0', data: 'old' },
        { name: 'p/chart/contiguous', type: '7', data: 'c' },
        paxEntry({ size: '3', path: '' }),
        { name: 'p/chart/sized', size: 0, data: 'abc' },
      ]),
    ).toEqual([
      [long.slice(8).concat('1'), 'x', 0o644, 1234567890],
      [long.slice(8).concat('2'), 'x', 0o755, 1_700_000_000],
      ['dir/old', 'old', 0o644, 1_700_000_000],
      ['contiguous', 'c', 0o644, 1_700_000_000],
      ['sized', 'abc', 0o644, 1_700_000_000],
    ]);
  });

  it('takes several gzip members for one file, and any number of zeros at the end of the tar file', async () => {
    const tar = Buffer.concat([rawTar([{ name: 'p/chart/a', data: 'a' }]), Buffer.alloc(9000)]);
    const members = Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]);
    expect((await readBytes(members)).chart.get('a')?.data.toString()).toBe('a');
  });

  it('takes what stands below chart/ for files of the chart, whatever their names', async () => {
    const name = `blobs/sha256/${'a'.repeat(64)}`;
    expect(await chartOf([{ name: `p/chart/${name}`, data: 'x' }])).toEqual([[name, 'x', 0o644, 1_700_000_000]]);
  });

  it.each(['sha384', 'sha512'])('checks and keeps blobs named by %s', (algorithm) =>
    inDirectory(async (directory) => {
      const data = Buffer.from('a layer');
      const hex = createHash(algorithm).update(data).digest('hex');
      const name = `p/images/x.layout/blobs/${algorithm}/${hex}`;
      const contents = openContentStore(directory);
      const { blobs } = await readBytes(gzipSync(rawTar([paxEntry({ path: name }), { name: 'x', data }])), contents);
      const digest = parseDigest(`${algorithm}:${hex}`);
      expect([...blobs.values()]).toEqual([{ digest, size: data.length }]);
      expect(digest === undefined ? undefined : await contents.size(digest)).toBe(data.length);
      for (const kept of [contents, undefined]) {
        const damaged = readBytes(gzipSync(rawTar([paxEntry({ path: name }), { name: 'x', data: 'another' }])), kept);
        await expect(damaged).rejects.toMatchObject({ code: 'FILE_REFUSED' });
      }
    }),
  );

  it('passes on what the store says, and an abort', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'tiny.wrap.tgz');
      const source = await storeOf(join(directory, 'source'), Object.values(SAMPLE_PIECES));
      await writeWrap(path, sampleEntries(), source, SAMPLE_TIME, RUNNING);
      const full: Contents = { ...source, write: () => Promise.reject(new Error('no room')) };
      await expect(readWrap(path, full, RUNNING)).rejects.toThrow('no room');
      const before = readWrap(path, undefined, AbortSignal.abort());
      await expect(before).rejects.toMatchObject({ name: 'AbortError' });
      const controller = new AbortController();
      const stopping: Contents = {
        ...source,
        write: (...args) => {
          controller.abort();
          return source.write(...args);
        },
      };
      const during = readWrap(path, stopping, controller.signal);
      await expect(during).rejects.toMatchObject({ name: 'AbortError' });
    }));
});
