import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../src/domain/report/report.ts';
import { CLI } from './e2e-cli.ts';

/** Writes a report into a directory and runs `emit` on it, for real. What was printed is returned. */
export async function emitFrom(
  directory: string,
  report: Report,
  kind: string,
  ...flags: readonly string[]
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'report.json'), JSON.stringify(report));
  return execFileSync(process.execPath, [...CLI, 'emit', kind, '--report', 'report.json', ...flags], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
