import type { ECR } from '@aws-sdk/client-ecr';
import type { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import { DUAL_STACK_PUBLIC_ECR, type PrivateEcr } from '../../domain/ecr/registry.ts';
import { MirrorError, oneLine } from '../../errors.ts';
import type { Redactor } from '../../redaction.ts';
import type { Environment } from '../proxies.ts';
import type { Requests } from '../requests.ts';
import { sdkRequestHandler } from './sdk-requests.ts';

/** What the clients of a run are made from. */
export interface ClientOptions {
  readonly requests: Requests;
  readonly env: Environment;
  /** The profile of `--profile`; undefined for the SDK's own choice. */
  readonly profile: string | undefined;
  /** Learns the secrets of every AWS identity: AWS repeats the session token in what it says of a wrong signature. */
  readonly redactor: Pick<Redactor, 'learn'>;
  /** Hears of what the SDK warns of. */
  readonly say: (line: string) => void;
}

/** Where the API of a private registry is. An undefined region is that of the AWS identity. */
export type ApiPlace = Pick<PrivateEcr, 'host' | 'region' | 'fips' | 'dualStack'>;

/** Clients for logins do not wait for calls of other kinds that are throttled. */
export type Purpose = 'login' | 'control';

/** How often each operation was sent, by its name. */
export type Calls = Readonly<Record<string, number>>;

/** The SDK's clients of a run, each made once, when it is first needed: the SDK is large. They share one AWS identity. */
export interface EcrClients {
  /** @throws MirrorError INPUT_INVALID when neither the registry nor the identity names a region. */
  privateApi(place: ApiPlace, purpose: Purpose): Promise<ECR>;
  /** `host` is the one of ECR Public that is spoken to; its form is that of the API. */
  publicApi(host: string, purpose: Purpose): Promise<ECRPUBLIC>;
  /** The region of variables or profile; undefined when they name none. */
  ownRegion(): Promise<string | undefined>;
  privateCalls(place: ApiPlace): Calls;
  publicCalls(): Calls;
}

/** That a quota is used up: another answer than throttling, which the SDK would repeat under its own name. */
export class QuotaReached extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuotaReached';
  }
}

const ATTEMPTS = 10;
/** A login to ECR Public is a convenience mostly: it must not hold a run up. */
const PUBLIC_LOGIN_ATTEMPTS = 3;
// the API of ECR Public gives tokens here only: docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
const PUBLIC_REGION = 'us-east-1';

const ignore = () => undefined;

/** Takes the place of the service's quota error before the SDK takes it for throttling. */
function endAtQuota<Args, Result>(next: (args: Args) => Promise<Result>): (args: Args) => Promise<Result> {
  return async (args) => {
    try {
      return await next(args);
    } catch (error) {
      throw error instanceof Error && error.name === 'LimitExceededException' ? new QuotaReached(error.message) : error;
    }
  };
}

function noRegion(host: string): MirrorError {
  return new MirrorError(`the region of ${host} is not known`, {
    code: 'INPUT_INVALID',
    origin: 'input',
    hint: `write it as region of ${host} in the configuration, or set AWS_REGION`,
  });
}

/** Forms of endpoints are for the SDK's own choice of one; with an address given by hand it would refuse them. */
function endpointForm({ fips, dualStack }: ApiPlace, env: Environment): object {
  if (env.AWS_ENDPOINT_URL_ECR || env.AWS_ENDPOINT_URL) return {};
  return { ...(fips ? { useFipsEndpoint: true } : {}), ...(dualStack ? { useDualstackEndpoint: true } : {}) };
}

type IdentityProvider = ECR['config']['credentials'];

/** The provider, of whose identities the redactor learns the secrets. Its marks tell the SDK that it remembers identities. */
function learnt(provider: IdentityProvider, redactor: ClientOptions['redactor']): IdentityProvider {
  const learning: IdentityProvider = async (...options) => {
    const identity = await provider(...options);
    redactor.learn(identity.secretAccessKey);
    redactor.learn(identity.sessionToken);
    return identity;
  };
  return Object.assign(learning, provider);
}

/** The clients of a run; nothing is loaded or reached before one is asked for. */
export function createEcrClients({ requests, env, profile, redactor, say }: ClientOptions): EcrClients {
  const counts = new Map<string, Map<string, number>>();
  const clients = new Map<string, Promise<ECR>>();
  const publicClients = new Map<string, Promise<ECRPUBLIC>>();
  const named = profile === undefined ? {} : { profile };
  const warn = (...texts: readonly unknown[]) => say(oneLine(texts.map(String).join(' ')));
  const logger = { debug: ignore, info: ignore, error: ignore, warn };
  let region: Promise<string | undefined> | undefined;
  let identity: Promise<ECR['config']['credentials']> | undefined;

  function handlerFor(key: string) {
    const counted = counts.get(key) ?? new Map<string, number>();
    counts.set(key, counted);
    return sdkRequestHandler(requests, (name) => counted.set(name, (counted.get(name) ?? 0) + 1));
  }

  async function findRegion(): Promise<string | undefined> {
    const { ECR } = await import('@aws-sdk/client-ecr');
    return new ECR({ ...named, logger }).config.region().catch((error: unknown) => {
      // @smithy/core, submodules/config: the text of the last link of the chain
      if (error instanceof Error && /region is missing/i.test(error.message)) return undefined;
      throw error;
    });
  }

  function ownRegion(): Promise<string | undefined> {
    region ??= findRegion();
    return region;
  }

  /**
   * The SDK's chain, asked once for all clients. Roles are assumed in the caller's region. The clients that the chain makes
   * for single sign-on take their settings from `clientConfig` alone.
   */
  async function findIdentity(fallbackRegion: string) {
    const { ECR } = await import('@aws-sdk/client-ecr');
    const requestHandler = handlerFor('identity');
    const settings = {
      ...{ ...named, logger, requestHandler, clientConfig: { requestHandler } },
      region: async () => (await ownRegion()) ?? fallbackRegion,
    };
    return learnt(new ECR(settings).config.credentials, redactor);
  }

  function credentialsFor(wanted: string) {
    identity ??= findIdentity(wanted);
    return identity;
  }

  const keyOf = (place: ApiPlace) => JSON.stringify([place.region, place.fips, place.dualStack]);

  async function makePrivate(place: ApiPlace): Promise<ECR> {
    const { ECR } = await import('@aws-sdk/client-ecr');
    const wanted = place.region ?? (await ownRegion());
    if (wanted === undefined) throw noRegion(place.host);
    const client = new ECR({
      ...{
        ...named,
        ...endpointForm(place, env),
        logger,
        region: wanted,
        retryMode: 'adaptive',
        maxAttempts: ATTEMPTS,
      },
      requestHandler: handlerFor(keyOf(place)),
      credentials: await credentialsFor(wanted),
    });
    client.middlewareStack.add((next) => endAtQuota(next), { step: 'finalizeRequest', priority: 'low' });
    return client;
  }

  async function makePublic(host: string, purpose: Purpose): Promise<ECRPUBLIC> {
    const { ECRPUBLIC } = await import('@aws-sdk/client-ecr-public');
    const maxAttempts = purpose === 'login' ? PUBLIC_LOGIN_ATTEMPTS : ATTEMPTS;
    const isDualStack = host === DUAL_STACK_PUBLIC_ECR && !env.AWS_ENDPOINT_URL_ECR_PUBLIC && !env.AWS_ENDPOINT_URL;
    const client = new ECRPUBLIC({
      ...(isDualStack ? { useDualstackEndpoint: true } : {}),
      ...{ ...named, logger, region: PUBLIC_REGION, retryMode: 'adaptive', maxAttempts },
      requestHandler: handlerFor('public'),
      credentials: await credentialsFor(PUBLIC_REGION),
    });
    client.middlewareStack.add((next) => endAtQuota(next), { step: 'finalizeRequest', priority: 'low' });
    return client;
  }

  return {
    privateApi(place, purpose) {
      const key = `${purpose} ${keyOf(place)}`;
      const made = clients.get(key) ?? makePrivate(place);
      clients.set(key, made);
      return made;
    },
    publicApi(host, purpose) {
      const key = `${purpose} ${host}`;
      const made = publicClients.get(key) ?? makePublic(host, purpose);
      publicClients.set(key, made);
      return made;
    },
    ownRegion,
    privateCalls: (place) => Object.fromEntries(counts.get(keyOf(place)) ?? []),
    publicCalls: () => Object.fromEntries(counts.get('public') ?? []),
  };
}
