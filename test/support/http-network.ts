import type { ExplicitCredentials } from '../../src/adapters/credentials.ts';
import type { Timeouts } from '../../src/adapters/http.ts';
import { type Clock, SYSTEM_CLOCK } from '../../src/adapters/http-retry.ts';
import { createNetwork, type Network } from '../../src/adapters/network.ts';
import { type ProcessResult, run } from '../../src/adapters/process.ts';
import type { Credentials, HostSettings, NetworkSettings } from '../../src/domain/network.ts';
import { Redactor } from '../../src/redaction.ts';

/** A signal that is never aborted. */
export const NEVER = new AbortController().signal;

/** A clock whose sleeps take no time; `slept` holds their lengths in milliseconds. */
export function fastClock(random = 0.5): Clock & { readonly slept: number[] } {
  let now = Date.parse('2026-11-21T12:00:00Z');
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    random: () => random,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
  };
}

/** Settings with plain HTTP on loopback, changed by what is given. */
export function settingsWith(changes: Partial<NetworkSettings> = {}): NetworkSettings {
  return { hosts: new Map(), plainHttpHosts: [], plainHttpLoopback: true, caFile: undefined, mirrors: [], ...changes };
}

/** Settings of one host, changed by what is given. */
export function hostWith(changes: Partial<HostSettings>): HostSettings {
  return { plainHttp: undefined, caFile: undefined, clientCertificate: undefined, concurrency: undefined, ...changes };
}

export interface TestNetworkOptions {
  readonly settings?: Partial<NetworkSettings>;
  readonly env?: Readonly<Record<string, string>>;
  readonly credentials?: ExplicitCredentials;
  readonly clock?: Clock;
  readonly timeouts?: Timeouts;
  readonly run?: (...argv: Parameters<typeof run>) => Promise<ProcessResult>;
  readonly tokenSource?: (host: string) => Promise<Credentials | undefined>;
}

/** The whole network as main wires it, with a clock that does not wait unless another one is given. */
export function networkWith(options: TestNetworkOptions = {}): Network & { readonly redactor: Redactor } {
  const redactor = new Redactor();
  const { timeouts, tokenSource } = options;
  const network = createNetwork({
    settings: settingsWith(options.settings),
    env: options.env ?? {},
    credentials: options.credentials ?? {},
    redactor,
    run: options.run ?? run,
    clock: options.clock ?? fastClock(),
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(tokenSource === undefined ? {} : { tokenSource }),
  });
  return { ...network, redactor };
}

export { SYSTEM_CLOCK };
