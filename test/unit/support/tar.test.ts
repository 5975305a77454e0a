import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { storedGzip, tarOf } from '../../../src/demo/tar.ts';
import { digestOf } from '../../../src/domain/manifest.ts';

async function namesAndSizes(tar: Buffer): Promise<readonly (readonly [string, number])[]> {
  const reader = extract();
  reader.end(tar);
  const found: (readonly [string, number])[] = [];
  for await (const entry of reader) {
    found.push([entry.header.name, entry.header.size]);
    entry.resume();
  }
  return found;
}

describe('tarOf', () => {
  it('writes what another implementation reads', async () => {
    const long = `${'directory/'.repeat(12)}file`;
    const files = [
      { name: 'a', data: Buffer.alloc(0) },
      { name: 'b/c', data: Buffer.alloc(512, 1) },
      { name: long, data: Buffer.alloc(700, 2) },
    ];
    expect(await namesAndSizes(tarOf(files))).toEqual([
      ['a', 0],
      ['b/c', 512],
      [long, 700],
    ]);
  });

  it('refuses names that no ustar header can hold', () => {
    expect(() => tarOf([{ name: 'x'.repeat(101), data: Buffer.alloc(0) }])).toThrow(RangeError);
  });
});

describe('storedGzip', () => {
  it.each([0, 1, 65_535, 65_536, 200_000])('gives %i bytes back', (size) => {
    const bytes = Buffer.alloc(size, 7);
    expect(gunzipSync(storedGzip(bytes)).equals(bytes)).toBe(true);
  });

  it('gives the same bytes with every zlib', () => {
    expect(digestOf(storedGzip(tarOf([{ name: 'a', data: Buffer.from('b') }])))).toMatchInlineSnapshot(
      `"sha256:da9b4128fb8b78fe3434539f58991cf0a81abb684e6a92531a6bedb1a1117e6f"`,
    );
  });
});
