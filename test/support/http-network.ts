import { createChartRepository } from '../../src/adapters/chart-repository.ts';
import { createCredentialStore, type ExplicitCredentials } from '../../src/adapters/credentials.ts';
import { createDestinationPace } from '../../src/adapters/destination-pace.ts';
import { createHostLimits } from '../../src/adapters/host-limits.ts';
import { createHttpClient, type Timeouts } from '../../src/adapters/http.ts';
import { type Clock, createRetries } from '../../src/adapters/http-retry.ts';
import { type ProcessResult, run } from '../../src/adapters/process.ts';
import { createRegistry } from '../../src/adapters/registry.ts';
import { createRegistryAccess, type RegistryAccess } from '../../src/adapters/registry-access.ts';
import { createRegistryAuth } from '../../src/adapters/registry-auth.ts';
import { createTokenCache } from '../../src/adapters/registry-tokens.ts';
import { type Relay, startRelay } from '../../src/adapters/relay.ts';
import { createRequests } from '../../src/adapters/requests.ts';
import type { Credentials, HostSettings, NetworkSettings } from '../../src/domain/network.ts';
import type { ChartRepository } from '../../src/ports/charts.ts';
import type { Registry } from '../../src/ports/registry.ts';
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
  const unset = { plainHttp: undefined, caFile: undefined, clientCertificate: undefined, concurrency: undefined };
  return { type: undefined, account: undefined, region: undefined, ...unset, ...changes };
}

export interface TestNetworkOptions {
  readonly settings?: Partial<NetworkSettings>;
  readonly env?: Readonly<Record<string, string>>;
  readonly credentials?: ExplicitCredentials;
  readonly clock?: Clock;
  readonly timeouts?: Timeouts;
  readonly run?: (...argv: Parameters<typeof run>) => Promise<ProcessResult>;
  readonly tokenSource?: (host: string) => Promise<Credentials | undefined>;
  readonly dropToken?: (host: string, password: string) => void;
}

/** Everything that talks HTTP, wired together. */
export interface TestNetwork {
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly registry: Registry;
  readonly charts: ChartRepository;
  readonly redactor: Redactor;
  /** The caller closes it before the network. */
  startRelay(): Promise<Relay>;
  close(): Promise<void>;
}

/** The network with a clock that does not wait, unless another one is given. */
export function networkWith(options: TestNetworkOptions = {}): TestNetwork {
  const { env = {}, credentials: explicit = {}, clock = fastClock(), tokenSource, timeouts } = options;
  const redactor = new Redactor();
  const settings = settingsWith(options.settings);
  const client = createHttpClient({ settings, env, redactor, ...(timeouts === undefined ? {} : { timeouts }) });
  const requests = createRequests(client, createHostLimits(settings), createRetries(clock));
  const source = tokenSource === undefined ? {} : { tokenSource };
  const dropping = options.dropToken === undefined ? {} : { dropToken: options.dropToken };
  const store = createCredentialStore({
    settings,
    env,
    explicit,
    redactor,
    run: options.run ?? run,
    ...source,
    ...dropping,
  });
  const auth = createRegistryAuth(
    store,
    createTokenCache(requests, redactor, clock),
    redactor,
    (url, authorization, side, signal) => requests.ask({ method: 'GET', url, authorization, side, signal }, 65_536),
  );
  const access = createRegistryAccess(requests, auth);
  const registry = createRegistry(access, settings);
  return {
    access,
    settings,
    registry,
    charts: createChartRepository(requests, settings, redactor, store),
    redactor,
    startRelay: () =>
      startRelay({ registry, access, settings, redactor, pace: createDestinationPace(settings, clock) }),
    close: () => client.close(),
  };
}
