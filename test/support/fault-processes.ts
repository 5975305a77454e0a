import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './e2e-machine.ts';
import { requireTool } from './tools.ts';

const execute = promisify(execFile);

async function commandLines(): Promise<readonly string[]> {
  if (!existsSync('/proc/self/cmdline')) {
    return (await execute('ps', ['-A', '-o', 'args='])).stdout.split('\n');
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // a process may be gone by now
  const texts = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(texts)).map((text) => text.split('\0').join(' ').trim());
}

/** The command lines of all programs that run from, or were told of, a file of this machine. */
export async function programsOf(machine: Machine): Promise<readonly string[]> {
  return (await commandLines()).filter((line) => line.includes(dirname(machine.home)));
}

/** Waits until a machine has no program running. Rejects after the limit, in milliseconds, with those that are left. */
export async function untilNoProgram(machine: Machine, limit = 3_000): Promise<void> {
  const end = Date.now() + limit;
  for (;;) {
    const left = await programsOf(machine);
    if (left.length === 0) return;
    if (Date.now() > end) throw new Error(`still running:\n${left.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What is left in the machine's temporary directory, directories included. */
export async function leftovers(machine: Machine): Promise<readonly string[]> {
  return readdir(machine.temporary, { recursive: true });
}

/**
 * A PATH on which the real crane stays for a minute after a copy that was ended, whatever signal but SIGKILL it gets: a
 * program that cleans up slowly.
 */
export async function slowToEnd(machine: Machine): Promise<string> {
  const crane = requireTool('crane');
  const script = [
    '#!/bin/sh',
    `[ "$1" = copy ] || exec '${crane}' "$@"`,
    "trap '' TERM",
    `'${crane}' "$@" && exit`,
    '/bin/sleep 60',
  ];
  const file = await machine.write('slow/crane', `${script.join('\n')}\n`);
  await chmod(file, 0o755);
  await symlink(requireTool('helm'), join(dirname(file), 'helm'));
  return dirname(file);
}
