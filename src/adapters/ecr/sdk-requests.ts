import { Readable } from 'node:stream';
import { ConnectionFailure } from '../connection-failure.ts';
import type { Method } from '../http.ts';
import type { Ask, Reply, Requests } from '../requests.ts';

/** The part of the SDK's requests that is used; smithy's `HttpRequest`. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The part of smithy's `HttpHandler` that the SDK calls; it takes any object with a `handle`. */
export type SdkRequestHandler = {
  readonly handle: (
    request: SdkRequest,
    options?: { readonly abortSignal?: unknown },
  ) => Promise<{ readonly response: object }>;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => object;
};

/**
 * A failed connection in a form in which the SDK repeats it when it may pass, and only then. It reads `$retryable`, and
 * would guess from the codes of causes otherwise (@smithy/core, submodules/retry, service-error-classification).
 */
export class SdkConnectionFailure extends Error {
  readonly failure: ConnectionFailure;
  readonly $retryable: { readonly throttling: false } | undefined;

  constructor(failure: ConnectionFailure) {
    super(failure.message);
    this.name = 'SdkConnectionFailure';
    this.failure = failure;
    this.$retryable = failure.transient ? { throttling: false } : undefined;
  }
}

// a page of descriptions, or the manifests of a batch of images
const ANSWER_LIMIT = 64 * 1024 * 1024;
const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): URL {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, one ?? '');
  }
  const place = port === undefined ? hostname : `${hostname}:${port}`;
  return new URL(`${protocol}//${place}${path}${search.size > 0 ? `?${search}` : ''}`);
}

function bodyOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? body : undefined;
}

function askOf(request: SdkRequest, abortSignal: unknown): Ask {
  const method = METHODS.find((known) => known === request.method);
  if (method === undefined) throw new TypeError(`the AWS SDK wants to send ${request.method}`);
  const { host: _, ...headers } = request.headers;
  const signal = abortSignal instanceof AbortSignal ? abortSignal : new AbortController().signal;
  const body = bodyOf(request.body);
  // a layer underway may need a token from here: as those of registries, it must not wait for downloads
  const ask = { method, url: urlOf(request), headers, side: 'destination', signal, lane: 'token' } as const;
  return body === undefined ? ask : { ...ask, body };
}

function toResponse({ status, headers, bytes }: Reply): object {
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value ?? '')] as const);
  return { statusCode: status, headers: Object.fromEntries(flat), body: Readable.from([bytes]) };
}

/**
 * Sends the SDK's requests through the tool's own client: the same proxies, certificates and timeouts for everything. The
 * SDK repeats what failed. `onSend` hears the name of each operation that is sent to ECR.
 */
export function sdkRequestHandler(requests: Requests, onSend: (operation: string) => void): SdkRequestHandler {
  return {
    async handle(request, options) {
      // `AmazonEC2ContainerRegistry_V20150921.DescribeImages`; requests to other services of AWS carry none
      const operation = request.headers['x-amz-target']?.split('.').at(-1);
      if (operation !== undefined) onSend(operation);
      try {
        return { response: toResponse(await requests.ask(askOf(request, options?.abortSignal), ANSWER_LIMIT)) };
      } catch (error) {
        throw error instanceof ConnectionFailure ? new SdkConnectionFailure(error) : error;
      }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}
