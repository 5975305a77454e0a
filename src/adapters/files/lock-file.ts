import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { MirrorError } from '../../errors.ts';
import { diskFailure, isAbsent, onDisk } from './disk-failure.ts';
import { HOST } from './process-mark.ts';

/** A file that says who is at work. */
export interface Lock {
  /** Lets others in. */
  release(): Promise<void>;
}

// in containers every run can have the same process id
const RUN = randomUUID();
const MINE = `${process.pid} ${RUN} ${HOST}\n`;

const EMPTY_TRIES = 20;
const EMPTY_PAUSE = 50;

/** A holder touches its lock so often; one on another machine that has not done so for three times that is gone. */
const BEAT_MS = 10_000;
const BEATS_MISSED = 3;
const LOOK_MS = 500;

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Whether it is now ours: it was not there. */
async function make(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o666).catch((error: unknown) => {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw diskFailure(path, 'written', error);
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(text);
    await file.close();
    return true;
  } catch (error) {
    // that the disk is full is what must be told, not that cleaning up after it failed too
    await file.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    throw diskFailure(path, 'written', error);
  }
}

async function readLock(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw diskFailure(path, 'read', error);
  });
}

/** What the lock says; undefined when it is gone. One that says nothing is given the time to be written. */
async function settled(path: string): Promise<string | undefined> {
  for (let tries = 0; ; tries += 1) {
    const text = await readLock(path);
    if (text === undefined || text.endsWith('\n') || tries === EMPTY_TRIES) return text;
    await setTimeout(EMPTY_PAUSE);
  }
}

/** Whether the lock is touched while we look: machines that share a directory may not agree on the time. */
async function isBeating(path: string): Promise<boolean> {
  const touched = async (): Promise<number | undefined> =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const before = await touched();
  for (let waited = 0; waited < BEATS_MISSED * BEAT_MS; waited += LOOK_MS) {
    await setTimeout(LOOK_MS);
    if ((await touched()) !== before) return true;
  }
  return false;
}

/** Who holds it, if that one is alive. */
async function holderOf(path: string, text: string): Promise<string | undefined> {
  const [, digits, run, host = HOST] = /^([1-9][0-9]{0,9}) (\S+)(?: (\S+))?\n$/.exec(text) ?? [];
  const pid = Number(digits);
  if (digits === undefined) return undefined;
  if (host !== HOST) return (await isBeating(path)) ? `process ${pid} of another machine` : undefined;
  if (pid === process.pid && run !== RUN) return undefined;
  try {
    process.kill(pid, 0);
    return `process ${pid}`;
  } catch (error) {
    // it is there, and of another user
    return hasCode(error, 'EPERM') ? `process ${pid}` : undefined;
  }
}

/** Touches the lock from time to time, for other machines. That it cannot be touched is no reason to end what is under way. */
function startBeating(path: string): NodeJS.Timeout {
  const touch = (): void => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  };
  return setInterval(touch, BEAT_MS).unref();
}

/**
 * Takes the place of a holder that is gone. Several may try that at a time: the one that has the lock for what this lock says
 * may, and what a lock says never comes again.
 */
async function succeed(path: string, judged: string): Promise<boolean> {
  const right = `${path}.${createHash('sha256').update(judged).digest('hex').slice(0, 8)}`;
  const tried = await tryLock(right);
  if (tried.kind === 'held') {
    // somebody who is alive is just taking it over
    await setTimeout(EMPTY_PAUSE);
    return false;
  }
  const { lock } = tried;
  try {
    if ((await readLock(path)) !== judged) return false;
    await onDisk(path, 'written', rename(right, path));
    return true;
  } finally {
    await lock.release();
  }
}

/** A lock that was tried: taken, or held by somebody who is alive. */
export type LockTry =
  | { readonly kind: 'taken'; readonly lock: Lock }
  | { readonly kind: 'held'; readonly holder: string };

/**
 * Takes the lock at `path`, also one whose process is gone, unless one that is alive holds it.
 *
 * @throws MirrorError WORKSPACE_FAILED when the disk refuses.
 */
export async function tryLock(path: string): Promise<LockTry> {
  while (!(await make(path, MINE))) {
    const text = await settled(path);
    if (text === undefined) continue;
    const holder = await holderOf(path, text);
    if (holder !== undefined) {
      // it may have been released while we looked
      if ((await readLock(path)) !== text) continue;
      return { kind: 'held', holder };
    }
    if (await succeed(path, text)) break;
  }
  let isHeld = true;
  const beat = startBeating(path);
  const lock: Lock = {
    async release() {
      if (!isHeld) return;
      isHeld = false;
      clearInterval(beat);
      if ((await readLock(path)) === MINE) await onDisk(path, 'written', rm(path, { force: true }));
    },
  };
  return { kind: 'taken', lock };
}

/**
 * Takes the lock at `path`, also one whose process is gone. `what` says what two may not work on at a time.
 *
 * @throws MirrorError WORKSPACE_FAILED, naming the process, when one that is alive holds it; or when the disk refuses.
 */
export async function takeLock(path: string, what: string): Promise<Lock> {
  const tried = await tryLock(path);
  if (tried.kind === 'taken') return tried.lock;
  throw new MirrorError(`${path} is held by ${tried.holder}, which is at work on the same ${what}`, {
    code: 'WORKSPACE_FAILED',
    origin: 'local',
    hint: 'wait until it ends, or remove the file when that process is another program',
  });
}
