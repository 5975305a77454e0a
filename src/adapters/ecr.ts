import { Readable } from 'node:stream';
import { ecrRegion, isPrivateEcr } from '../domain/ecr-host.ts';
import type { Credentials, NetworkSettings } from '../domain/network.ts';
import { MirrorError, oneLine } from '../errors.ts';
import type { Requests } from './requests.ts';

/** Tokens for Amazon ECR, from the SDK's own credential chain. */
export interface Ecr {
  /** A login for an ECR host; undefined for other hosts, and where there are no AWS credentials at all. */
  token(host: string, signal: AbortSignal): Promise<Credentials | undefined>;
  /** The private registry of the caller's own account and region; undefined where there is no AWS identity. */
  ownRegistry(signal: AbortSignal): Promise<string | undefined>;
}

/** The part of the SDK's requests that is used; smithy's `HttpRequest`. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The part of smithy's `HttpHandler` that the SDK calls; it takes any object with a `handle`. */
type Handler = {
  readonly handle: (
    request: SdkRequest,
    options?: { readonly abortSignal?: unknown },
  ) => Promise<{ readonly response: object }>;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => object;
};

type Token = { readonly password: string; readonly endpoint: string | undefined; readonly until: number };

const PUBLIC_HOST = 'public.ecr.aws';
// the public service answers in two regions, and logs in through this one
const PUBLIC_REGION = 'us-east-1';
const ANSWER_LIMIT = 4 * 1024 * 1024;
/** Tokens live twelve hours; one is renewed when less than this is left, in milliseconds. */
const RENEW_BEFORE_MS = 30 * 60 * 1000;
const CHAIN_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** Sends the SDK's requests through the tool's own client: the same proxies, certificates and timeouts for everything. */
function handlerOver(requests: Requests): Handler {
  return {
    async handle(request, options) {
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(request.query ?? {})) {
        for (const one of Array.isArray(value) ? value : [value]) query.append(key, one ?? '');
      }
      const port = request.port === undefined ? '' : `:${request.port}`;
      const search = query.size > 0 ? `?${query}` : '';
      const url = new URL(`${request.protocol}//${request.hostname}${port}${request.path}${search}`);
      const signal = options?.abortSignal instanceof AbortSignal ? options.abortSignal : new AbortController().signal;
      const body = typeof request.body === 'string' ? Buffer.from(request.body) : undefined;
      const { host: _, ...headers } = request.headers;
      const ask = { method: 'POST' as const, url, headers, side: 'destination' as const, signal };
      const reply = await requests.ask(body === undefined ? ask : { ...ask, body }, ANSWER_LIMIT);
      const flat = Object.entries(reply.headers).map(([name, value]) => [name, String(value ?? '')] as const);
      const bytes = reply.status >= 400 ? Buffer.from(reply.text ?? '') : reply.bytes;
      return {
        response: { statusCode: reply.status, headers: Object.fromEntries(flat), body: Readable.from([bytes]) },
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function isWithoutIdentity(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'CredentialsProviderError' || /region is missing/i.test(error.message))
  );
}

function refused(what: string, error: unknown): MirrorError {
  const name = error instanceof Error ? error.name : 'unknown error';
  const message = error instanceof Error ? error.message : String(error);
  return new MirrorError(`aws gave no token for ${what}: ${name} ${oneLine(message)}`, {
    code: 'CREDENTIALS_UNREADABLE',
    origin: 'destination',
    hint: 'the role needs ecr:GetAuthorizationToken; or give the password with --private-ecr-password',
    cause: error,
  });
}

function passwordOf(token: string | undefined): string | undefined {
  const text = token === undefined ? '' : Buffer.from(token, 'base64').toString('utf8');
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined;
}

/** Asks AWS for tokens when a host first needs one, and again before they expire. The SDK is loaded only then: it is large. */
export function createEcr(
  requests: Requests,
  settings: NetworkSettings,
  env: Readonly<Record<string, string | undefined>>,
): Ecr {
  const requestHandler = handlerOver(requests);
  const kept = new Map<string, Token>();

  async function privateToken(region: string | undefined, signal: AbortSignal): Promise<Token | undefined> {
    const key = region ?? 'own';
    const known = kept.get(key);
    if (known !== undefined && known.until - Date.now() > RENEW_BEFORE_MS) return known;
    const { ECRClient, GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
    const client = new ECRClient({ requestHandler, ...(region === undefined ? {} : { region }) });
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
    const [data] = answer.authorizationData ?? [];
    const password = passwordOf(data?.authorizationToken);
    if (password === undefined) return undefined;
    const token = { password, endpoint: data?.proxyEndpoint, until: data?.expiresAt?.getTime() ?? 0 };
    kept.set(key, token);
    return token;
  }

  async function publicPassword(signal: AbortSignal): Promise<string | undefined> {
    if (!CHAIN_VARIABLES.some((name) => env[name] !== undefined)) return undefined;
    const { ECRPUBLICClient, GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr-public');
    const client = new ECRPUBLICClient({ requestHandler, region: PUBLIC_REGION });
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
    return passwordOf(answer.authorizationData?.authorizationToken);
  }

  async function asked<T>(what: string, work: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isWithoutIdentity(error)) return undefined;
      throw refused(what, error);
    }
  }

  return {
    async token(host, signal) {
      const read = (): Promise<string | undefined> => {
        if (host === PUBLIC_HOST) return publicPassword(signal);
        // a name of one's own tells no region: then it is that of the identity
        return isPrivateEcr(settings, host)
          ? privateToken(ecrRegion(host), signal).then((token) => token?.password)
          : Promise.resolve(undefined);
      };
      const password = await asked(host, read);
      return password === undefined ? undefined : { username: 'AWS', password, origin: 'the AWS credential chain' };
    },
    async ownRegistry(signal) {
      const token = await asked('the own account', () => privateToken(undefined, signal));
      return token?.endpoint?.replace(/^https?:\/\//, '');
    },
  };
}
