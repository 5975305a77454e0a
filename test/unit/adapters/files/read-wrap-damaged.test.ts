import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readWrap } from '../../../../src/adapters/files/read-wrap.ts';
import { tarHeader } from '../../../../src/adapters/files/ustar.ts';
import { refusalOf } from '../../../support/wrap-refusal.ts';
import { inDirectory, RUNNING } from '../../../support/wrap-samples.ts';
import { type RawEntry, rawEntry, rawTar, rawWrap, TAR_END } from '../../../support/wrap-tar.ts';

const A: RawEntry = { name: 'p/chart/a', data: 'a' };
const B: RawEntry = { name: 'p/chart/b', data: 'b' };
const GOOD = rawWrap([A, B]);
const HEX = 'a'.repeat(64);

describe('readWrap refuses a file', () => {
  it.each<[string, Buffer, string]>([
    ['that is empty', Buffer.alloc(0), 'it is empty'],
    ['of one byte', Buffer.from([0x1f]), 'it is not a gzip file'],
    ['that is text', Buffer.from('name: x\n'), 'it is not a gzip file'],
    ['that is a tar file', rawTar([A]), 'it is not a gzip file'],
    ['that is gzip of text', gzipSync('x'.repeat(600)), 'no tar header at byte 0 of what is packed'],
    ['that is gzip of nothing', gzipSync(''), 'the tar file inside ends too early'],
    ['that holds nothing', gzipSync(TAR_END), 'it holds nothing'],
    ['whose gzip header is cut', GOOD.subarray(0, 5), 'the gzip file ends too early'],
    ['whose checksum is cut', GOOD.subarray(0, -1), 'after entry p/chart/b: the gzip file ends too early'],
    ['with bytes behind it', Buffer.concat([GOOD, Buffer.from('more')]), 'more bytes follow the end of the gzip file'],
    ['with zeros behind it', Buffer.concat([GOOD, Buffer.alloc(9)]), 'more bytes follow the end of the gzip file'],
    ['with a second wrap behind it', Buffer.concat([GOOD, GOOD]), 'more bytes follow the end of the tar file inside'],
    ['without an end', gzipSync(rawEntry(A)), 'after entry p/chart/a: the tar file inside ends too early'],
    ['with half an end', gzipSync(Buffer.concat([rawEntry(A), Buffer.alloc(512)])), 'ends too early'],
    [
      'with more behind the end',
      gzipSync(Buffer.concat([rawTar([A]), rawEntry(B)])),
      'more bytes follow the end of the tar',
    ],
    [
      'with an entry after a block of zeros',
      gzipSync(Buffer.concat([Buffer.alloc(512), rawTar([A])])),
      'more bytes follow',
    ],
    ['cut in a header', gzipSync(rawTar([A, B]).subarray(0, 1100)), 'after entry p/chart/a: the tar file inside ends'],
    [
      'cut in an entry',
      gzipSync(rawTar([A, B]).subarray(0, 1536)),
      'entry p/chart/b: the tar file inside ends too early',
    ],
    [
      'cut in a blob, where a block ends',
      gzipSync(rawTar([{ name: `p/i/blobs/sha256/${HEX}`, data: Buffer.alloc(1024) }]).subarray(0, 1024)),
      `entry p/i/blobs/sha256/${HEX}: the tar file inside ends too early`,
    ],
    [
      'cut after an entry',
      gzipSync(rawTar([A, B]).subarray(0, 1800)),
      'entry p/chart/b: the tar file inside ends too early',
    ],
  ])('%s', async (_, bytes, said) => {
    const refusal = await refusalOf(bytes);
    expect(refusal).toContain(said);
  });

  it('whose gzip checksum or length is wrong', async () => {
    for (const back of [1, 8]) {
      const bytes = Buffer.from(GOOD);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - back) ^ 1, bytes.length - back);
      expect(await refusalOf(bytes)).toMatch(/^its gzip bytes are damaged \(incorrect (?:data|length) check\)/);
    }
  });

  it('that is not there, or no file', () =>
    inDirectory(async (directory) => {
      await mkdir(join(directory, 'd'));
      for (const name of ['d', 'none']) {
        await expect(readWrap(join(directory, name), undefined, RUNNING)).rejects.toMatchObject({
          code: 'FILE_REFUSED',
          message: expect.stringMatching(/cannot be read: (?:it is no regular file|ENOENT)/),
        });
      }
    }));

  it('that unpacks to more than 1 GiB and a hundred times its size, in blobs too', async () => {
    const size = 1101 * 1024 ** 2;
    const header = tarHeader({
      name: `p/images/x.layout/blobs/sha256/${HEX}`,
      kind: 'file',
      size,
      mode: 0o644,
      mtime: 0,
    });
    const zeros = gzipSync(Buffer.alloc(1024 ** 2));
    const bomb = Buffer.concat([gzipSync(header), ...Array.from({ length: 1101 }, () => zeros)]);
    expect(await refusalOf(bomb, false)).toBe(
      `entry p/images/x.layout/blobs/sha256/${HEX}: it unpacks to more than 100 times its ${bomb.length} bytes`,
    );
  }, 60_000);
});
