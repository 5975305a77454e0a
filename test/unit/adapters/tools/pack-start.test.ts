import { execFile } from 'node:child_process';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startScript } from '../../../../src/adapters/tools/pack-start.ts';
import { inDirectory } from '../../../support/wrap-samples.ts';

const run = promisify(execFile);

describe('the script that starts the tool', () => {
  /** Starts it in a directory of a name, called as `line` says, with a Node that tells how it was called. */
  const started = (name: string, line: string, env: Readonly<Record<string, string>> = {}) =>
    inDirectory(async (root) => {
      const home = join(root, name);
      await mkdir(join(home, 'bin'), { recursive: true });
      await mkdir(join(root, 'links'));
      await writeFile(join(home, 'airgap-charts'), startScript('dist/main.js'), { mode: 0o755 });
      const node = '#!/bin/sh\nprintf "%s|" "$PATH" "$@"\nexit 7\n';
      await writeFile(join(home, 'bin', 'node'), node, { mode: 0o755 });
      await symlink(join(home, 'airgap-charts'), join(root, 'links', 'far'));
      await symlink('far', join(root, 'links', 'near'));
      const { code, stdout, stderr } = await run('/bin/sh', ['-c', line], { cwd: root, env }).then(
        () => ({ code: 0, stdout: '', stderr: '' }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
      return [code, (stdout + stderr).replaceAll(await realpath(root), 'ROOT')];
    });

  it.each<[string, string, string]>([
    ['from above', 'a', 'a/airgap-charts x "y z" ""'],
    ['from its own directory', 'a', 'cd a && ./airgap-charts x "y z" ""'],
    ['by a shell', 'a', 'cd a && sh airgap-charts x "y z" ""'],
    ['in a directory with an odd name', '-a b\'c"$d', './-a\\ b\\\'c\\"\\$d/airgap-charts x "y z" ""'],
    ['by a link to a link', 'a', 'links/near x "y z" ""'],
    ['where CDPATH leads elsewhere', 'a', 'export CDPATH=/usr; cd a && sh airgap-charts x "y z" ""'],
  ])('works %s', async (_, name, line) => {
    const expected = `ROOT/${name}/bin:/usr/bin:/bin|ROOT/${name}/app/dist/main.js|x|y z||`;
    expect(await started(name, line, { PATH: '/usr/bin:/bin' })).toEqual([7, expected]);
  });

  it('works without a PATH and without a home', async () => {
    const [code, said] = await started('a', 'unset PATH HOME; a/airgap-charts x');
    // some shells have a PATH of their own then
    expect([code, said]).toEqual([
      7,
      expect.stringMatching(/^ROOT\/a\/bin(?::[^|]*)?\|ROOT\/a\/app\/dist\/main\.js\|x\|$/),
    ]);
  });

  it('says so where a colon in the name of the directory would break PATH', async () => {
    const [code, said] = await started('a:b', 'a:b/airgap-charts x');
    expect(code).toBe(2);
    expect(said).toContain('the directory ROOT/a:b has a colon, which PATH cannot hold');
  });
});
