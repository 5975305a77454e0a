import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openContentStore } from '../../../../src/adapters/files/content-store.ts';
import { readWrap } from '../../../../src/adapters/files/read-wrap.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { refusalOf } from '../../../support/wrap-refusal.ts';
import { inDirectory, noise, RUNNING } from '../../../support/wrap-samples.ts';
import { paxEntry, type RawEntry, rawEntry, rawTar, rawWrap } from '../../../support/wrap-tar.ts';

const A: RawEntry = { name: 'p/chart/a', data: 'a' };
const B: RawEntry = { name: 'p/chart/b', data: 'b' };
const HEX = 'a'.repeat(64);
const LAYER = noise('layer', 2000);
const BLOB: RawEntry = { name: `p/images/x.layout/blobs/sha256/${digestOf(LAYER).slice(7)}`, data: LAYER };

describe('readWrap refuses an entry', () => {
  it.each<[string, RawEntry, string]>([
    [
      'a symbolic link',
      { name: 'p/l', type: '2', target: 'a' },
      'entry p/l: it is a symbolic link, only files and directories',
    ],
    ['a hard link', { name: 'p/l', type: '1', target: 'p/chart/a' }, 'entry p/l: it is a hard link'],
    ['a character device', { name: 'p/l', type: '3' }, 'it is a character device'],
    ['a block device', { name: 'p/l', type: '4' }, 'it is a block device'],
    ['a pipe', { name: 'p/l', type: '6' }, 'it is a named pipe'],
    ['a sparse file', { name: 'p/l', type: 'S' }, 'it is a sparse file'],
    ['a long link', { name: 'p/l', type: 'K', data: 'x\0' }, 'it is a link with a long target'],
    ['an unknown type', { name: 'p/l', type: 'Z' }, 'it is of the unknown type Z, only files'],
    ['an unreadable type', { name: 'p/l', type: '\u0085' }, 'it is of the unknown type byte 133, only files'],
    ['an absolute name', { name: '/p/l' }, 'entry /p/l: its name is absolute'],
    ['a drive', { name: 'C:/p/l' }, 'its name is absolute'],
    ['..', { name: 'p/../l' }, 'entry p/../l: its name leads outside, with ..'],
    ['.. at the end', { name: 'p/..', type: '5' }, 'its name leads outside'],
    ['.. at the start', { name: '../p/l' }, 'its name leads outside'],
    ['a backslash', { name: 'p\\l' }, 'entry "p\\\\l": its name has a backslash or control character'],
    ['a control character', { name: 'p/a\tb' }, 'entry "p/a\\tb": its name has a backslash or control character'],
    ['a C1 control character', { name: 'p/a\u009bb' }, 'its name has a backslash or control character'],
    ['a name that is not UTF-8', { name: Buffer.from([0x70, 0x2f, 0xff]) }, 'its name is not UTF-8'],
    ['no name', { name: '' }, 'entry "": it has no name'],
    ['a name of dots', { name: './', type: '5' }, 'entry ./: it has no name'],
    ['a file without directory', { name: 'x' }, 'entry x: it is not in the leading directory p'],
    ['a file as the leading directory', { name: 'p' }, 'it is not in a leading directory'],
    ['another leading directory', { name: 'q/chart/a' }, 'entry q/chart/a: it is not in the leading directory p'],
    ['a second of its name', A, 'entry p/chart/a: it is there twice'],
    ['a directory of its name', { name: 'p/chart/a/', type: '5' }, 'entry p/chart/a/: it is there twice'],
    ['a second with ./', { name: './p/chart/a' }, 'entry ./p/chart/a: it is there twice'],
    ['a second with //', { name: 'p//chart/./a' }, 'it is there twice'],
    [
      'inside a file',
      { name: 'p/chart/a/b' },
      'entry p/chart/a/b: p/chart/a is a file, and the directory of this entry',
    ],
    ['deep inside a file', { name: 'p/chart/a/b/c/d' }, 'p/chart/a is a file, and the directory'],
    [
      'a file that is a directory',
      { name: 'p/chart' },
      'entry p/chart: it is a file, and a directory of other entries',
    ],
    ['a directory with content', { name: 'p/d', type: '5', data: 'x' }, 'it is a directory with content'],
    ['an old directory with content', { name: 'p/d/', data: 'x' }, 'it is a directory with content'],
    [
      'docker save',
      { name: `p/images/${HEX}.layout`, data: 'x' },
      `entry p/images/${HEX}.layout: it is an image in one file`,
    ],
    ['a wrong blob', { ...BLOB, data: noise('other', 2000) }, 'its bytes have another digest than its name says'],
    [
      'a blob of another algorithm',
      { name: 'p/images/x.layout/blobs/sha512/aa' },
      'it is a blob whose name is no digest',
    ],
    ['a blob with a short name', { name: `p/blobs/sha256/${HEX.slice(1)}` }, 'it is a blob whose name is no digest'],
    [
      'a blob with an upper case name',
      { name: `p/blobs/sha256/${'A'.repeat(64)}` },
      'it is a blob whose name is no digest',
    ],
    ['of no tar format', { name: 'p/l', magic: 'ustarx00' }, 'after entry p/chart/a: no tar header at byte 1024'],
    ['a large chart file', { name: 'p/chart/l', size: 101 * 1024 ** 2 }, 'it has 105906176 bytes, more than 104857600'],
    ['a large other file', { name: 'p/l', size: 4 * 1024 ** 2 + 1 }, 'it has 4194305 bytes, more than 4194304'],
    ['a large extended header', { name: 'x', type: 'x', size: 2 ** 21 }, 'an extended header of 2097152 bytes'],
    ['a damaged extended header', { name: 'x', type: 'x', data: '99 path=x\n' }, 'an extended header that is damaged'],
    ['a record without its end', { name: 'x', type: 'x', data: '11 path=abX' }, 'an extended header that is damaged'],
    ['a record without a value', { name: 'x', type: 'x', data: '8 paths\n' }, 'an extended header that is damaged'],
    ['a global name', { ...paxEntry({ path: 'p/x' }), type: 'g' }, 'a global header that names or sizes'],
    ['a sparse file of pax', paxEntry({ 'GNU.sparse.major': '1' }), 'damaged, or of a sparse file'],
    ['a pax size that is none', paxEntry({ size: '-1' }), 'damaged'],
  ])('%s', async (_, entry, said) => {
    expect(await refusalOf(rawWrap([A, entry, B]))).toContain(said);
  });

  it('that differs in the second of two layouts', async () => {
    const second = { name: BLOB.name.toString().replace('x.layout', 'y.layout'), data: noise('other', 2000) };
    expect(await refusalOf(rawWrap([A, BLOB, second]))).toContain('y.layout/blobs/sha256/');
  });

  it('with two extended headers, or with one and no entry', async () => {
    const pax = paxEntry({ path: 'p/x' });
    const gnu: RawEntry = { name: '././@LongLink', type: 'L', data: 'p/y\0' };
    for (const two of [
      [pax, pax],
      [pax, gnu],
      [gnu, gnu],
    ]) {
      expect(await refusalOf(rawWrap([A, ...two, B]))).toContain('two extended headers for one entry');
    }
    expect(await refusalOf(rawWrap([A, pax]))).toContain('an extended header without an entry after it');
  });

  it('whose checksum or numbers are wrong', async () => {
    for (const at of [0, 100, 130, 150, 200, 511]) {
      const tar = rawTar([A, B]);
      tar.writeUInt8(tar.readUInt8(1024 + at) ^ 0x10, 1024 + at);
      expect(await refusalOf(gzipSync(tar))).toBe(
        'after entry p/chart/a: no tar header at byte 1024 of what is packed',
      );
    }
  });

  it('that is one too many in the chart, or makes it too large', async () => {
    const many = Array.from({ length: 20_001 }, (_, index): RawEntry => ({ name: `p/chart/f${index}` }));
    expect(await refusalOf(rawWrap(many))).toBe('entry p/chart/f20000: the chart has more than 20000 entries');
    const large = Array.from({ length: 3 }, (_, index) =>
      rawEntry({ name: `p/chart/f${index}`, data: Buffer.alloc(40 * 1024 ** 2) }),
    );
    const said = await refusalOf(gzipSync(Buffer.concat(large), { level: 1 }), false);
    expect(said).toBe('entry p/chart/f2: the files of the chart have more than 104857600 bytes together');
    const others = Array.from({ length: 17 }, (_, index) =>
      rawEntry({ name: `p/f${index}`, data: Buffer.alloc(4 * 1024 ** 2) }),
    );
    expect(await refusalOf(gzipSync(Buffer.concat(others), { level: 1 }), false)).toContain(
      'entry p/f16: the files beside chart and blobs',
    );
  }, 60_000);

  it('that is one too many of all, those that are only in names counted', async () => {
    const deep = Array.from({ length: 120 }, (_, index) => paxEntry({ path: `p/${index}${'/d'.repeat(2000)}` }));
    const said = await refusalOf(rawWrap(deep.flatMap((pax) => [pax, { name: 'x' }])), false);
    expect(said).toMatch(/^entry p\/99\/d.{250,350}…: there are more than 200000 files and directories$/);
    expect(await refusalOf(rawWrap([paxEntry({ path: `p/${'d'.repeat(4095)}` }), { name: 'x' }]))).toMatch(
      /its name has more than 4096 bytes/,
    );
    const long = Array.from({ length: 17_000 }, (_, index) => paxEntry({ path: `p/${index}${'d'.repeat(4000)}` }));
    const named = long.flatMap((pax) => [pax, { name: 'x', type: '5' }]);
    expect(await refusalOf(gzipSync(rawTar(named), { level: 1 }), false)).toContain(
      'the names have more than 67108864 bytes together',
    );
  }, 60_000);

  it('and leaves in the store only blobs that came whole before', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'x.wrap.tgz');
      const tar = rawTar([A, BLOB, { ...BLOB, name: `p/images/y.layout/blobs/sha256/${HEX}` }]);
      await writeFile(path, gzipSync(tar));
      const store = join(directory, 'store');
      await expect(readWrap(path, openContentStore(store), RUNNING)).rejects.toMatchObject({ code: 'FILE_REFUSED' });
      expect(await readdir(join(store, 'sha256'))).toEqual([digestOf(LAYER).slice(7)]);
    }));
});
