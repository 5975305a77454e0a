import { spawnSync } from 'node:child_process';
import { execa } from 'execa';

/** dt (distribution tooling for Helm): what TEST_DT names, else what PATH has; undefined where there is none. */
function findDt(): string | undefined {
  const named = process.env.TEST_DT;
  const candidate = named === undefined || named === '' ? 'dt' : named;
  const works = spawnSync(candidate, ['version'], { encoding: 'utf8', timeout: 30_000 }).status === 0;
  if (!works && candidate !== 'dt') throw new Error(`TEST_DT=${candidate} is not dt`);
  return works ? candidate : undefined;
}

const dt = findDt();

/** Why tests with dt cannot run here; undefined when they can. */
export const NO_DT = dt === undefined ? 'dt not found: set TEST_DT or put dt on PATH' : undefined;

/** Runs dt in `directory`, which is also its home; gives what it printed. Fails with that when it fails. */
export async function runDt(directory: string, ...argv: readonly string[]): Promise<string> {
  if (dt === undefined) throw new Error(NO_DT);
  const env = { PATH: process.env.PATH, HOME: directory, TMPDIR: directory };
  const result = await execa(dt, [...argv, '--plain'], { cwd: directory, env, extendEnv: false, all: true });
  return result.all;
}
