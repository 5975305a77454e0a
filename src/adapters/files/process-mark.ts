import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** The name of this machine or container, hashed: those that share a directory may have the same ids of processes. */
export const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const MARK = /(?:^|[-.])([0-9a-f]{8})-([0-9]+)-[^-]+$/;

/** What another machine, or nobody known, has not touched for so long is nobody's any more. */
const SURELY_LEFT_MS = 24 * 60 * 60 * 1000;

/** The end of a name for something temporary, which tells whose it is: this machine, this process, and a random part. */
export function ownMark(): string {
  return `${HOST}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // somebody else's process is one, too
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

/**
 * Whether a process that was killed has left what has this name and was touched last at `modified`, both in milliseconds since the
 * epoch. What this process itself makes has to be known to the caller. False for names without a mark.
 */
export function isAbandoned(name: string, modified: number, now = Date.now()): boolean {
  const [, host, id] = MARK.exec(name) ?? [];
  if (host === undefined || id === undefined) return false;
  if (now - modified > SURELY_LEFT_MS) return true;
  return host === HOST && !isRunning(Number(id));
}
