import { extract, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { END, padding, type TarHeader, tarHeader } from '../../../../src/adapters/files/ustar.ts';

const FILE: TarHeader = { name: 'a/b', kind: 'file', size: 5, mode: 0o640, mtime: 1_600_000_000 };

/** What tar-stream sees in a header; it stops there. */
function seenByTarStream(header: Buffer): Promise<Header> {
  return new Promise((resolve, reject) => {
    const reader = extract();
    reader.on('entry', (seen) => resolve(seen));
    reader.on('error', reject);
    reader.write(header);
  });
}

describe('tarHeader', () => {
  it('writes one ustar block, owner 0 without names', () => {
    const block = tarHeader(FILE);
    expect(block.length).toBe(512);
    const field = (start: number, end: number) => block.toString('latin1', start, end);
    expect(field(0, 4)).toBe('a/b\0');
    expect(field(100, 124)).toBe('0000640\x000000000\x000000000\0');
    expect(field(124, 148)).toBe(`00000000005\0${(1_600_000_000).toString(8).padStart(11, '0')}\0`);
    expect(field(156, 157)).toBe('0');
    expect(field(257, 265)).toBe('ustar\x0000');
    expect(field(265, 329)).toBe('\0'.repeat(64));
    expect(field(329, 345)).toBe('0000000\x000000000\0');
    const sum = [...block].reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
    expect(field(148, 156)).toBe(`${sum.toString(8).padStart(6, '0')}\0 `);
  });

  it('writes directories without a slash at the end', async () => {
    const block = tarHeader({ ...FILE, kind: 'directory', size: 0, mode: 0o755 });
    expect(block.toString('latin1', 0, 5)).toBe('a/b\0\0');
    expect(await seenByTarStream(block)).toMatchObject({ name: 'a/b', type: 'directory', size: 0, mode: 0o755 });
  });

  const cut = `${'d'.repeat(155)}/${'f'.repeat(100)}`;
  it.each([
    ['100 bytes', 'n'.repeat(100), 512],
    ['prefix and name full', cut, 512],
    ['a name of 101 bytes without a slash', 'n'.repeat(101), 1536],
    ['a prefix that is too long', `${'d'.repeat(156)}/f`, 1536],
    ['a last component that is too long', `d/${'f'.repeat(101)}`, 1536],
    ['more than one extended block', `d/${'f'.repeat(600)}`, 2048],
    ['unicode', 'chart/größe-漢字.txt', 1536],
    ['a line break', 'chart/a\nb', 1536],
  ])('keeps the name: %s', async (_, name, bytes) => {
    const header = tarHeader({ ...FILE, name });
    expect(header.length).toBe(bytes);
    expect(await seenByTarStream(header)).toMatchObject({ name, size: 5, type: 'file', uid: 0, uname: '' });
  });

  // the length of a record counts its own digits, and so jumps over 100 and over 1000
  it.each([89, 90, 91, 92, 988, 989, 990, 991])(
    'counts the length of a record of a name of %i bytes',
    async (bytes) => {
      const name = 'ü'.repeat(Math.floor(bytes / 2)) + 'n'.repeat(bytes % 2);
      expect((await seenByTarStream(tarHeader({ ...FILE, name }))).name).toBe(name);
    },
  );

  it.each([8 ** 11 - 1, 8 ** 11, 9 * 1024 ** 3, 2 ** 53 - 1])('keeps a size of %i bytes', async (size) => {
    const header = tarHeader({ ...FILE, size });
    expect(header.length).toBe(size < 8 ** 11 ? 512 : 1536);
    expect(await seenByTarStream(header)).toMatchObject({ size, mtime: new Date(FILE.mtime * 1000) });
  });

  it.each([
    [{ name: '' }],
    [{ name: 'a/' }],
    [{ name: 'a\0b' }],
    [{ size: -1 }],
    [{ size: 1.5 }],
    [{ mtime: -1 }],
    [{ mtime: 8 ** 11 }],
    [{ mtime: 0.5 }],
  ])('refuses %j', (wrong) => {
    expect(() => tarHeader({ ...FILE, ...wrong })).toThrow(RangeError);
  });
});

describe('padding', () => {
  it('fills up to whole blocks, and ends with two', () => {
    expect([0, 1, 511, 512, 513, 9 * 1024 ** 3 + 1].map((size) => padding(size).length)).toEqual([
      0, 511, 1, 0, 511, 511,
    ]);
    expect(padding(1).every((byte) => byte === 0)).toBe(true);
    expect(END).toEqual(Buffer.alloc(1024));
  });
});
