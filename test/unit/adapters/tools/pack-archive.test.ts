import { chmod, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { writeArchive } from '../../../../src/adapters/tools/pack-archive.ts';
import { fileAt, filesBelow, type PackedFile } from '../../../../src/adapters/tools/pack-files.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { inDirectory, noise, RUNNING } from '../../../support/wrap-samples.ts';

const text = (name: string, content = name): PackedFile => ({
  name,
  mode: 0o644,
  from: { kind: 'text', text: content },
});

/** The headers of a tar file that is written without extended ones: mode, owner, size, time and name. */
function headersOf(tgz: Buffer): readonly string[] {
  const tar = gunzipSync(tgz);
  const headers: string[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const field = (from: number, to: number) =>
      tar
        .toString('latin1', at + from, at + to)
        .replace(/\0.*$/s, '')
        .trim();
    const size = Number.parseInt(field(124, 136), 8);
    headers.push([field(100, 108), field(108, 116), size, field(136, 148), field(156, 157), field(0, 100)].join(' '));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return headers;
}

describe('the archive of tools', () => {
  it('has the same bytes whatever order, times and modes files have on this machine', () =>
    inDirectory(async (directory) => {
      const data = noise('program', 2_500_000);
      const [program, other] = [join(directory, 'program'), join(directory, 'other')];
      await Promise.all([writeFile(program, data), writeFile(other, data)]);
      await chmod(program, 0o600);
      await utimes(other, 1000, 1000);
      const files = (path: string) => [text('t/z'), fileAt(path, 't/bin/p', 0o755), text('t/a/b')];
      const first = await writeArchive(join(directory, '1.tgz'), files(program), RUNNING);
      const second = await writeArchive(join(directory, '2.tgz'), files(other).reverse(), RUNNING);
      expect(second).toEqual(first);
      const bytes = await readFile(join(directory, '1.tgz'));
      expect({ digest: digestOf(bytes), size: bytes.length }).toEqual(first);
      const time = (946_684_800).toString(8);
      expect(headersOf(bytes)).toEqual([
        `0000644 0000000 5 0${time} 0 t/a/b`,
        `0000755 0000000 2500000 0${time} 0 t/bin/p`,
        `0000644 0000000 3 0${time} 0 t/z`,
      ]);
      expect(gunzipSync(bytes).includes(data)).toBe(true);
    }));

  it('is not there when a file ends elsewhere than it said, or two have one name, or the run is interrupted', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'x.tgz');
      // its size is told as 0
      await expect(writeArchive(path, [fileAt('/proc/self/status', 'a')], RUNNING)).rejects.toMatchObject({
        code: 'TOOL_FAILED',
        message: expect.stringContaining('a was changed while it was read'),
      });
      await expect(writeArchive(path, [text('a'), text('b'), text('a')], RUNNING)).rejects.toThrow('a is there twice');
      await expect(writeArchive(path, [fileAt(join(directory, 'none'), 'a')], RUNNING)).rejects.toMatchObject({
        code: 'WORKSPACE_FAILED',
      });
      await expect(writeArchive(path, [text('a')], AbortSignal.abort())).rejects.toThrow('abort');
      expect(await readdir(directory)).toEqual([]);
    }));

  it('has files only: links are refused, with their place', () =>
    inDirectory(async (directory) => {
      await symlink('/etc/passwd', join(directory, 'link'));
      await expect(filesBelow(directory, 'x')).rejects.toThrow(`${directory}/link is neither a file nor a directory`);
    }));
});
