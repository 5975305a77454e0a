import { createHash } from 'node:crypto';
import { chown, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openContentStore } from '../../../../src/adapters/files/content-store.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { type Digest, parseDigest } from '../../../../src/domain/reference.ts';
import type { Contents } from '../../../../src/ports/contents.ts';
import { chunksOf, inDirectory, noise, RUNNING, wrongFiles } from '../../../support/wrap-samples.ts';

const DATA = noise('content', 700_000);
const DIGEST = digestOf(DATA);

function digest(text: string): Digest {
  const parsed = parseDigest(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

/** Runs with a store, and checks afterwards that all it holds is what its name says. */
function inStore(use: (store: Contents, directory: string) => Promise<void>): Promise<void> {
  return inDirectory(async (root) => {
    const directory = join(root, 'store');
    await use(openContentStore(directory), directory);
    expect(await wrongFiles(directory)).toEqual([]);
  });
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('openContentStore', () => {
  it('gives back what it took in, from any byte on', () =>
    inStore(async (store) => {
      await store.write(DIGEST, DATA.length, chunksOf(DATA.subarray(0, 1000), DATA.subarray(1000)), RUNNING);
      expect(await store.size(DIGEST)).toBe(DATA.length);
      expect(Buffer.from(await store.read(DIGEST, DATA.length)).equals(DATA)).toBe(true);
      for (const from of [0, 1, 262_144, DATA.length - 1, DATA.length, DATA.length + 9]) {
        expect((await allOf(store.open(DIGEST, from))).equals(DATA.subarray(from))).toBe(true);
      }
    }));

  it('takes content without a size, and content of no bytes', () =>
    inStore(async (store) => {
      await store.write(DIGEST, undefined, chunksOf(DATA), RUNNING);
      await store.write(digestOf(''), 0, chunksOf(), RUNNING);
      expect([await store.size(DIGEST), await store.size(digestOf(''))]).toEqual([DATA.length, 0]);
      expect(await allOf(store.open(digestOf('')))).toEqual(Buffer.alloc(0));
    }));

  it('checks sha512, and nothing that it cannot compute', () =>
    inStore(async (store, directory) => {
      const hex = createHash('sha512').update('a').digest('hex');
      await store.write(digest(`sha512:${hex}`), 1, chunksOf(Buffer.from('a')), RUNNING);
      expect(await readdir(join(directory, 'sha512'))).toEqual([hex]);
      await openContentStore(directory).read(digest(`sha512:${hex}`), 1);
      for (const text of [`blake3:${'a'.repeat(64)}`, `sha512:${hex.slice(0, 64)}`, `constructor:${'a'.repeat(64)}`]) {
        const write = store.write(digest(text), 1, chunksOf(Buffer.from('a')), RUNNING);
        await expect(write).rejects.toMatchObject({ code: 'CONTENT_DAMAGED' });
        expect(await store.size(digest(text))).toBeUndefined();
      }
      // the check of the whole store knows sha256 only
      await rm(join(directory, 'sha512'), { recursive: true });
    }));

  it.each([
    ['another byte', () => chunksOf(DATA.subarray(1), Buffer.from('x')), DATA.length, /have the digest sha256:/],
    ['too few bytes', () => chunksOf(DATA.subarray(1)), DATA.length, /699999 instead of 700000 bytes/],
    ['too few bytes, no size', () => chunksOf(DATA.subarray(1)), undefined, /its 699999 bytes have the digest/],
    ['another size', () => chunksOf(DATA), DATA.length + 1, /700000 instead of 700001 bytes/],
    ['nothing', () => chunksOf(), DATA.length, /0 instead of/],
  ])('keeps nothing of %s', (_, chunks, size, message) =>
    inStore(async (store, directory) => {
      const write = store.write(DIGEST, size, chunks(), RUNNING);
      await expect(write).rejects.toMatchObject({ code: 'CONTENT_DAMAGED', message: expect.stringMatching(message) });
      expect(await store.size(DIGEST)).toBeUndefined();
      expect(await readdir(join(directory, 'sha256'))).toEqual([]);
    }),
  );

  it('refuses more than the promised size at once', () =>
    inStore(async (store) => {
      let given = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (; given < 1000; given += 1) yield DATA;
      }
      const write = store.write(DIGEST, DATA.length, endless(), RUNNING);
      await expect(write).rejects.toMatchObject({ code: 'CONTENT_DAMAGED' });
      expect(given).toBe(1);
    }));

  it('checks what is there already all the same, and keeps it', () =>
    inStore(async (store, directory) => {
      await store.write(DIGEST, DATA.length, chunksOf(DATA), RUNNING);
      const before = await stat(join(directory, 'sha256', DIGEST.slice(7)));
      let taken = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for (const start of [0, 350_000]) {
          taken += 1;
          yield DATA.subarray(start, start + 350_000);
        }
      }
      await store.write(DIGEST, DATA.length, counted(), RUNNING);
      expect(taken).toBe(2);
      const wrong = store.write(DIGEST, undefined, chunksOf(Buffer.from('x')), RUNNING);
      await expect(wrong).rejects.toMatchObject({ code: 'CONTENT_DAMAGED' });
      const after = await stat(join(directory, 'sha256', DIGEST.slice(7)));
      expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    }));

  it('lets two write the same at the same time', () =>
    inStore(async (store, directory) => {
      async function* slow(): AsyncGenerator<Uint8Array> {
        for (let start = 0; start < DATA.length; start += 50_000) {
          await new Promise(setImmediate);
          yield DATA.subarray(start, start + 50_000);
        }
      }
      const other = openContentStore(directory);
      await Promise.all([store, other, store].map((one) => one.write(DIGEST, DATA.length, slow(), RUNNING)));
      expect(await readdir(join(directory, 'sha256'))).toEqual([DIGEST.slice(7)]);
    }));

  it('keeps nothing when it is aborted, or its source fails, and says why', () =>
    inStore(async (store, directory) => {
      const controller = new AbortController();
      async function* aborting(): AsyncGenerator<Uint8Array> {
        yield DATA.subarray(0, 1000);
        controller.abort();
        yield DATA.subarray(1000);
        throw new Error('asked for more after the abort');
      }
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield DATA.subarray(0, 1000);
        throw new Error('the source broke');
      }
      const aborted = store.write(DIGEST, DATA.length, aborting(), controller.signal);
      await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
      await expect(store.write(DIGEST, DATA.length, failing(), RUNNING)).rejects.toThrow('the source broke');
      expect(await readdir(join(directory, 'sha256'))).toEqual([]);
    }));

  it('says with a RangeError that content is not there, or too large to read', () =>
    inStore(async (store) => {
      await expect(store.read(DIGEST, 10)).rejects.toThrow(RangeError);
      await expect(allOf(store.open(DIGEST))).rejects.toThrow(RangeError);
      await store.write(DIGEST, DATA.length, chunksOf(DATA), RUNNING);
      await expect(store.read(DIGEST, DATA.length - 1)).rejects.toThrow(RangeError);
    }));

  it('is for the user alone', () =>
    inStore(async (store, directory) => {
      await mkdir(directory, { mode: 0o755 });
      await store.write(DIGEST, DATA.length, chunksOf(DATA), RUNNING);
      const paths = [directory, join(directory, 'sha256'), join(directory, 'sha256', DIGEST.slice(7))];
      const modes = await Promise.all(paths.map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
      expect(modes).toEqual(['700', '700', '600']);
    }));

  it('names the place where the disk refuses', () =>
    inDirectory(async (root) => {
      await writeFile(join(root, 'file'), '');
      const failure = { code: 'WORKSPACE_FAILED', origin: 'local', message: expect.stringContaining(root) };
      const store = openContentStore(join(root, 'file'));
      await expect(store.size(DIGEST)).rejects.toMatchObject(failure);
      await expect(store.write(DIGEST, 1, chunksOf(DATA), RUNNING)).rejects.toMatchObject(failure);
      await mkdir(join(root, 'store', 'sha256', DIGEST.slice(7), 'x'), { recursive: true });
      const taken = openContentStore(join(root, 'store'));
      await expect(taken.write(DIGEST, DATA.length, chunksOf(DATA), RUNNING)).rejects.toMatchObject(failure);
      expect(await readdir(join(root, 'store', 'sha256'))).toEqual([DIGEST.slice(7)]);
    }));

  it.skipIf(process.getuid?.() !== 0)('believes nothing that another user could have written', () =>
    inDirectory(async (root) => {
      await chown(root, 1234, 1234);
      await expect(openContentStore(root).size(DIGEST)).rejects.toMatchObject({
        code: 'WORKSPACE_FAILED',
        message: expect.stringContaining('it belongs to another user'),
      });
    }),
  );
});
