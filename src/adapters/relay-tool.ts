import { MirrorError, oneLine } from '../errors.ts';
import type { Clock } from './http-retry.ts';
import type { run } from './process.ts';
import type { Relay } from './relay.ts';
import { isTransient, type RelayWork, relayError } from './relay-failures.ts';
import type { RelayJob, RelayJobSpec } from './relay-jobs.ts';

/** How a tool is run against the relay. `file` is its absolute path. */
export interface RelayTool {
  readonly file: string;
  readonly relay: Relay;
  readonly run: typeof run;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
}

const ATTEMPTS = 3;
/** A registry that throttles serves everybody in the end: a tool that repeats no uploads needs a try for each of them. */
const THROTTLED_ATTEMPTS = 8;
const BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 20_000;

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findLast((line) => line.startsWith('Error:')) ?? lines.at(-1) ?? '';
  return oneLine(error.replace(/^Error:\s*/, ''));
}

async function attempt(tool: RelayTool, job: RelayJob, argv: readonly string[], work: RelayWork, signal: AbortSignal) {
  const result = await tool.run(tool.file, argv, { env: tool.env, signal });
  if (result.kind === 'exited' && result.code === 0) return undefined;
  if (result.kind === 'spawn-failed') {
    throw new MirrorError(`${tool.file} could not be started: ${result.reason}`, {
      code: 'TOOL_FAILED',
      origin: 'local',
      hint: `check that ${tool.file} is a program for this machine`,
    });
  }
  const said = result.kind === 'killed' ? `it was ended by ${result.signal}` : lastLine(result.stderr);
  const { failure } = job;
  const attempts = isTransient(failure) ? (failure?.status === 429 ? THROTTLED_ATTEMPTS : ATTEMPTS) : 1;
  return { error: relayError(failure, work, said), attempts };
}

/**
 * Runs a tool as a job of the relay: again only when the failure may pass, three times in all, and eight times while the
 * registry throttles uploads. The job is closed in every case, and an interrupt ends the tool.
 *
 * @throws MirrorError what `relayError` makes of the last failure; an AbortError when interrupted.
 */
export async function runAtRelay(
  tool: RelayTool,
  spec: RelayJobSpec,
  argvFor: (job: RelayJob) => readonly string[],
  work: RelayWork,
  signal: AbortSignal,
): Promise<void> {
  for (let count = 1; ; count += 1) {
    const job = tool.relay.open(spec);
    try {
      const failed = await attempt(tool, job, argvFor(job), work, signal);
      if (failed === undefined) return;
      if (count >= failed.attempts) throw failed.error;
    } finally {
      job.close();
    }
    const backoff = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 3 ** (count - 1));
    await tool.clock.sleep(backoff * (0.5 + tool.clock.random()), signal);
  }
}
