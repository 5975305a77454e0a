import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from './support/shared-charts.ts';

async function changedAt(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}

async function sources(): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return [...files, ...['rolldown.config.mjs', 'package-lock.json'].map((name) => join(ROOT, name))];
}

/** Builds what ships, where a source is newer than the last build: tests that start the command line start that. */
export async function setup(): Promise<void> {
  const built = await changedAt(join(ROOT, 'dist', 'main.js')).catch(() => 0);
  const times = await Promise.all((await sources()).map(changedAt));
  if (Math.max(...times) < built) return;
  await execa('npm', ['run', '--silent', 'build'], { cwd: ROOT });
}
