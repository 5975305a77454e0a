import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeAbandonedDrafts } from '../../../src/adapters/files/draft.ts';
import { ownMark } from '../../../src/adapters/files/process-mark.ts';
import { openWorkspace } from '../../../src/adapters/workspace.ts';

/** The id of a process that has ended. */
function deadId(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

test('a new workspace removes those that killed runs have left, and no other', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'workspaces-'));
  const make = async (name: string, hoursAgo = 0): Promise<string> => {
    const time = new Date(Date.now() - hoursAgo * 60 * 60 * 1000);
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, 'values.yaml'), 'password: x\n');
    await utimes(join(parent, name), time, time);
    return name;
  };
  const [host = ''] = ownMark().split('-');
  const dead = deadId();
  await make(`airgap-charts-${host}-${dead}-abcdef01`);
  await make(`airgap-charts-00000000-${process.pid}-abcdef01`, 25);
  const kept = [
    await make(`airgap-charts-${host}-${process.pid}-abcdef01`),
    // of another machine, where the process may well run
    await make(`airgap-charts-00000000-${dead}-abcdef01`, 23),
    await make('airgap-charts-demo-abcdef', 100),
    await make('another', 100),
  ];
  const workspace = await openWorkspace(parent);
  await workspace.close();
  expect((await readdir(parent)).sort()).toEqual([...kept].sort());
  await rm(parent, { recursive: true });
});

test('drafts of a file that killed runs have left go, and no other', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'drafts-'));
  const [host = ''] = ownMark().split('-');
  const left = `a.part-${host}-${deadId()}-abcdef01`;
  const kept = [`a.part-${host}-${process.pid}-abcdef01`, `b.part-${host}-${deadId()}-abcdef01`, 'a.part', 'a'];
  for (const name of [left, ...kept]) await writeFile(join(parent, name), '');
  await removeAbandonedDrafts(join(parent, 'a'));
  expect((await readdir(parent)).sort()).toEqual([...kept].sort());
  await rm(parent, { recursive: true });
});
