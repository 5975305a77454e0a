import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../../src/adapters/workspace.ts';

/** The id of a process that has ended. */
function deadId(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

test('a new workspace removes those that killed runs have left, and no other', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'workspaces-'));
  const old = new Date(Date.now() - 7 * 60 * 60 * 1000);
  const make = async (name: string, time = old): Promise<void> => {
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, 'values.yaml'), 'password: x\n');
    await utimes(join(parent, name), time, time);
  };
  const dead = deadId();
  await make(`airgap-charts-${dead}-abcdef`);
  await make(`airgap-charts-${dead}-ghijkl`, new Date());
  await make(`airgap-charts-${process.pid}-abcdef`);
  await make('airgap-charts-demo-abcdef');
  await make('another');
  const workspace = await openWorkspace(parent);
  await workspace.close();
  expect((await readdir(parent)).sort()).toEqual(
    [
      `airgap-charts-${dead}-ghijkl`,
      `airgap-charts-${process.pid}-abcdef`,
      'airgap-charts-demo-abcdef',
      'another',
    ].sort(),
  );
  await rm(parent, { recursive: true });
});
