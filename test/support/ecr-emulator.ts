import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { createEcrAccess, type EcrAccess } from './ecr-access.ts';
import { createEcrControl } from './ecr-control.ts';
import { createEcrData } from './ecr-data.ts';
import { createEcrGate, type EcrLog } from './ecr-gate.ts';
import { type EcrService, ecrNames, PUBLIC_HOSTS, PUBLIC_NAMES, PUBLIC_REGION, placeOf } from './ecr-hosts.ts';
import { createLayerBucket, LAYERS_PATH } from './ecr-layers.ts';
import { createEcrTokens, createPrincipal, type EcrPrincipal, type EcrTokens } from './ecr-principals.ts';
import { createEcrStore, type EcrStore } from './ecr-store.ts';
import { createEcrThrottle, type EcrThrottling } from './ecr-throttle.ts';

/** What an emulator is made with. */
export interface EcrOptions {
  /** The caller's own account. Default `123456789012`. */
  readonly account?: string;
  /** The region of the names that are no real ones (loopback, private names). Default `eu-central-1`. */
  readonly region?: string;
  /** Aliases of public registries with their accounts. Default: `tests`, of the caller's own account. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names that stand for a private registry (a VPC endpoint, a name of one's own), with account and region. */
  readonly privateNames?: Readonly<Record<string, { readonly account: string; readonly region: string }>>;
  /** Whether downloads of layers are redirected, as ECR does. Default true. */
  readonly redirects?: boolean;
  /** Whether a token is good in the region that issued it alone. Default false, as documented (client-ecr, `GetAuthorizationTokenRequest`). */
  readonly regionalTokens?: boolean;
  /** How many repositories a registry may have. Default 100,000 (userguide/service-quotas.html). */
  readonly repositoryLimit?: number;
  readonly now?: () => Date;
  /** Hears of every registry password before it is handed out. */
  readonly onToken?: (password: string) => void;
}

/** An ECR: both planes of both services over one store. */
export interface EcrEmulator {
  readonly account: string;
  readonly region: string;
  /** Whose keys tests use; further ones with `addPrincipal`. */
  readonly principal: EcrPrincipal;
  addPrincipal(account: string, kind?: 'user' | 'role'): EcrPrincipal;
  readonly store: EcrStore;
  readonly tokens: EcrTokens;
  readonly access: EcrAccess;
  readonly log: EcrLog;
  /** Undefined switches it off. */
  throttle(throttling: EcrThrottling | undefined): void;
  /** Failures of the emulator itself, which a test should find empty. */
  defects(): readonly string[];
  /** Answers a request by its host name; a name that is not ECR's is the private registry and the API of both services. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** The same, but a name that is not ECR's is the public registry. */
  readonly handlePublic: (request: IncomingMessage, response: ServerResponse) => void;
}

function schemeOf(request: IncomingMessage): string {
  return request.socket instanceof TLSSocket ? 'https' : 'http';
}

/** Makes an emulator without repositories. */
export function createEcrEmulator(options: EcrOptions = {}): EcrEmulator {
  const { account = '123456789012', region = 'eu-central-1', now = () => new Date(), privateNames = {} } = options;
  const principal = createPrincipal(account);
  const principals = [principal];
  const store = createEcrStore(options.aliases ?? { tests: account });
  const tokens = createEcrTokens(now, options.onToken ?? (() => undefined));
  const access = createEcrAccess();
  const throttle = createEcrThrottle();
  const gate = createEcrGate(access, throttle);
  const bucket = createLayerBucket();
  const limits = { repositories: options.repositoryLimit ?? 100_000 };
  const control = createEcrControl({ store, tokens, gate, principals, limits, now });
  const { redirects = true, regionalTokens = false } = options;
  const data = createEcrData({ store, tokens, gate, redirects, regionalTokens, now }, bucket);
  const defects: string[] = [];

  /** On loopback the bucket has another host name than the registry, so that clients leave their login behind. */
  function layersOf(request: IncomingMessage, own: string): string {
    const port = request.socket.localPort;
    return placeOf(request.headers.host ?? '') === undefined ? `http://localhost:${port}` : `https://${own}`;
  }

  async function answer(request: IncomingMessage, response: ServerResponse, other: EcrService): Promise<void> {
    const host = request.headers.host ?? '';
    const origin = `${schemeOf(request)}://${host}`;
    const place = placeOf(host);
    const url = request.url ?? '/';
    if (place?.kind === 'layers' || (place === undefined && url.startsWith(LAYERS_PATH))) {
      return bucket.handle(request, response);
    }
    if (place?.kind === 'control') return control(place, request, response);
    if (place?.kind === 'data') {
      const own = place.service === 'ecr' ? ecrNames(place.account, place.region).layers : PUBLIC_NAMES.layers;
      return data({ ...place, origin, layers: layersOf(request, own) }, request, response);
    }
    if (request.headers['x-amz-target'] !== undefined) {
      return control({ service: undefined, region: undefined }, request, response);
    }
    if (other === 'ecr-public') {
      const layers = layersOf(request, PUBLIC_NAMES.layers);
      return data({ service: other, account, region: PUBLIC_REGION, origin, layers }, request, response);
    }
    const named = privateNames[host.replace(/:\d+$/, '')] ?? { account, region };
    const layers = layersOf(request, ecrNames(named.account, named.region).layers);
    return data({ service: 'ecr', ...named, origin, layers }, request, response);
  }

  function start(request: IncomingMessage, response: ServerResponse, other: EcrService): void {
    answer(request, response, other).catch((error: unknown) => {
      defects.push(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  }

  return {
    account,
    region,
    principal,
    addPrincipal(owner, kind) {
      const made = createPrincipal(owner, kind);
      principals.push(made);
      return made;
    },
    store,
    tokens,
    access,
    log: gate,
    throttle: (throttling) => throttle.set(throttling),
    defects: () => [...defects],
    handle: (request, response) => start(request, response, 'ecr'),
    handlePublic: (request, response) => start(request, response, 'ecr-public'),
  };
}

/** The host names that an emulator answers to for the private registries of these accounts and regions, and for ECR Public. */
export function hostsOf(
  registries: readonly { readonly account: string; readonly region: string }[],
): readonly string[] {
  const own = registries.flatMap(({ account, region }) => {
    const { registry, api, fips, dualStack, dualStackFips, layers } = ecrNames(account, region);
    const forms = [fips, dualStack, dualStackFips].flatMap((form) => [form.registry, form.api]);
    return [registry, api, layers, ...forms];
  });
  return [...new Set([...own, ...PUBLIC_HOSTS, PUBLIC_NAMES.api, PUBLIC_NAMES.dualStack.api, PUBLIC_NAMES.layers])];
}
