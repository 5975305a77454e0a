import { MirrorError } from '../../errors.ts';
import type { Clock } from '../http-retry.ts';
import { joinRequests } from './join-requests.ts';

/** What AWS grants: the password of the user `AWS`, the registry it names, and until when it is good (in milliseconds). */
export interface GrantedToken {
  readonly password: string;
  readonly endpoint: string | undefined;
  readonly until: number;
}

/** The tokens of a run. */
export interface EcrTokens {
  /**
   * The token kept under a key, else what `fetch` gets; undefined where there is no AWS identity. One request is underway
   * for a key at a time. A token is renewed when four fifths of its life are over; if that fails, be it that there is no
   * identity any more, it is used to its end. That there is no identity, or that AWS refuses (CREDENTIALS_UNREADABLE), is
   * remembered where there is no token to renew: it is not asked again.
   *
   * @throws what `fetch` throws.
   */
  get(key: string, signal: AbortSignal, fetch: FetchToken): Promise<GrantedToken | undefined>;
  /** Forgets a token that a registry no longer takes; nothing happens when it has been replaced already. */
  drop(key: string, password: string): void;
}

/** Asks AWS for a token. */
export type FetchToken = (signal: AbortSignal) => Promise<GrantedToken | undefined>;

interface Kept {
  readonly token: GrantedToken;
  renewAt: number;
}

const USED_SHARE_OF_LIFE = 0.8;
/** How long a token is used that was over when it came: then the clocks differ. In milliseconds. */
const LIFE_WITHOUT_CLOCK_MS = 60_000;

function refused(refusal: MirrorError | undefined): undefined {
  if (refusal !== undefined) throw refusal;
}

/** An empty store. `say` hears of a renewal that failed while the token is still good. */
export function createEcrTokens(clock: Clock, say: (line: string) => void): EcrTokens {
  const kept = new Map<string, Kept>();
  const refusals = new Map<string, MirrorError | undefined>();
  const join = joinRequests<GrantedToken | undefined>();

  function keep(key: string, token: GrantedToken): void {
    const now = clock.now();
    const life = token.until - now;
    kept.set(key, { token, renewAt: now + (life > 0 ? life * USED_SHARE_OF_LIFE : LIFE_WITHOUT_CLOCK_MS) });
  }

  async function fetched(key: string, signal: AbortSignal, fetch: FetchToken): Promise<GrantedToken | undefined> {
    try {
      const token = await fetch(signal);
      if (token !== undefined) keep(key, token);
      else if (!kept.has(key)) refusals.set(key, undefined);
      return token;
    } catch (error) {
      const isRefusal = error instanceof MirrorError && error.code === 'CREDENTIALS_UNREADABLE';
      if (isRefusal && !kept.has(key)) refusals.set(key, error);
      throw error;
    }
  }

  /** The token that is still good although it could not be renewed. It is tried again when half of what is left is over. */
  function last(key: string, error: unknown): GrantedToken | undefined {
    const known = kept.get(key);
    const now = clock.now();
    if (known === undefined) return undefined;
    if (known.token.until <= now) {
      kept.delete(key);
      return undefined;
    }
    // somebody else who waited for the same answer has said it
    if (now < known.renewAt) return known.token;
    known.renewAt = now + (known.token.until - now) / 2;
    const why = error instanceof Error ? error.message : String(error);
    say(`the login to Amazon ECR is good until ${new Date(known.token.until).toISOString()}, but not renewed: ${why}`);
    return known.token;
  }

  async function get(key: string, signal: AbortSignal, fetch: FetchToken): Promise<GrantedToken | undefined> {
    const known = kept.get(key);
    if (known !== undefined && clock.now() < known.renewAt) return known.token;
    if (known === undefined && refusals.has(key)) return refused(refusals.get(key));
    try {
      const token = await join(key, signal, (shared) => fetched(key, shared, fetch));
      return token ?? last(key, 'there is no AWS identity any more');
    } catch (error) {
      signal.throwIfAborted();
      const usable = last(key, error);
      if (usable !== undefined) return usable;
      throw error;
    }
  }

  function drop(key: string, password: string): void {
    if (kept.get(key)?.token.password === password) kept.delete(key);
  }

  return { get, drop };
}
