import { createChartRepository } from '../adapters/chart-repository.ts';
import { type CredentialStore, createCredentialStore, type ExplicitCredentials } from '../adapters/credentials.ts';
import { createEcr, type Ecr } from '../adapters/ecr/ecr.ts';
import { createHeapRelief } from '../adapters/heap-relief.ts';
import { createHostLimits } from '../adapters/host-limits.ts';
import { createHttpClient } from '../adapters/http.ts';
import { createRetries, SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import { createKeptBlobs, type KeptBlobs } from '../adapters/kept-blobs.ts';
import { createKeptManifests, type KeptManifests } from '../adapters/kept-manifests.ts';
import { run } from '../adapters/process.ts';
import { createRegistry } from '../adapters/registry.ts';
import { createRegistryAccess, type RegistryAccess } from '../adapters/registry-access.ts';
import { createRegistryAuth } from '../adapters/registry-auth.ts';
import { createTokenCache } from '../adapters/registry-tokens.ts';
import { createRequests, type Requests } from '../adapters/requests.ts';
import { createSourceUse, type SourceUse } from '../adapters/source-use.ts';
import type { NetworkSettings } from '../domain/network.ts';
import type { ChartRepository } from '../ports/charts.ts';
import type { Registry } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';

/** Everything that speaks HTTP, over one pool of connections. */
export interface Connections {
  readonly requests: Requests;
  readonly access: RegistryAccess;
  readonly credentials: CredentialStore;
  readonly registry: Registry;
  /** What `registry` has read of blobs. */
  readonly kept: KeptBlobs;
  /** And of manifests. */
  readonly manifests: KeptManifests;
  readonly charts: ChartRepository;
  /** What sources were asked, and what they say of their quotas. */
  readonly use: SourceUse;
  readonly ecr: Ecr;
  readonly close: () => Promise<void>;
}

/** The longest answer of `/v2/` that is read, in bytes. */
const PING_LIMIT = 64 * 1024;

/** Builds the HTTP side from the settings. Nothing is reached before it is asked for. `say` hears of waits. */
export function connect(
  network: NetworkSettings,
  env: Readonly<Record<string, string | undefined>>,
  explicit: ExplicitCredentials,
  redactor: Redactor,
  say: (line: string) => void,
  profile?: string,
): Connections {
  const client = createHttpClient({ settings: network, env, redactor });
  const use = createSourceUse(network);
  const relieve = createHeapRelief();
  const requests = createRequests(client, createHostLimits(network), createRetries(SYSTEM_CLOCK, say), (...heard) => {
    relieve();
    use.heard(...heard);
  });
  const ecr = createEcr({ requests, settings: network, env, profile, redactor, clock: SYSTEM_CLOCK, say });
  const credentials = createCredentialStore({
    settings: network,
    env,
    explicit,
    redactor,
    run,
    tokenSource: ecr.token,
    dropToken: ecr.dropToken,
    tokensFirst: profile !== undefined,
  });
  const access = createRegistryAccess(
    requests,
    createRegistryAuth(
      credentials,
      createTokenCache(requests, redactor, SYSTEM_CLOCK),
      redactor,
      (url, authorization, side, signal) =>
        requests.ask({ method: 'GET', url, authorization, side, signal }, PING_LIMIT),
    ),
  );
  const kept = createKeptBlobs();
  const manifests = createKeptManifests();
  return {
    requests,
    access,
    credentials,
    registry: createRegistry(access, network, { blobs: kept, manifests, fetched: use.fetched }),
    manifests,
    use,
    kept,
    ecr,
    charts: createChartRepository(requests, network, redactor, credentials),
    close: () => client.close(),
  };
}
