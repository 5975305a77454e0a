import { type EcrRegistry, ecrRegistry, type PrivateEcr } from '../../domain/ecr/registry.ts';
import type { Credentials, NetworkSettings } from '../../domain/network.ts';
import { MirrorError } from '../../errors.ts';
import type { Side } from '../../ports/registry.ts';
import type { Clock } from '../http-retry.ts';
import type { Environment } from '../proxies.ts';
import { apiError, isWithoutIdentity, said } from './api-errors.ts';
import type { ApiPlace, EcrClients } from './clients.ts';
import { namesIdentity } from './named-identity.ts';
import { createEcrTokens, type GrantedToken } from './tokens.ts';

/** Logins to registries of Amazon ECR, from the SDK's own credential chain. */
export interface EcrLogin {
  /**
   * A login for an ECR host; undefined for other hosts, and where there are no AWS credentials at all.
   *
   * ECR Public is read without a login as well, at a lower rate. As a source, AWS is asked only where a variable, a
   * profile or the target names an identity: to find the role of an instance, the metadata service would have to be
   * asked, which takes seconds where there is none. Whatever goes wrong there is said once; then it is read anonymously.
   *
   * @throws MirrorError CREDENTIALS_UNREADABLE, RATE_LIMITED, REGISTRY_UNREACHABLE.
   */
  token(host: string, signal: AbortSignal, side: Side): Promise<Credentials | undefined>;
  /** Forgets a token that its registry no longer takes. The next one is another, or none where a source needs none. */
  dropToken(host: string, password: string): void;
  /** The private registry of the caller's own account, in this region or the caller's own; undefined where there is no AWS identity or region. */
  ownRegistry(region: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** The account of the caller, as the tokens of a region name it; undefined where there is no AWS identity. */
  account(registry: PrivateEcr, signal: AbortSignal): Promise<string | undefined>;
  /** Tells that the run needs an AWS identity anyway, so that it may as well be looked for everywhere. */
  expectIdentity(): void;
}

/** What logins are made from. */
export interface LoginOptions {
  readonly clients: EcrClients;
  readonly settings: NetworkSettings;
  readonly env: Environment;
  readonly profile: string | undefined;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

const ORIGIN = 'the AWS credential chain';
const OWN_PLACE: ApiPlace = { host: 'the own registry', region: undefined, fips: false, dualStack: false };
/** Two tokens refused within this time: the next one would be refused as well. In milliseconds. */
const REFUSED_AGAIN_MS = 60_000;

function passwordOf(token: string | undefined): string | undefined {
  const text = token === undefined ? '' : Buffer.from(token, 'base64').toString('utf8');
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined;
}

interface Grant {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
  readonly proxyEndpoint?: string | undefined;
}

function granted(data: Grant | undefined): GrantedToken | undefined {
  const password = passwordOf(data?.authorizationToken);
  if (password === undefined) return undefined;
  return { password, endpoint: data?.proxyEndpoint, until: data?.expiresAt?.getTime() ?? 0 };
}

function placeText(registry: EcrRegistry | undefined): string {
  if (registry?.kind !== 'private') return registry?.host ?? 'the own registry';
  const parts = [
    registry.account === undefined ? '' : `account ${registry.account}`,
    registry.region === undefined ? '' : `region ${registry.region}`,
  ];
  const known = parts.filter((part) => part !== '').join(', ');
  return known === '' ? registry.host : `${registry.host} (${known})`;
}

const PRIVATE_HINT =
  'the AWS identity needs ecr:GetAuthorizationToken; or give the password with --private-ecr-password';
const PUBLIC_HINT =
  'the AWS identity needs ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken; or give the password with --public-ecr-password';

/** Everything but outages is about the identity: AWS will say the same again. */
function loginError(error: unknown, registry: EcrRegistry | undefined, signal: AbortSignal): MirrorError {
  const isPublic = registry?.kind === 'public';
  const hint = isPublic ? PUBLIC_HINT : PRIVATE_HINT;
  const right = isPublic ? 'ecr-public:GetAuthorizationToken' : 'ecr:GetAuthorizationToken';
  const place = placeText(registry);
  const general = apiError(error, { registry: place, doing: 'get a token', right }, signal, hint);
  if (general.code !== 'REPOSITORY_FAILED' && general.code !== 'CREDENTIALS_UNREADABLE') return general;
  return new MirrorError(`AWS gave no token for ${place}: ${said(error)}`, {
    code: 'CREDENTIALS_UNREADABLE',
    origin: 'destination',
    hint: general.code === 'CREDENTIALS_UNREADABLE' && general.hint !== undefined ? general.hint : hint,
    cause: error,
  });
}

function emptyProfile(name: string, registry: EcrRegistry | undefined, cause: unknown): MirrorError {
  return new MirrorError(`AWS gave no token for ${placeText(registry)}: the profile ${name} gives no credentials`, {
    code: 'CREDENTIALS_UNREADABLE',
    origin: 'local',
    hint: `check the spelling of ${name}, and what its section in the AWS configuration says`,
    cause,
  });
}

/** The logins of a run. Tokens are kept per region and form of endpoint. */
export function createEcrLogin(options: LoginOptions): EcrLogin {
  const { clients, settings, env, profile, clock, say } = options;
  const tokens = createEcrTokens(clock, say);
  const dropped = new Map<string, { readonly password: string; readonly at: number }>();
  let isExpected = false;
  let isAnonymous = false;

  const keyOf = ({ region, fips, dualStack }: ApiPlace) => JSON.stringify([region, fips, dualStack]);

  /** No identity is an answer of its own, unless a profile was named. */
  async function asked(
    registry: EcrRegistry | undefined,
    signal: AbortSignal,
    ask: () => Promise<GrantedToken | undefined>,
  ): Promise<GrantedToken | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!isWithoutIdentity(error)) throw loginError(error, registry, signal);
      const name = profile ?? (env.AWS_PROFILE || undefined);
      if (name !== undefined) throw emptyProfile(name, registry, error);
      return undefined;
    }
  }

  function privateToken(place: ApiPlace, registry: PrivateEcr | undefined, signal: AbortSignal) {
    return tokens.get(keyOf(place), signal, (shared) =>
      asked(registry, shared, async () => {
        const client = await clients.privateApi(place, 'login');
        const { authorizationData } = await client.getAuthorizationToken({}, { abortSignal: shared });
        return granted(authorizationData?.[0]);
      }),
    );
  }

  function publicToken(registry: EcrRegistry, signal: AbortSignal) {
    return tokens.get(registry.host, signal, (shared) =>
      asked(registry, shared, async () => {
        const client = await clients.publicApi(registry.host, 'login');
        const { authorizationData } = await client.getAuthorizationToken({}, { abortSignal: shared });
        return granted(authorizationData);
      }),
    );
  }

  function readAnonymously(why: string): void {
    if (!isAnonymous) say(`ECR Public is read without a login, at a lower rate: ${why}`);
    isAnonymous = true;
  }

  async function tokenOfSource(registry: EcrRegistry, signal: AbortSignal): Promise<GrantedToken | undefined> {
    const isNamed = isExpected || profile !== undefined || namesIdentity(env);
    if (isAnonymous || !isNamed) return undefined;
    try {
      return await publicToken(registry, signal);
    } catch (error) {
      signal.throwIfAborted();
      readAnonymously(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  function tokenFor(registry: EcrRegistry, signal: AbortSignal, side: Side): Promise<GrantedToken | undefined> {
    if (registry.kind === 'private') return privateToken(registry, registry, signal);
    return side === 'source' ? tokenOfSource(registry, signal) : publicToken(registry, signal);
  }

  async function token(host: string, signal: AbortSignal, side: Side): Promise<Credentials | undefined> {
    const registry = ecrRegistry(host, settings);
    const found = registry === undefined ? undefined : await tokenFor(registry, signal, side);
    return found === undefined ? undefined : { username: 'AWS', password: found.password, origin: ORIGIN };
  }

  function dropToken(host: string, password: string): void {
    const registry = ecrRegistry(host, settings);
    if (registry === undefined) return;
    const key = registry.kind === 'private' ? keyOf(registry) : registry.host;
    tokens.drop(key, password);
    const last = dropped.get(key);
    // many requests may be refused with one token
    if (last?.password === password) return;
    const at = clock.now();
    dropped.set(key, { password, at });
    if (registry.kind === 'public' && last !== undefined && at - last.at < REFUSED_AGAIN_MS)
      readAnonymously('the registry refuses the tokens that AWS gives');
  }

  async function ownToken(region: string | undefined, signal: AbortSignal): Promise<GrantedToken | undefined> {
    const own = region ?? (await clients.ownRegion());
    return own === undefined ? undefined : privateToken({ ...OWN_PLACE, region: own }, undefined, signal);
  }

  return {
    token,
    dropToken,
    async ownRegistry(region, signal) {
      const found = await ownToken(region, signal);
      return found?.endpoint?.replace(/^https?:\/\//, '');
    },
    async account(registry, signal) {
      const found = await privateToken(registry, registry, signal);
      return /^(?:https?:\/\/)?([0-9]{12})\./.exec(found?.endpoint ?? '')?.[1];
    },
    expectIdentity() {
      isExpected = true;
    },
  };
}
