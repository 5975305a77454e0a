import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { openGzip } from '../../../../src/adapters/files/gzip-writer.ts';
import { writeWrap } from '../../../../src/adapters/files/write-wrap.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import type { WrapEntry } from '../../../../src/domain/wrap/wrap-entry.ts';
import type { Contents } from '../../../../src/ports/contents.ts';
import {
  inDirectory,
  noise,
  RUNNING,
  SAMPLE_PIECES,
  SAMPLE_TIME,
  sampleEntries,
  storeOf,
} from '../../../support/wrap-samples.ts';

const GZIP_HEADER = Buffer.from('1f8b08000000000000ff', 'hex');

/** Writes the sample once, in a directory of its own. */
function withSample(use: (wrap: Buffer, directory: string, store: Contents) => Promise<void>): Promise<void> {
  return inDirectory(async (directory) => {
    const store = await storeOf(join(directory, 'store'), Object.values(SAMPLE_PIECES));
    const path = join(directory, 'tiny.wrap.tgz');
    const { bytes } = await writeWrap(path, sampleEntries(), store, SAMPLE_TIME, RUNNING);
    const wrap = await readFile(path);
    expect(bytes).toBe(wrap.length);
    await use(wrap, directory, store);
  });
}

interface Seen {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly mode: number | undefined;
  readonly seconds: number;
  readonly data: Buffer;
}

async function seenByTarStream(tar: Buffer): Promise<readonly Seen[]> {
  const reader = extract();
  reader.end(tar);
  const seen: Seen[] = [];
  for await (const entry of reader) {
    const { name, type, mode, mtime } = entry.header;
    const parts: Uint8Array[] = [];
    for await (const part of entry as AsyncIterable<Buffer>) parts.push(part);
    seen.push({ name, type, mode, seconds: (mtime?.getTime() ?? 0) / 1000, data: Buffer.concat(parts) });
  }
  return seen;
}

/** What tar-stream must see of an entry. */
function expected(entry: WrapEntry): Seen {
  const { name } = entry;
  const seconds = SAMPLE_TIME;
  switch (entry.kind) {
    case 'directory':
      return { name, type: 'directory', mode: 0o755, seconds, data: Buffer.alloc(0) };
    case 'file':
      return { name, type: 'file', mode: entry.mode, seconds, data: Buffer.from(entry.data) };
    case 'blob': {
      const data = Object.values(SAMPLE_PIECES).find((piece) => digestOf(piece) === entry.digest);
      return { name, type: 'file', mode: 0o644, seconds, data: data ?? Buffer.alloc(0) };
    }
  }
}

/** Chunks of any size, packed by our writer. */
async function gzipOf(parts: readonly { readonly bytes: Buffer; readonly packed: boolean }[], cut: number) {
  const out: Buffer[] = [];
  const gzip = openGzip(async (bytes) => {
    out.push(Buffer.from(bytes));
  });
  for (const { bytes, packed } of parts) {
    for (let start = 0; start < bytes.length; start += cut) {
      await gzip.write(bytes.subarray(start, start + cut), packed);
    }
  }
  await gzip.finish();
  return Buffer.concat(out);
}

describe('writeWrap', () => {
  it('writes a gzip file without name and time, and in it the entries as they were given', () =>
    withSample(async (wrap) => {
      expect(wrap.subarray(0, 10)).toEqual(GZIP_HEADER);
      const tar = gunzipSync(wrap);
      expect(tar.length % 512).toBe(0);
      expect(tar.subarray(-1024)).toEqual(Buffer.alloc(1024));
      expect(await seenByTarStream(tar)).toEqual(sampleEntries().map(expected));
    }));

  it('writes the same bytes again, and whatever the chunks of the content are', () =>
    withSample(async (wrap, directory, store) => {
      const again = join(directory, 'again.wrap.tgz');
      const crumbs: Contents = {
        ...store,
        async *open(digest, from) {
          for await (const chunk of store.open(digest, from)) for (const byte of chunk) yield Buffer.from([byte]);
        },
      };
      await writeWrap(again, sampleEntries(), crumbs, SAMPLE_TIME, RUNNING);
      expect((await readFile(again)).equals(wrap)).toBe(true);
    }));

  it('stores packed content as it is, and makes the other smaller', () =>
    withSample(async (wrap) => {
      expect(wrap.includes(SAMPLE_PIECES.layer)).toBe(true);
      expect(wrap.includes(SAMPLE_PIECES.config)).toBe(false);
      expect(wrap.length).toBeLessThan(gunzipSync(wrap).length / 2);
    }));

  it('replaces what was there, and leaves nothing beside it', () =>
    withSample(async (wrap, directory, store) => {
      const path = join(directory, 'old.wrap.tgz');
      await writeFile(path, 'old');
      await writeWrap(path, sampleEntries(), store, SAMPLE_TIME, RUNNING);
      expect((await readFile(path)).equals(wrap)).toBe(true);
      expect((await readdir(directory)).sort()).toEqual(['old.wrap.tgz', 'store', 'tiny.wrap.tgz']);
    }));

  const WRONG_SIZE = [SAMPLE_PIECES.layer.length - 1, SAMPLE_PIECES.layer.length + 1, 0];
  it.each(WRONG_SIZE)('leaves what was there when content has not the size %i', (size) =>
    withSample(async (wrap, directory, store) => {
      const digest = digestOf(SAMPLE_PIECES.layer);
      const entry: WrapEntry = { kind: 'blob', name: 'a/b', digest, size, packed: true };
      const writing = writeWrap(join(directory, 'tiny.wrap.tgz'), [entry], store, SAMPLE_TIME, RUNNING);
      await expect(writing).rejects.toMatchObject({ code: 'CONTENT_DAMAGED', origin: 'local' });
      expect((await readFile(join(directory, 'tiny.wrap.tgz'))).equals(wrap)).toBe(true);
      expect((await readdir(directory)).sort()).toEqual(['store', 'tiny.wrap.tgz']);
    }),
  );

  it('leaves nothing when content is not there, or it is aborted', () =>
    inDirectory(async (directory) => {
      const store = await storeOf(join(directory, 'store'), [SAMPLE_PIECES.layer]);
      const path = join(directory, 'x.wrap.tgz');
      await expect(writeWrap(path, sampleEntries(), store, SAMPLE_TIME, RUNNING)).rejects.toThrow(RangeError);
      const controller = new AbortController();
      const stopping: Contents = {
        ...store,
        async *open(digest) {
          yield* store.open(digest);
          controller.abort();
        },
      };
      const digest = digestOf(SAMPLE_PIECES.layer);
      const blob: WrapEntry = { kind: 'blob', name: 'a/b', digest, size: SAMPLE_PIECES.layer.length, packed: true };
      const writing = writeWrap(path, [blob], stopping, SAMPLE_TIME, controller.signal);
      await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
      expect(await readdir(directory)).toEqual(['store']);
    }));

  it('names the place where the disk refuses', () =>
    inDirectory(async (directory) => {
      const store = await storeOf(join(directory, 'store'), Object.values(SAMPLE_PIECES));
      for (const path of [join(directory, 'none', 'x.wrap.tgz'), join(directory, 'store')]) {
        await expect(writeWrap(path, sampleEntries(), store, SAMPLE_TIME, RUNNING)).rejects.toMatchObject({
          code: 'WORKSPACE_FAILED',
          message: expect.stringContaining(path),
        });
      }
      expect(await readdir(directory)).toEqual(['store']);
    }));
});

describe('openGzip', () => {
  const text = Buffer.from('every word of this is said again. '.repeat(60_000));
  const random = noise('random', 2_200_000);

  it('makes one member, with the same bytes for any chunks, over the ends of segments', async () => {
    const parts = [
      { bytes: text, packed: false },
      { bytes: random, packed: true },
      { bytes: Buffer.from('x'), packed: true },
      { bytes: text.subarray(0, 100), packed: false },
      { bytes: text, packed: true },
    ];
    const packed = await gzipOf(parts, 65_536);
    for (const cut of [1000, 1_048_560, 5_000_000]) expect((await gzipOf(parts, cut)).equals(packed)).toBe(true);
    const plain = Buffer.concat(parts.map(({ bytes }) => bytes));
    expect(gunzipSync(packed).equals(plain)).toBe(true);
    // nothing in the middle looks like the end: all but the last byte is not enough
    expect(() => gunzipSync(packed.subarray(0, -1))).toThrow('unexpected end of file');
  });

  it('packs nothing into a whole file', async () => {
    const packed = await gzipOf([], 1);
    expect(packed.subarray(0, 10)).toEqual(GZIP_HEADER);
    expect(gunzipSync(packed).length).toBe(0);
  });

  it('takes no more than five bytes for each 65,535 of what is packed already', async () => {
    const packed = await gzipOf([{ bytes: random, packed: true }], 100_000);
    expect(packed.length).toBe(10 + random.length + 5 * Math.ceil(random.length / 65_535) + 2 + 8);
  });
});
