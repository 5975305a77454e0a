/** When hosts may be asked again that were asked too much, and whether they still serve anybody. Times are in milliseconds. */
export interface HostHolds {
  /** How long the host wants no request from now on; 0 when it may be asked. */
  left(host: string, now: number): number;
  /** The host gave an answer that is worth having, to a request of some kind. */
  served(host: string, kind: string, now: number): void;
  /** Whether it gave one to a request of this kind after `since`. */
  hasServed(host: string, kind: string, since: number): boolean;
  /**
   * The host asked for fewer requests, and for a wait of so many milliseconds where it says so; else the wait is chosen here, longer
   * with each refusal since it last served anybody. Gives the wait as far as it is news; undefined where as long a one is known.
   */
  refused(host: string, now: number, asked: number | undefined): number | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

interface Hold {
  until: number;
  refusals: number;
  readonly servedAt: Map<string, number>;
}

/** Nothing is held back yet. */
export function createHostHolds(): HostHolds {
  const holds = new Map<string, Hold>();

  function holdOf(host: string): Hold {
    const known = holds.get(host);
    if (known !== undefined) return known;
    const made = { until: 0, refusals: 0, servedAt: new Map<string, number>() };
    holds.set(host, made);
    return made;
  }

  return {
    left: (host, now) => Math.max(0, holdOf(host).until - now),
    served(host, kind, now) {
      const hold = holdOf(host);
      hold.servedAt.set(kind, now);
      hold.refusals = Math.max(0, hold.refusals - 1);
    },
    hasServed: (host, kind, since) => (holdOf(host).servedAt.get(kind) ?? Number.NEGATIVE_INFINITY) > since,
    refused(host, now, asked) {
      const hold = holdOf(host);
      const isHeld = hold.until > now;
      // many are refused at once, by one refusal
      if (asked === undefined && isHeld) return undefined;
      if (!isHeld) hold.refusals += 1;
      const wait = asked ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (hold.refusals - 1));
      const news = now + wait - Math.max(now, hold.until);
      if (news <= 0) return undefined;
      hold.until = now + wait;
      return news;
    },
  };
}
