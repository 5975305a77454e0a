import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/run-cli.ts';
import { runOnTerminal, terminalReason } from '../support/net-terminal.ts';
import { describeUnless } from '../support/tools.ts';

/** The help of a command on a terminal of so many columns; undefined is no terminal. */
async function helpOf(command: readonly string[], columns: number | undefined): Promise<string> {
  let text = '';
  await runCli({
    argv: [...command, '--help'],
    env: {},
    cwd: tmpdir(),
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    terminal: columns !== undefined,
    columns,
    input: () => Readable.from([]),
    signal: new AbortController().signal,
    print: (part) => {
      text += part;
    },
    complain: () => undefined,
  });
  return text;
}

/** The commands that a help names, each as its words. */
async function commandsBelow(command: readonly string[]): Promise<readonly (readonly string[])[]> {
  const [, list = ''] = (await helpOf(command, undefined)).split(/^Commands:\n/m);
  const names = [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].flatMap(({ 1: name }) => name ?? []);
  const own = names.filter((name) => name !== 'help').map((name) => [...command, name]);
  const below = await Promise.all(own.map(commandsBelow));
  return [...own, ...below.flat()];
}

/** The examples of a help, as somebody copies them: without the prompt, with the lines on which they go on. */
function examplesIn(help: string): readonly string[] {
  return [...help.matchAll(/^ *\$ ((?:.*\\\n)*.*)$/gm)].flatMap(({ 1: text }) => text ?? []);
}

describe('the examples of every help', () => {
  let machine: string;
  const commands: (readonly string[])[] = [[]];

  beforeAll(async () => {
    commands.push(...(await commandsBelow([])));
    machine = mkdtempSync(join(tmpdir(), 'help-'));
    mkdirSync(join(machine, 'bin'));
    mkdirSync(join(machine, '.config', 'fish', 'completions'), { recursive: true });
    for (const name of ['airgap-charts', 'helm', 'crane', 'kubectl', 'oc']) {
      const file = join(machine, 'bin', name);
      writeFileSync(file, `#!/bin/sh\nwords=$(printf '<%s>' "$@")\nprintf '%s\\n' "${name}$words" >> "$HOME/log"\n`);
      chmodSync(file, 0o755);
    }
  });

  afterAll(() => rmSync(machine, { recursive: true, force: true }));

  /** What a POSIX shell starts for a command line, with what words. */
  function started(command: string): readonly string[] {
    const log = join(machine, 'log');
    writeFileSync(log, '');
    const env = { HOME: machine, PATH: `${join(machine, 'bin')}:/usr/bin:/bin` };
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: machine, env, encoding: 'utf8' });
    expect([status, stderr], command).toEqual([0, '']);
    return readFileSync(log, 'utf8').trim().split('\n').sort();
  }

  it.each([60, 80])('are no wider than %i columns, and run as they stand', async (columns) => {
    expect(commands.length).toBeGreaterThan(25);
    let wrapped = 0;
    for (const command of commands) {
      const whole = examplesIn(await helpOf(command, undefined));
      const help = await helpOf(command, columns);
      const narrow = examplesIn(help);
      expect(narrow.length, command.join(' ')).toBe(whole.length);
      for (const [index, example] of narrow.entries()) {
        // the rest of a help may hold a word that is longer than the terminal, an example has none
        for (const line of example.split('\n')) {
          const row = help.split('\n').find((one) => one.endsWith(line)) ?? '';
          expect(row.length, `${command.join(' ')}: ${row}`).toBeLessThanOrEqual(columns);
        }
        const before = whole[index] ?? '';
        if (example === before) continue;
        wrapped += 1;
        expect(started(example), example).toEqual(started(before));
      }
    }
    expect(wrapped).toBeGreaterThan(columns === 60 ? 40 : 20);
  });
});

describeUnless(terminalReason(), 'a help on a narrow terminal', () => {
  it('goes on behind a backslash', async () => {
    const env = { PATH: process.env.PATH ?? '', HOME: tmpdir(), TERM: 'xterm' };
    const { code, text } = await runOnTerminal(['mirror', '--help'], { cwd: tmpdir(), env, columns: 60 });
    expect(code).toBe(0);
    expect(text.replaceAll('\r', '')).toContain(
      '  $ airgap-charts mirror --catalog catalog.yaml \\\n        --target-registry registry.example.com/platform\n',
    );
  });
});
