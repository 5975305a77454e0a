import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { MirrorError, toMirrorError } from '../errors.ts';

/** Where lines go as they come. */
export interface LineStream {
  /** Never throws: a run is not stopped by who listens to it. */
  readonly write: (line: string) => void;
  /** Closes it; the first failure to write, if there was one. */
  readonly close: () => MirrorError | undefined;
}

function failure(path: string, cause: unknown): MirrorError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MirrorError(`the events could not all be written to ${path}: ${why}`, {
    code: 'WORKSPACE_FAILED',
    origin: 'local',
    hint: 'make room, or name another file with --events',
    cause,
  });
}

/**
 * A new file that gets each line at once, so that what was written before a kill is there.
 *
 * @throws MirrorError INPUT_INVALID when it cannot be made.
 */
export function openLineFile(path: string): LineStream {
  let file: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    file = openSync(path, 'w');
  } catch (cause) {
    throw new MirrorError(`--events: ${path} cannot be written: ${toMirrorError(cause).message}`, {
      code: 'INPUT_INVALID',
      origin: 'input',
      hint: 'name a file that can be written, or - for standard output',
      cause,
    });
  }
  let failed: MirrorError | undefined;
  return {
    write: (line) => {
      if (failed !== undefined) return;
      try {
        writeSync(file, `${line}\n`);
      } catch (cause) {
        failed = failure(path, cause);
      }
    },
    close: () => {
      closeSync(file);
      return failed;
    },
  };
}

/** Lines for a function that prints. */
export function printedLines(print: (text: string) => void): LineStream {
  return { write: (line) => print(`${line}\n`), close: () => undefined };
}

/** For runs that nobody listens to. */
export const NO_LINE_STREAM: LineStream = { write: () => undefined, close: () => undefined };
