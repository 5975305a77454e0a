import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../../src/adapters/files/bundle-reader.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { rawBundle, refusalOfBytes } from '../../../support/bundle-refusal.ts';
import { bundlePath, SMALL, streamOf, writeSample } from '../../../support/bundle-samples.ts';
import { inDirectory, RUNNING } from '../../../support/wrap-samples.ts';
import { paxEntry, type RawEntry, rawEntry, rawHeader, rawTar, resum, TAR_END } from '../../../support/wrap-tar.ts';

const A: RawEntry = { name: 'a', data: 'a' };
const TEXTS = { a: 'a' };
const GOOD = rawBundle([A], TEXTS);
const PIECE = 'piece';
const BLOB: RawEntry = { name: `blobs/sha256/${digestOf(PIECE).slice(7)}`, data: PIECE };

function blobName(count: number): string {
  return `blobs/sha256/${'a'.repeat(count)}`;
}

/** A hand-made bundle with one entry more behind the text. */
function plus(...entries: readonly RawEntry[]): Buffer {
  return rawBundle([A, ...entries], TEXTS);
}

/** The text of the first entry, changed, with as many bytes. */
function resized(change: (text: string) => string): Buffer {
  const changed = Buffer.from(GOOD);
  const length = Number.parseInt(changed.toString('latin1', 124, 135), 8);
  const text = change(changed.toString('utf8', 512, 512 + length));
  changed.write(text.slice(0, length).padEnd(length, ' '), 512);
  return changed;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

describe('openBundle', () => {
  it('reads a bundle made by hand', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeFile(path, rawBundle([A, BLOB], TEXTS));
      const bundle = await openBundle([path], RUNNING);
      expect([...bundle.blobs]).toEqual([[digestOf(PIECE), 5]]);
      await bundle.check(() => undefined, RUNNING);
      await bundle.close();
    }));

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'the tar file ends too early'],
    ['a text', Buffer.from('x'.repeat(2000)), 'no tar header at byte 0 of it'],
    ['an empty tar file', TAR_END, 'it holds nothing'],
    ['another tar file', rawTar([A]), 'entry a: a bundle begins with airgap-charts/bundle-size.json'],
    [
      'a first entry that is cut',
      GOOD.subarray(0, 600),
      'entry airgap-charts/bundle-size.json: the tar file ends too early',
    ],
    ['a size that is no JSON', resized(() => 'x'), 'it is not as this tool writes it'],
    ['a size of another kind', resized(() => '[]'), 'it is not as this tool writes it'],
    ['a size that is text', resized((text) => text.replace(/"bytes":(\d+)/, '"bytes":"$1"')), 'not as this tool'],
    ['parts of one byte', resized((text) => text.replace('null', '1')), 'not as this tool'],
    ['a digest that is none', resized((text) => text.replace(/"[0-9a-f]{64}"/, '"x"')), 'not as this tool'],
    ['more than is expected', resized((text) => text.replace('"version":1', '"version":1,"x":1')), 'not as this tool'],
    [
      'version 2',
      resized((text) => text.replace('"version":1', '"version":2')),
      'a later version of airgap-charts made it',
    ],
    [
      'a first entry that is too large',
      rawTar([{ name: 'airgap-charts/bundle-size.json', size: 2 ** 27 }]),
      'it has 134217728 bytes',
    ],
    ['fewer bytes than it says', GOOD.subarray(0, -1), `has ${GOOD.length - 1} bytes instead of ${GOOD.length}`],
    ['more bytes than it says', Buffer.concat([GOOD, Buffer.alloc(1)]), `has ${GOOD.length + 1} bytes instead of`],
    ['a directory', plus({ name: 'd/', type: '5' }), 'entry d/: it is a directory, and bundles have files only'],
    ['a hard link', plus({ name: 'l', type: '1', target: 'a' }), 'entry l: it is a hard link'],
    ['a symbolic link', plus({ name: 'l', type: '2', target: '/etc' }), 'entry l: it is a symbolic link'],
    ['a device', plus({ name: 'l', type: '3' }), 'entry l: it is a character device'],
    ['a pipe', plus({ name: 'l', type: '6' }), 'entry l: it is a named pipe'],
    ['a sparse file', plus({ name: 'l', type: 'S' }), 'entry l: it is a sparse file'],
    ['a long link', plus({ name: 'l', type: 'K', data: 'x' }), 'entry l: it is a link with a long target'],
    ['an unknown type', plus({ name: 'l', type: 'Z' }), 'entry l: it is of the unknown type Z'],
    ['a name that leads outside', plus({ name: '../b' }), 'entry ../b: its name leads outside'],
    ['an absolute name', plus({ name: '/b' }), 'entry /b: its name is absolute'],
    ['a name of Windows', plus({ name: 'C:b' }), 'entry C:b: its name is absolute'],
    ['a backslash', plus({ name: 'b\\c' }), 'its name has a backslash'],
    ['an empty part', plus({ name: 'b//c' }), 'entry b//c: its name has an empty part'],
    ['a dot', plus({ name: './b' }), 'entry ./b: its name has an empty part'],
    ['no name', plus({ name: '' }), 'its name has an empty part'],
    ['a name that is not UTF-8', plus({ name: Buffer.from([0xff, 0xfe]) }), 'its name is not UTF-8'],
    ['a name twice', plus(A), 'entry a: it is there twice'],
    ['its first name twice', plus({ name: 'airgap-charts/bundle-size.json' }), 'it is there twice'],
    ['a name twice, once extended', plus(paxEntry({ path: 'a' }), { name: 'b' }), 'entry a: it is there twice'],
    ['a blob twice', plus(BLOB, BLOB), 'it is there twice'],
    ['a file as directory', plus({ name: 'a/b' }), 'entry a/b: a is a file'],
    [
      'a directory as file',
      rawBundle([{ name: 'a/b' }, { name: 'a' }], { 'a/b': '' }),
      'entry a: it is a file, and a directory',
    ],
    [
      'a file it does not name',
      plus({ name: 'b' }),
      'entry b: it is no blob, and no text that airgap-charts/bundle-size.json',
    ],
    ['a blob of a short name', plus({ name: blobName(63) }), 'it is no blob'],
    ['a blob of another kind', plus({ name: `blobs/md5/${'a'.repeat(32)}` }), 'it is no blob'],
    ['no text that it names', rawBundle([A], { ...TEXTS, 'b/c': 'x' }), 'after entry a: the text b/c is missing'],
    [
      'a size that is too large',
      plus({ name: BLOB.name, size: 9999 }),
      `entry ${BLOB.name}: the tar file ends too early`,
    ],
    ['no end', rawBundle([A], TEXTS, Buffer.alloc(0)), 'after entry a: the tar file ends too early'],
    ['half an end', rawBundle([A], TEXTS, Buffer.alloc(512)), 'after entry a: the tar file ends too early'],
    ['an end that is too long', rawBundle([A], TEXTS, Buffer.alloc(1536)), 'more bytes follow the end of the tar file'],
    ['more behind its end', rawBundle([A], TEXTS, Buffer.concat([TAR_END, rawEntry(A)])), 'more bytes follow the end'],
    ['a wrong checksum', flipped(plus(BLOB), GOOD.length - 1024 + 10), 'after entry a: no tar header at byte'],
    ['an extended header without an entry', plus(paxEntry({ path: 'b' })), 'an extended header without an entry'],
    ['two extended headers', plus(paxEntry({ path: 'b' }), paxEntry({ path: 'c' }), BLOB), 'two extended headers'],
    ['a damaged extended header', plus({ name: 'x', type: 'x', data: '99 path=b\n' }, BLOB), 'that is damaged'],
    [
      'a header of two thousand megabytes',
      plus({ name: 'x', type: 'x', size: 2 ** 31 }),
      'an extended header of 2147483648 bytes',
    ],
  ])('refuses %s', async (_, bytes, said) => {
    const refused = await refusalOfBytes(bytes);
    expect(refused).toEqual({ by: 'openBundle', said: expect.stringContaining(said) });
  });

  it('refuses what is not there, or no file', () =>
    inDirectory(async (directory) => {
      await mkdir(join(directory, 'd'));
      for (const name of ['d', 'none', 'none.001', 'no/none.002']) {
        await expect(openBundle([join(directory, name)], RUNNING)).rejects.toMatchObject({
          code: 'FILE_REFUSED',
          message: expect.stringMatching(/cannot be read: (?:it is no regular file|ENOENT)/),
        });
      }
      await expect(openBundle([], RUNNING)).rejects.toThrow(RangeError);
    }));

  it('stops when the signal aborts', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, SMALL);
      await expect(openBundle([path], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
      const bundle = await openBundle([path], RUNNING);
      await expect(bundle.check(() => undefined, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
      await bundle.close();
    }));
});

describe('one flipped bit', () => {
  const texts = SMALL.entries.flatMap(({ kind, name }) => (kind === 'text' ? [name] : []));

  async function plain(): Promise<Buffer> {
    return inDirectory(async (directory) => streamOf((await writeSample(bundlePath(directory), SMALL)).parts));
  }

  it('in a text is refused when it is read, and by the check', async () => {
    const bytes = await plain();
    const changed = flipped(bytes, bytes.indexOf('imageLayoutVersion'));
    const said = 'entry oci-layout: its bytes have another digest than the beginning of the bundle says';
    expect(await refusalOfBytes(changed, texts)).toEqual({ by: 'text', said });
    expect(await refusalOfBytes(changed)).toEqual({ by: 'check', said });
  });

  it('in a blob is refused by the check, and where it is read as a whole', async () => {
    const bytes = await plain();
    for (const [digest, piece] of SMALL.pieces) {
      if (piece.length < 10) continue;
      const changed = flipped(bytes, bytes.indexOf(piece) + piece.length - 1);
      const said = `entry blobs/sha256/${digest.slice(7)}: its bytes have another digest than its name says`;
      expect(await refusalOfBytes(changed, texts)).toEqual({ by: 'check', said });
    }
  });

  it('in what fills a block is refused by the check', async () => {
    const bytes = await plain();
    const at = bytes.indexOf('imageLayoutVersion') + 100;
    const said = 'entry oci-layout: what fills its last block is not zeros';
    expect(await refusalOfBytes(flipped(bytes, at), texts)).toEqual({ by: 'check', said });
  });

  it('in a header is refused when it is opened', async () => {
    const bytes = await plain();
    const header = bytes.indexOf('oci-layout\0');
    for (const at of [0, 5, 100, 124, 136, 148, 156, 257, 329, 400, 511]) {
      expect((await refusalOfBytes(flipped(bytes, header + at), texts)).by).toBe('openBundle');
    }
  });

  it('in the end is refused when it is opened', async () => {
    const bytes = await plain();
    for (const back of [1, 512, 1000]) {
      expect((await refusalOfBytes(flipped(bytes, bytes.length - back))).by).toBe('openBundle');
    }
  });

  it('is no matter in the time of an entry, whose checksum is right', async () => {
    const bytes = rawBundle([A, BLOB], TEXTS);
    const header = bytes.subarray(bytes.indexOf(BLOB.name), bytes.indexOf(BLOB.name) + 512);
    rawHeader({ ...BLOB, mtime: 5, mode: 0o777 }).copy(header);
    resum(header);
    await inDirectory(async (directory) => {
      await writeFile(bundlePath(directory), bytes);
      const bundle = await openBundle([bundlePath(directory)], RUNNING);
      await bundle.check(() => undefined, RUNNING);
      await bundle.close();
    });
  });
});
