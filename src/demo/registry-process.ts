import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A server program that is running on loopback. */
export interface RunningServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `http://` or `https://` and the host. */
  readonly url: string;
  readonly pid: number;
  /** The last 64 KiB of what it wrote to standard error. */
  log(): string;
  /** Ends it and resolves when it is gone. Calling it again does no harm. */
  stop(): Promise<void>;
}

/** How a server program is started, and how it says on standard error which port it took. */
export interface ServerCommand {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly scheme: 'http' | 'https';
  /** Its first group is the port number. */
  readonly portPattern: RegExp;
  /** A process group of its own: then Ctrl-C at the terminal does not reach it, and whoever started it has to stop it. */
  readonly ownGroup?: boolean;
}

type Child = ChildProcessByStdio<null, null, Readable>;

const START_LIMIT_MS = 20_000;
const GRACE_MS = 3_000;
const LOG_LIMIT = 65_536;

// Waits on a pipe that closes when whoever started it is gone, however that happened; SIGKILL leaves no time for handlers.
const GUARD = 'read -r answer; [ "$answer" = done ] || kill -9 "$1"';

/** Sees to it that a process does not outlive this one. Returns what to call when it has ended. */
function guard(pid: number): () => void {
  const watcher = spawn('/bin/sh', ['-c', GUARD, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  // without a shell there is no guard; and after its end nobody reads
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  return () => watcher.stdin.end('done\n');
}

/** Guards the child; resolves when it has ended. */
function endOf(child: Child): Promise<void> {
  const release = child.pid === undefined ? () => undefined : guard(child.pid);
  return new Promise((resolve) => {
    child.once('close', () => {
      release();
      resolve();
    });
  });
}

function portFrom(child: Child, log: () => string, command: ServerCommand): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${command.file} ${why}: ${log().slice(-2000).trim()}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`did not name its port within ${START_LIMIT_MS / 1000} seconds`);
    }, START_LIMIT_MS);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(`could not be started, ${error.message}`);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal}`);
    });
    child.stderr.on('data', () => {
      const port = command.portPattern.exec(log())?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    });
  });
}

/**
 * Starts a server program and waits until it has named its port, which is when it accepts connections. It does
 * not outlive this process.
 *
 * @throws Error with the end of the program's log when it does not start.
 */
export async function startServer(command: ServerCommand): Promise<RunningServer> {
  const child = spawn(command.file, command.argv, {
    env: { ...command.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: command.ownGroup ?? false,
  });
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    text = (text + chunk).slice(-LOG_LIMIT);
  });
  const log = () => text;
  const ended = endOf(child);
  const host = `127.0.0.1:${await portFrom(child, log, command)}`;
  return {
    host,
    url: `${command.scheme}://${host}`,
    pid: child.pid ?? 0,
    log,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * Starts crane's own registry on a free port: everything in memory, no login, blobs shared by all repositories.
 *
 * @param crane an absolute path.
 */
export function startCraneRegistry(
  crane: string,
  options: Pick<ServerCommand, 'ownGroup'> = {},
): Promise<RunningServer> {
  return startServer({
    file: crane,
    argv: ['registry', 'serve', '--address', '127.0.0.1:0'],
    env: {},
    scheme: 'http',
    portPattern: /serving on port (\d+)/,
    ...options,
  });
}
