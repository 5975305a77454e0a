import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type FetchBytes, fetchRelease, unpackProgram } from '../../../src/adapters/tools/release.ts';
import { checksumLine, makeArchive, type TestEntry } from '../../support/release-archive.ts';

const release = {
  base: 'https://releases.example/',
  archive: 'tool.tar.gz',
  checksums: 'sums.txt',
  member: 'bin/tool',
};
const signal = new AbortController().signal;
const good: readonly TestEntry[] = [
  { name: 'LICENSE', content: 'free' },
  { name: './bin/tool', content: '#!/bin/sh\n' },
];

function serving(files: Readonly<Record<string, Uint8Array | string>>): FetchBytes {
  return (url) => {
    const file = files[url.slice(release.base.length)];
    if (file === undefined) return Promise.reject(new Error(`${url} answered 404`));
    return Promise.resolve(Buffer.from(file));
  };
}

async function servingArchive(archive: Buffer, sums = checksumLine(release.archive, archive)): Promise<FetchBytes> {
  return serving({ 'tool.tar.gz': archive, 'sums.txt': sums });
}

describe('fetchRelease', () => {
  it('returns the one program when the archive is what the checksum file says', async () => {
    const answer = await fetchRelease(release, release.base, await servingArchive(await makeArchive(good)), signal);
    expect(answer).toEqual({
      kind: 'fetched',
      program: Buffer.from('#!/bin/sh\n'),
      archive: 'https://releases.example/tool.tar.gz',
    });
  });

  it('refuses an archive with another checksum, naming both', async () => {
    const archive = await makeArchive(good);
    const fetchBytes = await servingArchive(archive, checksumLine(release.archive, Buffer.from('another')));
    await expect(fetchRelease(release, release.base, fetchBytes, signal)).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringMatching(
        /^https:\/\/releases\.example\/tool\.tar\.gz refused: its SHA-256 is [0-9a-f]{64}, .* says [0-9a-f]{64}$/,
      ),
    });
  });

  it('refuses an archive that the checksum file does not name', async () => {
    const archive = await makeArchive(good);
    const fetchBytes = await servingArchive(archive, checksumLine('other.tar.gz', archive));
    await expect(fetchRelease(release, release.base, fetchBytes, signal)).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringContaining('sums.txt has no single entry for it'),
    });
  });

  it('refuses a truncated archive', async () => {
    const archive = await makeArchive(good);
    const fetchBytes = await servingArchive(
      archive.subarray(0, archive.length - 20),
      checksumLine(release.archive, archive),
    );
    await expect(fetchRelease(release, release.base, fetchBytes, signal)).rejects.toThrow('its SHA-256 is');
  });

  it('calls a host that gives nothing unreachable, in one line', async () => {
    const fetchBytes: FetchBytes = () => Promise.reject(new Error('connect\nrefused'));
    expect(await fetchRelease(release, release.base, fetchBytes, signal)).toEqual({
      kind: 'unreachable',
      reason: 'connect refused',
    });
  });

  it('is ended by an interrupt, not taken for an unreachable host', async () => {
    const controller = new AbortController();
    const fetchBytes: FetchBytes = () => {
      controller.abort();
      return Promise.reject(new Error('closed'));
    };
    await expect(fetchRelease(release, release.base, fetchBytes, controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('unpackProgram', () => {
  it.each<[string, readonly TestEntry[], string]>([
    [
      'a symbolic link',
      [{ name: 'bin/tool', header: { type: 'symlink', linkname: '/bin/sh' } }],
      'bin/tool is a symlink, not a file',
    ],
    ['a hard link', [{ name: 'bin/tool', header: { type: 'link', linkname: 'x' } }], 'bin/tool is a link, not a file'],
    ['a directory', [{ name: 'bin/tool', header: { type: 'directory' } }], 'bin/tool is a directory, not a file'],
    ['two of them', [...good, { name: 'bin/tool', content: 'second' }], 'it holds bin/tool twice'],
    ['none of them', [{ name: 'tool', content: 'x' }], 'it holds no file bin/tool'],
    ['another place', [{ name: '../bin/tool', content: 'x' }], 'it holds no file bin/tool'],
    ['an empty file', [{ name: 'bin/tool' }], 'it holds no file bin/tool'],
  ])('refuses %s', async (_, entries, reason) => {
    await expect(unpackProgram('u', await makeArchive(entries), 'bin/tool')).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: `u refused: ${reason}`,
    });
  });

  it('refuses what is no gzip file, no tar archive, or not a whole one', async () => {
    const archive = await makeArchive([{ name: 'bin/tool', content: 'x'.repeat(5000) }]);
    await expect(unpackProgram('u', Buffer.from('<html>'), 'bin/tool')).rejects.toThrow('it is not a whole gzip file');
    await expect(unpackProgram('u', archive.subarray(0, -10), 'bin/tool')).rejects.toThrow(
      'it is not a whole gzip file',
    );
    const tar = gunzipSync(archive);
    await expect(unpackProgram('u', gzipSync(tar.subarray(0, 1500)), 'bin/tool')).rejects.toThrow(
      'it is not a whole tar archive',
    );
    await expect(unpackProgram('u', gzipSync(Buffer.alloc(2048, 'x')), 'bin/tool')).rejects.toThrow(
      'it is not a whole tar archive',
    );
  });

  it('takes nothing else, whatever stands beside the program', async () => {
    const archive = await makeArchive([
      { name: '/etc/evil', content: 'x' },
      { name: 'link', header: { type: 'symlink', linkname: '/' } },
      ...good,
    ]);
    expect(String(await unpackProgram('u', archive, 'bin/tool'))).toBe('#!/bin/sh\n');
  });
});
