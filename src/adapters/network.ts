import type { Credentials, NetworkSettings } from '../domain/network.ts';
import type { ChartRepository, Registry } from '../ports.ts';
import type { Redactor } from '../redaction.ts';
import { createChartRepository } from './chart-repository.ts';
import { createCredentialStore, type ExplicitCredentials } from './credentials.ts';
import { createHostLimits } from './host-limits.ts';
import { createHttpClient, type Timeouts } from './http.ts';
import { type Clock, createRetries } from './http-retry.ts';
import type { run } from './process.ts';
import type { Environment } from './proxies.ts';
import { createRegistry } from './registry.ts';
import { createRegistryAccess } from './registry-access.ts';
import { createRegistryAuth } from './registry-auth.ts';
import { createTokenCache } from './registry-tokens.ts';
import { type Relay, startRelay } from './relay.ts';
import { createRequests } from './requests.ts';

/** What everything that talks HTTP is made from. `tokenSource` is asked last for credentials, for hosts such as ECR. */
export interface NetworkOptions {
  readonly settings: NetworkSettings;
  readonly env: Environment;
  readonly credentials: ExplicitCredentials;
  readonly redactor: Redactor;
  readonly run: typeof run;
  readonly clock: Clock;
  readonly timeouts?: Timeouts;
  readonly tokenSource?: (host: string, signal: AbortSignal) => Promise<Credentials | undefined>;
}

/** The network of one run: connections, limits, tokens and manifests are shared by all its parts. */
export interface Network {
  readonly registry: Registry;
  readonly charts: ChartRepository;
  /** Starts a relay; the caller closes it before the network. */
  startRelay(): Promise<Relay>;
  close(): Promise<void>;
}

/**
 * Wires the adapters together.
 *
 * @throws MirrorError INPUT_INVALID when a certificate file is unusable.
 */
export function createNetwork(options: NetworkOptions): Network {
  const { settings, env, redactor, clock, run, tokenSource } = options;
  const timeouts = options.timeouts === undefined ? {} : { timeouts: options.timeouts };
  const client = createHttpClient({ settings, env, redactor, ...timeouts });
  const requests = createRequests(client, createHostLimits(settings), createRetries(clock));
  const source = tokenSource === undefined ? {} : { tokenSource };
  const store = createCredentialStore({ env, explicit: options.credentials, redactor, run, ...source });
  const auth = createRegistryAuth(store, createTokenCache(requests, redactor, clock), redactor);
  const access = createRegistryAccess(requests, auth);
  const registry = createRegistry(access, settings);
  return {
    registry,
    charts: createChartRepository(requests, settings, redactor),
    startRelay: () => startRelay({ registry, access, settings, redactor }),
    close: () => client.close(),
  };
}
