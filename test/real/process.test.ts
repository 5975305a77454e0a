import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ProcessResult, type RunOptions, run } from '../../src/adapters/process.ts';

const bin = (name: string): string => fileURLToPath(new URL(`../fixtures/bin/${name}`, import.meta.url));
const env = { PATH: '/usr/bin:/bin' };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process is gone for good: one that was killed is a zombie until its parent has noticed. */
async function expectGone(pids: readonly number[]): Promise<void> {
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
}

function pidsIn(text: string): readonly number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}

/** Runs until the program has told its process ids on standard error, then does `next`. */
async function runAndThen(
  name: string,
  next: () => void,
  options: Partial<RunOptions>,
): Promise<{ outcome: Promise<ProcessResult>; pids: readonly number[] }> {
  return new Promise((resolve) => {
    const outcome = run(bin(name), [], {
      env,
      ...options,
      onStderrLine: (line) => {
        next();
        resolve({ outcome, pids: pidsIn(line) });
      },
    });
  });
}

describe('run', () => {
  it('gives the program exactly the given environment and arguments, and no shell', async () => {
    const result = await run(bin('prints-secret'), ['a b', '$HOME', '*', ''], { env: { ...env, SECRET: 's3cret' } });
    if (result.kind !== 'exited') throw new Error(result.kind);
    const lines = result.stdout.split('\n').filter((line) => !/^(?:PWD|_|SHLVL|OLDPWD)=/.test(line));
    expect(lines).toEqual([
      'PATH=/usr/bin:/bin',
      'SECRET=s3cret',
      'argument: a b',
      'argument: $HOME',
      'argument: *',
      'argument: ',
      '',
    ]);
  });

  it('returns a failure of the program as its code and both outputs', async () => {
    const result = await run(bin('helm-exits-1'), [], { env });
    expect(result).toEqual({ kind: 'exited', code: 1, stdout: '', stderr: 'Error: chart not found\n' });
  });

  it('returns output untouched and passes input, which without `input` is empty', async () => {
    expect(await run('/bin/cat', [], { env, input: 'é\r\n\n' })).toMatchObject({ stdout: 'é\r\n\n' });
    expect(await run('/bin/cat', [], { env })).toMatchObject({ stdout: '' });
  });

  it('bears a program that does not read its input', async () => {
    expect(await run('/bin/true', [], { env, input: 'x'.repeat(5_000_000) })).toMatchObject({
      kind: 'exited',
      code: 0,
    });
  });

  it('looks a bare name up in the given PATH only', async () => {
    expect(await run('prints-secret', [], { env: { PATH: `${bin('.')}:/usr/bin:/bin` } })).toMatchObject({ code: 0 });
    expect(await run('prints-secret', [], { env })).toEqual({
      kind: 'spawn-failed',
      reason: 'there is no program prints-secret',
    });
  });

  it.each([
    ['a file that is not executable', '/etc/passwd', {}, '/etc/passwd is not executable'],
    [
      'a script without interpreter',
      bin('no-interpreter'),
      {},
      `the interpreter that ${bin('no-interpreter')} names does not exist`,
    ],
    ['a directory', '/tmp', {}, '/tmp is not executable'],
    [
      'a working directory that does not exist',
      '/bin/true',
      { cwd: '/no/such' },
      'its working directory /no/such does not exist',
    ],
    [
      'a null byte in the environment',
      '/bin/true',
      { env: { A: 'a\0b' } },
      'its name, arguments or environment contain a null byte',
    ],
  ])('says that nothing was started: %s', async (_, file, options, reason) => {
    expect(await run(file, [], { env, ...options })).toEqual({ kind: 'spawn-failed', reason });
  });

  it('delivers lines of standard error as they come, split characters whole', async () => {
    const lines: string[] = [];
    const result = await run(bin('says-lines'), [], { env, onStderrLine: (line) => lines.push(line) });
    expect(lines).toEqual(['one line', 'with return', 'last é']);
    expect(result).toMatchObject({ stderr: 'one line\nwith return\r\nlast é' });
  });

  it('holds 100 MB of output, of a program that fails too', async () => {
    const result = await run(bin('prints-much'), ['100000000', '3'], { env });
    if (result.kind !== 'exited') throw new Error(result.kind);
    expect([result.code, result.stdout.length]).toEqual([3, 100_000_000]);
  });

  it('ends a program that prints more than the limit', async () => {
    const result = await run(bin('prints-endlessly'), [], { env, maxOutputBytes: 100_000 });
    expect(result).toMatchObject({ kind: 'killed', why: 'too-much-output' });
  });

  it('calls a program killed when a signal from elsewhere ended it', async () => {
    const { outcome, pids } = await runAndThen('hangs', () => undefined, {});
    const [pid = 0] = pids;
    process.kill(pid, 'SIGKILL');
    expect(await outcome).toEqual({ kind: 'killed', signal: 'SIGKILL', why: 'signal', stderr: `${pid}\n` });
  });
});

describe('ending a program', () => {
  it('ends it when its time is up', async () => {
    const result = await run(bin('hangs'), [], { env, timeoutMs: 300 });
    if (result.kind !== 'killed') throw new Error(result.kind);
    expect([result.signal, result.why]).toEqual(['SIGTERM', 'timeout']);
    await expectGone(pidsIn(result.stderr));
  });

  it('kills it, with what it started, when it ignores SIGTERM for the grace period', async () => {
    const start = Date.now();
    const result = await run(bin('ignores-sigterm'), [], { env, timeoutMs: 300, graceMs: 400 });
    if (result.kind !== 'killed') throw new Error(result.kind);
    expect([result.signal, result.why]).toEqual(['SIGKILL', 'timeout']);
    expect(Date.now() - start).toBeGreaterThanOrEqual(690);
    const pids = pidsIn(result.stderr);
    expect(pids).toHaveLength(2);
    await expectGone(pids);
  });

  it('rejects with an AbortError once it is gone', async () => {
    const controller = new AbortController();
    const { outcome, pids } = await runAndThen('ignores-sigterm', () => controller.abort(), {
      signal: controller.signal,
      graceMs: 200,
    });
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
    await expectGone(pids);
  });

  it('starts nothing when the signal was aborted before', async () => {
    const outcome = run(bin('hangs'), [], { env, signal: AbortSignal.abort() });
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('ends what an ended program left behind', async () => {
    const result = await run(bin('leaves-child'), [], { env });
    if (result.kind !== 'exited') throw new Error(result.kind);
    expect(result.stdout).toBe('done\n');
    await expectGone(pidsIn(result.stderr));
  });

  it('does not wait for a descendant beyond its reach that holds the output open', async () => {
    const start = Date.now();
    const result = await run(bin('leaves-session'), [], { env });
    if (result.kind !== 'exited') throw new Error(result.kind);
    expect([result.code, result.stdout]).toEqual([0, 'done\n']);
    expect(Date.now() - start).toBeLessThan(10_000);
    for (const pid of pidsIn(result.stderr)) process.kill(pid, 'SIGKILL');
  });

  it('bears many programs on one signal without a warning', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    const controller = new AbortController();
    const outcomes = Array.from({ length: 30 }, () => run(bin('hangs'), [], { env, signal: controller.signal }));
    controller.abort();
    const settled = await Promise.allSettled(outcomes);
    process.off('warning', onWarning);
    expect(settled.every((outcome) => outcome.status === 'rejected')).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('leaves nothing running when our own process ends without waiting', async () => {
    const script = `
      import { run } from ${JSON.stringify(new URL('../../src/adapters/process.ts', import.meta.url).href)};
      void run(${JSON.stringify(bin('ignores-sigterm'))}, [], {
        env: ${JSON.stringify(env)},
        onStderrLine: (line) => process.stdout.write(line, () => process.exit(7)),
      });`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    parent.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    const code = await new Promise((resolve) => parent.once('close', resolve));
    expect(code).toBe(7);
    await expectGone(pidsIn(output));
  });
});
