import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { describeUnless } from '../support/tools.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const UNSHARE = 'unshare';

const probe = spawnSync(UNSHARE, ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m none /mnt'], { timeout: 30_000 });
const NO_DISK = probe.status === 0 ? undefined : 'no small disk can be mounted: needs unshare and user namespaces';

const SOURCES = join(import.meta.dirname, '..', '..', 'src', 'adapters', 'files');
const SAMPLES = join(import.meta.dirname, '..', 'support', 'wrap-samples.ts');

/** Takes in 2 MiB, and writes a wrap of as much, where the disk has 1 MiB; prints the failures and what is left. */
const SCRIPT = `
  import { readdir } from 'node:fs/promises';
  const [full, roomy] = process.argv.slice(1);
  const { openContentStore } = await import(${JSON.stringify(join(SOURCES, 'content-store.ts'))});
  const { writeWrap } = await import(${JSON.stringify(join(SOURCES, 'write-wrap.ts'))});
  const { chunksOf, noise, RUNNING } = await import(${JSON.stringify(SAMPLES)});
  const { createHash } = await import('node:crypto');
  const data = noise('large', 2 * 1024 * 1024);
  const digest = 'sha256:' + createHash('sha256').update(data).digest('hex');
  const chunks = () => chunksOf(data.subarray(0, 65536), data.subarray(65536));
  const store = openContentStore(roomy);
  await store.write(digest, data.length, chunks(), RUNNING);
  const failures = [];
  const note = ({ code, message }) => failures.push({ code, message });
  await openContentStore(full).write(digest, data.length, chunks(), RUNNING).catch(note);
  const entry = { kind: 'blob', name: 'a/b', digest, size: data.length, packed: true };
  await writeWrap(full + '/x.wrap.tgz', [entry], store, 0, RUNNING).catch(note);
  console.log(JSON.stringify({ failures, left: await readdir(full, { recursive: true }) }));
`;

describeUnless(NO_DISK, 'a full disk', () => {
  it('is told of by the store and the writer, which leave nothing there', () =>
    inDirectory(async (directory) => {
      const [full, roomy] = [join(directory, 'full'), join(directory, 'roomy')];
      const mount =
        'mkdir "$1" && mount -t tmpfs -o size=1m none "$1" && exec "$0" --input-type=module -e "$3" "$1" "$2"';
      const argv = ['-rm', 'sh', '-c', mount, process.execPath, full, roomy, SCRIPT];
      const { stdout } = await execa(UNSHARE, argv);
      const failure = (path: string) => ({
        code: 'WORKSPACE_FAILED',
        message: expect.stringMatching(new RegExp(`^${path}.* cannot be written: ENOSPC`)),
      });
      expect(JSON.parse(stdout)).toEqual({
        failures: [failure(join(full, 'sha256')), failure(join(full, 'x.wrap.tgz'))],
        left: ['sha256'],
      });
    }));
});
