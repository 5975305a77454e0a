import type { NetworkSettings } from '../domain/network.ts';
import { settingsOf } from './host-settings.ts';
import { createQueue, type Queue } from './queue.ts';

/** Requests at once to one host when the configuration gives no number. */
export const DEFAULT_HOST_CONCURRENCY = 8;

/**
 * The lanes of a host. A layer is uploaded while it is still being fetched, and the upload may need a token first: both
 * wait for others while a download already holds a place. With one lane, a copy within one host could wait for itself.
 */
export type Lane = 'ask' | 'upload' | 'token';

/** Bounds how many requests a host feels at once. */
export interface HostLimits {
  /** Resolves when there is a place; call the result once the answer's body is done with. Rejects with the signal's reason. */
  enter(host: string, lane: Lane, signal: AbortSignal): Promise<() => void>;
}

/** The limits for a run: per host the configured number, else `DEFAULT_HOST_CONCURRENCY`, for each lane. */
export function createHostLimits(settings: NetworkSettings): HostLimits {
  const queues = new Map<string, Queue>();

  function queueFor(host: string, lane: Lane): Queue {
    const key = `${lane} ${host}`;
    const known = queues.get(key);
    if (known !== undefined) return known;
    const made = createQueue(settingsOf(settings, host)?.concurrency ?? DEFAULT_HOST_CONCURRENCY);
    queues.set(key, made);
    return made;
  }

  return { enter: (host, lane, signal) => queueFor(host, lane).enter(signal) };
}
