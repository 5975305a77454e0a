import { spawnSync } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { type TarHeader, tarHeader } from '../../src/adapters/files/ustar.ts';
import { writeWrap } from '../../src/adapters/files/write-wrap.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { describeUnless } from '../support/tools.ts';
import { inDirectory, RUNNING, SAMPLE_PIECES, SAMPLE_TIME, sampleEntries, storeOf } from '../support/wrap-samples.ts';

const version = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const NO_TAR = version.includes('GNU tar') ? undefined : 'GNU tar not found: put tar on PATH';

function pieceOf(digest: string): Buffer | undefined {
  return Object.values(SAMPLE_PIECES).find((piece) => digestOf(piece) === digest);
}

/** Lines of `tar -tv`: mode, owner, size, date, time, name. */
async function listed(path: string): Promise<readonly string[]> {
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const argv = ['--numeric-owner', '--quoting-style=literal', '-tvf', path];
  return (await execa('tar', argv, { env, extendEnv: false })).stdout
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
}

describeUnless(NO_TAR, 'GNU tar', () => {
  it('reads our headers: long names, unicode names, and 9 GiB', () =>
    inDirectory(async (directory) => {
      const names = [
        'a',
        `${'d'.repeat(155)}/${'f'.repeat(100)}`,
        `d/${'f'.repeat(101)}`,
        'größe/漢字',
        `${'ü/'.repeat(300)}x`,
      ];
      const path = join(directory, 'x.tar');
      const file = await open(path, 'w');
      let offset = 0;
      // the content is a hole, so that nothing of this size is written
      for (const size of [0, 9 * 1024 ** 3]) {
        for (const name of names) {
          const header: TarHeader = { name: `${size}/${name}`, kind: 'file', size, mode: 0o640, mtime: SAMPLE_TIME };
          const bytes = tarHeader(header);
          await file.write(bytes, 0, bytes.length, offset);
          offset += bytes.length + size;
        }
      }
      await file.truncate(offset + 1024);
      await file.close();
      const sizes = [0, 9 * 1024 ** 3];
      expect(await listed(path)).toEqual(
        sizes.flatMap((size) => names.map((name) => `-rw-r----- 0/0 ${size} 2020-09-13 12:26 ${size}/${name}`)),
      );
    }));

  it('lists and compares a wrap as it was written', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'tiny.wrap.tgz');
      const store = await storeOf(join(directory, 'store'), Object.values(SAMPLE_PIECES));
      await writeWrap(path, sampleEntries(), store, SAMPLE_TIME, RUNNING);
      const lines = sampleEntries().map((entry) => {
        if (entry.kind === 'directory') return `drwxr-xr-x 0/0 0 2020-09-13 12:26 ${entry.name}`;
        const size = entry.kind === 'file' ? entry.data.length : entry.size;
        const executable = entry.kind === 'file' && entry.mode === 0o755;
        return `-${executable ? 'rwxr-xr-x' : 'rw-r--r--'} 0/0 ${size} 2020-09-13 12:26 ${entry.name}`;
      });
      expect(await listed(path)).toEqual(lines);
      await execa('tar', ['--no-same-owner', '-xf', path, '-C', directory]);
      for (const entry of sampleEntries()) {
        if (entry.kind === 'directory') continue;
        const data = await readFile(join(directory, entry.name));
        expect(data).toEqual(entry.kind === 'file' ? entry.data : pieceOf(entry.digest));
      }
    }));
});
