/** How many requests of one kind a host may feel at once: more while it answers as fast as before, fewer when it asks for less. */
export interface HostWindow {
  /** Whole requests, at least 1. */
  readonly size: number;
  /**
   * A good answer came at `now`, after so many milliseconds; undefined where the time says nothing of the host. `full`: others
   * waited for a place.
   */
  answered(latency: number | undefined, full: boolean, now: number): void;
  /** The host asked for less, at `now` in milliseconds. Answers to what was under way before count once. */
  refused(now: number): void;
}

/** Bounds of a window. */
export interface WindowBounds {
  readonly start: number;
  readonly most: number;
}

// how much slower than at its best a host may become before it is asked for no more: queues build up behind it then
const SLOWER = 2;
const SLACK_MS = 50;
const SHARE_OF_NEW = 0.2;
const ONE_REFUSAL_MS = 1_000;
/** Where answers take a millisecond, it would be as large as before long before the host has recovered. */
const REST_MS = 5_000;

/**
 * Additive increase, multiplicative decrease (D. Chiu, R. Jain, 1989), with the quick start of TCP until the host first slows
 * down or refuses.
 */
export function createHostWindow({ start, most }: WindowBounds): HostWindow {
  let size = Math.min(start, most);
  let isQuick = true;
  let least = Number.POSITIVE_INFINITY;
  let usual: number | undefined;
  let refusedAt = Number.NEGATIVE_INFINITY;

  function note(latency: number): void {
    least = Math.min(least, latency);
    usual = usual === undefined ? latency : usual + SHARE_OF_NEW * (latency - usual);
  }

  return {
    get size() {
      return Math.max(1, Math.floor(size));
    },
    answered(latency, full, now) {
      if (latency !== undefined) note(latency);
      if (!full || now - refusedAt < REST_MS) return;
      if (usual !== undefined && usual > SLOWER * least + SLACK_MS) {
        isQuick = false;
        return;
      }
      size = Math.min(most, size + (isQuick ? 1 : 1 / size));
    },
    refused(now) {
      isQuick = false;
      if (now - refusedAt < ONE_REFUSAL_MS) return;
      refusedAt = now;
      size = Math.max(1, size / 2);
    },
  };
}
