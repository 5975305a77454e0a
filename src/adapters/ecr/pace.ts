import type { Clock } from '../http-retry.ts';

/** Resolves when the next of its kind may go. Rejects with the signal's reason when it is aborted. */
export type Pace = (signal: AbortSignal) => Promise<void>;

/** At most so many in a second, evenly spread. */
export function paceOf(perSecond: number, clock: Clock): Pace {
  let next = 0;
  return async (signal) => {
    const now = clock.now();
    const at = Math.max(now, next);
    next = at + 1000 / perSecond;
    if (at > now) await clock.sleep(at - now, signal);
  };
}
