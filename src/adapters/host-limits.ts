import type { NetworkSettings } from '../domain/network.ts';
import { settingsOf } from './host-settings.ts';
import { createHostWindow, type HostWindow, type WindowBounds } from './host-window.ts';
import { createQueue, type Queue } from './queue.ts';

/**
 * What requests do, as far as they get in each other's way. A layer is uploaded while it is still being fetched, and the upload
 * may need a token first: both wait for others while a download already holds a place. With one lane, a copy within one
 * host could wait for itself.
 */
export type Lane = 'ask' | 'write' | 'download' | 'upload' | 'token';

/** How many at once a host feels in the beginning, and at most where the configuration gives no number: bodies need memory. */
const BOUNDS: Readonly<Record<Lane, WindowBounds>> = {
  ask: { start: 16, most: 64 },
  write: { start: 16, most: 64 },
  download: { start: 8, most: 32 },
  upload: { start: 16, most: 32 },
  token: { start: 8, most: 8 },
};

/** A place among the requests to a host. */
export interface HostPlace {
  /** The head of the answer came, after so many milliseconds. */
  answered(status: number, milliseconds: number): void;
  /** The answer's body is done with, or there was no answer. */
  leave(): void;
}

/** Bounds how many requests a host feels at once. */
export interface HostLimits {
  /** Resolves when there is a place. Rejects with the signal's reason. */
  enter(host: string, lane: Lane, signal: AbortSignal): Promise<HostPlace>;
}

interface Line {
  readonly queue: Queue;
  readonly window: HostWindow;
}

// too many requests, and what overloaded registries and the gateways before them answer
const ASKS_FOR_LESS: ReadonlySet<number> = new Set([429, 503]);

/**
 * The limits for a run, for each host and kind of request by itself. They grow while the host answers as fast as before, and
 * are halved when it asks for less; what the configuration says is the most for each kind.
 */
export function createHostLimits(settings: NetworkSettings, now: () => number = Date.now): HostLimits {
  const lines = new Map<string, Line>();

  function lineFor(host: string, lane: Lane): Line {
    const key = `${lane} ${host}`;
    const known = lines.get(key);
    if (known !== undefined) return known;
    const { start, most } = BOUNDS[lane];
    const window = createHostWindow({ start, most: settingsOf(settings, host)?.concurrency ?? most });
    const made = { queue: createQueue(window.size), window };
    lines.set(key, made);
    return made;
  }

  return {
    async enter(host, lane, signal) {
      const { queue, window } = lineFor(host, lane);
      const leave = await queue.enter(signal);
      return {
        answered(status, milliseconds) {
          if (ASKS_FOR_LESS.has(status)) window.refused(now());
          // the answer to an upload comes when its body is through, which says more of the line than of the host
          else if (status < 500)
            window.answered(lane === 'upload' ? undefined : milliseconds, queue.waiting > 0, now());
          queue.resize(window.size);
        },
        leave,
      };
    },
  };
}
