import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './shared-charts.ts';

/** A program of an npm package, or why it cannot be had; then the test is skipped, saying so. */
export type FromNpm =
  | { readonly path: string; readonly reason: undefined }
  | { readonly path: ''; readonly reason: string };

const CACHE = join(ROOT, '.cache', 'npm');
const MINUTES_10 = 600_000;

/** Installs `package@version` once, below `.cache`, with nothing of it run, and names its program. */
export function npmTool(wanted: string, program: string): FromNpm {
  const directory = join(CACHE, wanted.replaceAll('/', '_'));
  const path = join(directory, 'node_modules', '.bin', program);
  if (existsSync(path)) return { path, reason: undefined };
  const scratch = `${directory}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, 'package.json'), '{ "private": true }\n');
  const argv = ['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', wanted];
  const { status, stderr, error } = spawnSync('npm', argv, { cwd: scratch, encoding: 'utf8', timeout: MINUTES_10 });
  if (status !== 0) {
    rmSync(scratch, { recursive: true, force: true });
    const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    return { path: '', reason: `${wanted} cannot be had: ${why}` };
  }
  rmSync(directory, { recursive: true, force: true });
  renameSync(scratch, directory);
  return { path, reason: undefined };
}
