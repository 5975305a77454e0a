import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { describeUnless } from '../support/tools.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const UNSHARE = 'unshare';

const probe = spawnSync(UNSHARE, ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m none /mnt'], { timeout: 30_000 });
const NO_DISK = probe.status === 0 ? undefined : 'no small disk can be mounted: needs unshare and user namespaces';

const WRITER = join(import.meta.dirname, '..', '..', 'src', 'adapters', 'files', 'bundle-writer.ts');
const SAMPLES = join(import.meta.dirname, '..', 'support', 'bundle-samples.ts');
const WRAPS = join(import.meta.dirname, '..', 'support', 'wrap-samples.ts');

/**
 * Writes the blobs of a bundle of 2 MiB, the smallest first, where the disk has 1 MiB; then lets the disk have room, and goes
 * on. Prints what failed and what was there.
 */
const SCRIPT = `
  import { spawnSync } from 'node:child_process';
  import { writeFile, rm } from 'node:fs/promises';
  const [full] = process.argv.slice(1);
  const { openBundleWriter } = await import(${JSON.stringify(WRITER)});
  const { bundleOptions, chunked, contentsOfBundle, contentsOfSample, filesAt, MIB, pieceOf, SPLIT } = await import(${JSON.stringify(SAMPLES)});
  const { RUNNING } = await import(${JSON.stringify(WRAPS)});
  const path = full + '/b';
  const failures = [];
  const note = ({ code, message }) => failures.push({ code, message });
  const bySize = [...SPLIT.pieces.keys()].sort((a, b) => pieceOf(SPLIT, a).length - pieceOf(SPLIT, b).length);
  const run = async (digests) => {
    const writer = await openBundleWriter(path, SPLIT.entries, bundleOptions(MIB));
    const before = writer.done.size;
    for (const digest of digests) {
      if (!writer.done.has(digest)) await writer.write(digest, chunked(pieceOf(SPLIT, digest), 50_000), RUNNING).catch(note);
    }
    return { writer, before };
  };
  const first = await run(bySize);
  const done = first.writer.done.size;
  const refused = await first.writer.finish(RUNNING).then(() => 'finished', (error) => error.name);
  await first.writer.close();
  const left = await filesAt(path);
  const grow = (size) => spawnSync('mount', ['-o', 'remount,size=' + size, full], { stdio: 'inherit' });

  // room for all blobs, but not for what the finish adds
  grow('8m');
  const second = await run(bySize);
  const fill = 8 * 1024 * 1024 - 2_000_000;
  await writeFile(full + '/fill', Buffer.alloc(fill + 200_000)).catch(() => undefined);
  await second.writer.finish(RUNNING).catch(note);
  await second.writer.close();
  const kept = await filesAt(path);
  await rm(full + '/fill');

  const third = await run(bySize);
  const parts = await third.writer.finish(RUNNING);
  await third.writer.close();
  const read = await contentsOfBundle(parts.map(({ file }) => file), SPLIT);
  const same = [...contentsOfSample(SPLIT)].every(([name, digest]) => read.get(name) === digest);
  console.log(JSON.stringify({
    failures, done, refused, left, before: [first.before, second.before, third.before], kept, at: await filesAt(path), same,
  }));
`;

describeUnless(NO_DISK, 'a disk that gets full', () => {
  it('is told of by the writer, which goes on when there is room', () =>
    inDirectory(async (directory) => {
      const full = join(directory, 'full');
      const mount = 'mkdir "$1" && mount -t tmpfs -o size=1m none "$1" && exec "$0" --input-type=module -e "$2" "$1"';
      const { stdout } = await execa(UNSHARE, ['-rm', 'sh', '-c', mount, process.execPath, full, SCRIPT]);
      const failure = (name: string) => ({
        code: 'WORKSPACE_FAILED',
        message: expect.stringMatching(new RegExp(`^${join(full, name)} cannot be written: ENOSPC`)),
      });
      expect(JSON.parse(stdout)).toEqual({
        failures: [failure('b.partial.001'), failure('b.partial.001')],
        done: 5,
        refused: 'RangeError',
        left: ['.journal', '.partial.001', '.partial.002'],
        before: [0, 5, 6],
        kept: ['.journal', '.partial.001', '.partial.002'],
        at: ['.001', '.002', '.sha256'],
        same: true,
      });
    }));
});
