import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { takeLock } from '../../src/adapters/files/lock-file.ts';
import { MirrorError } from '../../src/errors.ts';
import { randomFrom } from './tar-mutations.ts';

function isDone(change: () => void): boolean {
  try {
    change();
    return true;
  } catch {
    return false;
  }
}

/**
 * To be run in a process of its own: takes a lock again and again for some milliseconds, and mostly leaves it as a process does
 * that was killed. Prints how often it held it, and how often somebody else did at the same time.
 */
export async function fightForLock(path: string, milliseconds: number): Promise<void> {
  const random = randomFrom(process.pid);
  const end = Date.now() + milliseconds;
  let held = 0;
  let clashes = 0;
  while (Date.now() < end) {
    try {
      const lock = await takeLock(path, 'bundle');
      held += 1;
      const isAlone = isDone(() => mkdirSync(`${path}-holder`));
      await setTimeout(random(3));
      if (!isDone(() => rmdirSync(`${path}-holder`)) || !isAlone) clashes += 1;
      if (random(10) === 0) await lock.release();
      else writeFileSync(path, `999999999 ${process.pid}-${held}\n`);
    } catch (error) {
      if (!(error instanceof MirrorError && error.message.includes(' is held by process '))) throw error;
    }
  }
  process.stdout.write(JSON.stringify({ held, clashes }));
}
