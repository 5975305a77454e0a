import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll } from 'vitest';
import type { Surroundings } from '../../src/commands/surroundings.ts';
import { formatProblem, type Problem } from '../../src/config/problems.ts';
import { LOG } from '../../src/report/screen.ts';
import { NEVER } from './http-network.ts';

/** A directory that commands work in. */
export interface WorkingDirectory {
  readonly path: string;
  /** A process in it, in which nothing is printed. */
  readonly around: Surroundings;
}

function unused(): never {
  throw new Error('nothing is printed here');
}

/** A directory with files, by their paths, for as long as the tests of the file run. */
export function workingDirectory(files: Readonly<Record<string, string | Uint8Array>>): WorkingDirectory {
  let path = '';

  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'inputs-'));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(path, name, '..'), { recursive: true });
      await writeFile(join(path, name), content);
    }
  });

  afterAll(() => rm(path, { recursive: true }));

  return {
    get path() {
      return path;
    },
    get around() {
      return {
        env: {},
        ...{ cwd: path, home: path, temporary: path, platform: 'linux', arch: 'x64', cores: 2 },
        ...{ node: '24.0.0', version: '0.0.0' },
        ...{
          drawable: false,
          color: false,
          screen: LOG,
          signal: NEVER,
          now: () => new Date(0),
          print: unused,
          complain: unused,
        },
      };
    },
  };
}

/** What a command is called with for an argument list, which begins with its name. */
export async function callOf<Call>(
  argv: readonly string[],
  commandFor: (record: (call: Call) => number) => Command,
): Promise<Call> {
  const calls: Call[] = [];
  const command = commandFor((call) => calls.push(call));
  await new Command().addCommand(command).parseAsync(argv, { from: 'user' });
  const [call] = calls;
  if (call === undefined) throw new Error('the command did not run');
  return call;
}

type Inputs = { readonly kind: 'ok' } | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** What is wrong, a line each. */
export function problemLines(inputs: Inputs): readonly string[] {
  return inputs.kind === 'problems' ? inputs.problems.map(formatProblem) : [];
}

/** Inputs with which nothing is wrong. */
export function good<T extends Inputs>(inputs: T): Extract<T, { readonly kind: 'ok' }>;
export function good(inputs: Inputs): Inputs {
  if (inputs.kind === 'problems') throw new Error(problemLines(inputs).join('\n'));
  return inputs;
}
