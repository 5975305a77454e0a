import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { busySeconds, HAS_PROC, processTimes, residentBytes } from './processes.ts';
import type { Batch, ToolCommand } from './tools/tool.ts';

/** What programs took. Undefined is not known: the system does not tell. */
export interface Measured {
  readonly seconds: number;
  /** User and system, of all processes. */
  readonly cpuSeconds: number | undefined;
  /** The most that all processes had at once, in bytes. */
  readonly peakBytes: number | undefined;
  /** How many processors worked on something else meanwhile: neither the programs nor the servers that they talk to. */
  readonly othersCores: number | undefined;
  /** The exit codes or signals of programs that did not end well. */
  readonly failures: readonly string[];
}

/** Where and how long programs run. */
export interface MeasureOptions {
  /** Their home, their temporary directory, and where their output goes. */
  readonly directory: string;
  /** Processes whose time is neither the programs' nor somebody else's. */
  readonly servers: readonly number[];
  readonly signal: AbortSignal;
}

const SAMPLE_MS = 20;
const LIMIT_MS = 30 * 60_000;
const TAIL = 600;

interface Started {
  readonly pids: Set<number>;
  readonly failures: string[];
}

/** Runs one program to its end. */
function runOne(command: ToolCommand, log: string, home: string, signal: AbortSignal, started: Started): Promise<void> {
  const { file, argv, env = {} } = command;
  const output = openSync(log, 'a');
  const base = { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, XDG_CACHE_HOME: join(home, 'cache') };
  const child = spawn(file, argv, {
    cwd: home,
    env: { ...base, ...env },
    stdio: ['ignore', output, output],
    signal,
    timeout: LIMIT_MS,
  });
  closeSync(output);
  const { pid } = child;
  if (pid !== undefined) started.pids.add(pid);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => (pid === undefined ? reject(error) : undefined));
    child.once('close', (code, ended) => {
      if (pid !== undefined) started.pids.delete(pid);
      if (code !== 0) started.failures.push(`${code ?? ended}: ${readFileSync(log, 'utf8').trim().slice(-TAIL)}`);
      resolve();
    });
  });
}

function ownSeconds(servers: readonly number[]): number {
  const { own, children } = processTimes('self');
  return servers.reduce((sum, pid) => sum + processTimes(pid).own, own + children);
}

/**
 * Runs programs, and says what they took: the time from the start of the first to the end of the last; their processors' time, which
 * the system adds up as they end; their memory, looked at every 20 ms.
 *
 * @throws the signal's reason.
 */
export async function measure(batch: Batch, { directory, servers, signal }: MeasureOptions): Promise<Measured> {
  const home = join(directory, 'home');
  mkdirSync(home, { recursive: true });
  const started: Started = { pids: new Set(), failures: [] };
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, residentBytes(started.pids));
  };
  const waiting = batch.commands.map((command, index) => ({ command, log: join(directory, `output-${index}.log`) }));
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      await runOne(next.command, next.log, home, signal, started);
    }
  };
  const before = { children: processTimes('self').children, busy: busySeconds(), own: ownSeconds(servers) };
  const timer = HAS_PROC ? setInterval(look, SAMPLE_MS) : undefined;
  const begin = performance.now();
  await Promise.all(Array.from({ length: batch.atOnce }, work)).finally(() => clearInterval(timer));
  const seconds = (performance.now() - begin) / 1000;
  signal.throwIfAborted();
  if (!HAS_PROC) {
    const unknown = { cpuSeconds: undefined, peakBytes: undefined, othersCores: undefined };
    return { seconds, ...unknown, failures: started.failures };
  }
  const others = busySeconds() - before.busy - (ownSeconds(servers) - before.own);
  return {
    seconds,
    cpuSeconds: processTimes('self').children - before.children,
    peakBytes: peak,
    othersCores: Math.max(0, others / seconds),
    failures: started.failures,
  };
}
