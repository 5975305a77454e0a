import { existsSync } from 'node:fs';
import type { execa } from 'execa';
import { oneLine } from '../errors.ts';

/** How a program is run. Durations are whole milliseconds. */
export interface RunOptions {
  /** The whole environment of the program: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Text for standard input. Without it, standard input is empty. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Hears every line of standard error as it comes, without its line break. */
  readonly onStderrLine?: (line: string) => void;
  /** Per stream; a program that prints more is ended. Default 512 MiB, about the longest text that Node can hold. */
  readonly maxOutputBytes?: number;
  /** How long a program may take to end after SIGTERM before it gets SIGKILL. Default 5 seconds. */
  readonly graceMs?: number;
}

/** Why a program did not end by itself: it took too long, printed too much, or a signal came from elsewhere. */
export type KillReason = 'timeout' | 'too-much-output' | 'signal';

/** How a program ended. Output is decoded as UTF-8 and otherwise untouched; it may contain secrets. */
export type ProcessResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'spawn-failed'; readonly reason: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly why: KillReason; readonly stderr: string };

const OUTPUT_LIMIT = 512 * 1024 * 1024 - 32; // V8's longest string has 2^29 - 24 characters
const GRACE_MS = 5_000;
const DRAIN_MS = 1_000;

const live = new Set<number>();

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: the group is gone. macOS answers EPERM for a group of which only zombies are left.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

function killLiveGroups(): void {
  for (const pid of live) killGroup(pid);
}

function abortError(signal: AbortSignal): Error {
  const error = new Error('the program was ended because the run was interrupted', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}

function spawn(start: typeof execa, file: string, argv: readonly string[], options: RunOptions) {
  return start(file, argv, {
    env: { ...options.env },
    extendEnv: false,
    shell: false,
    preferLocal: false,
    killDescendants: true,
    forceKillAfterDelay: options.graceMs ?? GRACE_MS,
    // its own buffering would build messages that repeat the whole output
    buffer: false,
    reject: false,
    verbose: 'none',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
}

type Child = ReturnType<typeof spawn>;

/** Ends what is left of the program's group once the program has ended, and stops waiting for pipes held beyond it. */
function cleanUpAfter(child: Child, pid: number): { release(): void } {
  let timer: NodeJS.Timeout | undefined;
  if (live.size === 0) process.on('exit', killLiveGroups);
  live.add(pid);
  child.nodeChildProcess.once('exit', () => {
    killGroup(pid);
    timer = setTimeout(() => {
      // a descendant in a group of its own can hold the pipes; what the program itself wrote has been read by now
      child.stdout.destroy();
      child.stderr.destroy();
    }, DRAIN_MS);
  });
  return {
    release() {
      clearTimeout(timer);
      live.delete(pid);
      if (live.size === 0) process.off('exit', killLiveGroups);
    },
  };
}

function whyNotSpawned(file: string, options: RunOptions, failed: Awaited<Child>): string {
  if (options.cwd !== undefined && !existsSync(options.cwd))
    return `its working directory ${options.cwd} does not exist`;
  if (failed.code === 'ENOENT') {
    return existsSync(file) ? `the interpreter that ${file} names does not exist` : `there is no program ${file}`;
  }
  if (failed.code === 'EACCES') return `${file} is not executable`;
  return oneLine(failed.originalMessage ?? failed.code ?? 'unknown reason');
}

/** Calls `onLine` for every line of a stream; returns what to call at its end, for a last line without a break. */
function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  const decoder = new TextDecoder();
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  });
  return () => {
    rest += decoder.decode();
    if (rest !== '') onLine(rest);
  };
}

interface Capture {
  readonly exceeded: () => boolean;
  readonly text: () => string;
}

/** Keeps what a stream delivers, up to `limit` bytes; calls `onExceeded` once when there is more. */
function capture(stream: NodeJS.ReadableStream, limit: number, onExceeded: () => void): Capture {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size > limit) return;
    size += chunk.length;
    if (size > limit) onExceeded();
    else chunks.push(chunk);
  });
  return { exceeded: () => size > limit, text: () => Buffer.concat(chunks).toString('utf8') };
}

function toResult(result: Awaited<Child>, child: Child, stdout: Capture, stderr: Capture): ProcessResult {
  const signal = result.signal ?? child.nodeChildProcess.signalCode ?? undefined;
  const why = result.timedOut ? 'timeout' : stdout.exceeded() || stderr.exceeded() ? 'too-much-output' : 'signal';
  if (why !== 'signal' || signal !== undefined) {
    return { kind: 'killed', signal: signal ?? 'SIGTERM', why, stderr: stderr.text() };
  }
  const code = result.exitCode ?? child.nodeChildProcess.exitCode;
  if (typeof code !== 'number') throw new Error(`a program ended without code or signal: ${result.shortMessage ?? ''}`);
  return { kind: 'exited', code, stdout: stdout.text(), stderr: stderr.text() };
}

/**
 * Runs a program and waits until it has ended: an argument list, never a shell, and exactly the given environment.
 * The program gets a process group of its own. On abort, timeout or too much output the group gets SIGTERM and, after a
 * grace period, SIGKILL. When the promise settles, and when this process exits, nothing of the group is left.
 *
 * @param file an absolute path, or a name to look up in the PATH of `env`.
 * @throws an Error named AbortError, once the program is gone, when `signal` was aborted.
 */
export async function run(file: string, argv: readonly string[], options: RunOptions): Promise<ProcessResult> {
  // commands that run no program need not wait for it
  const { execa: start } = await import('execa');
  if (options.signal?.aborted === true) throw abortError(options.signal);
  if ([file, ...argv, ...Object.entries(options.env).flat()].some((text) => text.includes('\0'))) {
    return { kind: 'spawn-failed', reason: 'its name, arguments or environment contain a null byte' };
  }
  const child = spawn(start, file, argv, options);
  const pid = child.pid;
  if (pid === undefined) return { kind: 'spawn-failed', reason: whyNotSpawned(file, options, await child) };
  const cleanup = cleanUpAfter(child, pid);
  const limit = Math.min(options.maxOutputBytes ?? OUTPUT_LIMIT, OUTPUT_LIMIT);
  const stdout = capture(child.stdout, limit, () => child.kill());
  const stderr = capture(child.stderr, limit, () => child.kill());
  const flush = options.onStderrLine === undefined ? undefined : splitLines(child.stderr, options.onStderrLine);
  try {
    const result = await child;
    flush?.();
    if (result.isCanceled && options.signal !== undefined) throw abortError(options.signal);
    return toResult(result, child, stdout, stderr);
  } finally {
    cleanup.release();
  }
}
