import { setTimeout as sleep } from 'node:timers/promises';
import { parseToolVersion, type ToolSpec, type ToolVersion } from '../../domain/tool.ts';
import { oneLine } from '../../errors.ts';
import { type ProcessResult, run } from '../process.ts';

/** What a program answered when asked for its version, or why it gave no answer. */
export type VersionAnswer = ToolVersion | { readonly kind: 'broken'; readonly reason: string };

const TIME_LIMIT_MS = 20_000;
const BUSY_TRIES = 5;

async function runWhenFree(path: string, spec: ToolSpec, signal: AbortSignal | undefined): Promise<ProcessResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await run(path, spec.versionArgs, {
      // nothing of the user's: programs that need more than this would not run in a sandbox either
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C' },
      timeoutMs: TIME_LIMIT_MS,
      maxOutputBytes: 1024 * 1024,
      ...(signal === undefined ? {} : { signal }),
    });
    // a program written a moment ago is "busy" while a child forked in between still holds its descriptor
    const busy = result.kind === 'spawn-failed' && result.reason.includes('ETXTBSY') && attempt < BUSY_TRIES;
    if (!busy) return result;
    await sleep(100 * attempt);
  }
}

/** Runs a program for its version: an environment of nothing but a path, at most 20 seconds. */
export async function askVersion(path: string, spec: ToolSpec, signal?: AbortSignal): Promise<VersionAnswer> {
  const result = await runWhenFree(path, spec, signal);
  switch (result.kind) {
    case 'spawn-failed':
      return { kind: 'broken', reason: `it cannot be started (${result.reason})` };
    case 'killed':
      return result.why === 'timeout'
        ? { kind: 'broken', reason: `it did not tell its version within ${TIME_LIMIT_MS / 1000} seconds` }
        : { kind: 'broken', reason: `it was ended by ${result.signal} when asked for its version` };
    case 'exited': {
      if (result.code === 0) return parseToolVersion(result.stdout);
      const said = oneLine(result.stderr).slice(0, 200);
      const detail = said === '' ? '' : ` (${said})`;
      return { kind: 'broken', reason: `it ended with code ${result.code} when asked for its version${detail}` };
    }
  }
}
