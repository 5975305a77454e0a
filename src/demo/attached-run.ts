import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let attached = 0;

/**
 * Runs a program on our own terminal to its end and returns its exit code; 128 and the signal's number when a signal
 * ended it. Signals to us are passed on to it, but for Ctrl-C at a terminal, which reaches it by itself.
 */
export function runAttached(file: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { env, stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    attached += 1;
    for (const signal of SIGNALS) process.on(signal, forward);
    const done = () => {
      attached -= 1;
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** What signals to this process have asked for. */
export interface Interruption {
  /** The exit code of an interrupted process, once a signal has come. */
  exitCode(): number | undefined;
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
}

/**
 * Takes over the signals that end a process: the first one is only remembered, so that what was started can be stopped
 * in order; a second one ends this process at once, unless an attached program is still working on its own end.
 */
export function watchSignals(): Interruption {
  let code: number | undefined;
  let wake = () => {};
  const received = new Promise<void>((resolve) => {
    wake = resolve;
  });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (code !== undefined && attached === 0) process.exit(code);
      code ??= 128 + constants.signals[signal];
      wake();
    });
  }
  return { received, exitCode: () => code };
}
