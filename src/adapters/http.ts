import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { NetworkSettings } from '../domain/network.ts';
import type { Redactor } from '../redaction.ts';
import { connectionFailure } from './connection-failure.ts';
import { type Environment, proxyFor } from './proxies.ts';
import { createTrust } from './tls.ts';
import { undici } from './undici.ts';

/** The verbs used. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One HTTP request. A stream as `body` is sent chunk by chunk and can be sent only once. */
export interface Exchange {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Readable | undefined;
  readonly signal: AbortSignal;
}

/** Header fields by lower-case name; a field that came several times is a list. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer whose head has arrived. `body` must be read to its end or destroyed. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The address that answered, after redirects. */
  readonly url: URL;
  readonly body: Readable;
}

/** Bounds in milliseconds: to connect, to the head of an answer (longer after an upload), and between two chunks of a body. */
export interface Timeouts {
  readonly connect: number;
  readonly head: number;
  readonly headAfterUpload: number;
  readonly stall: number;
}

/** A registry may assemble a large layer before it answers its upload, hence the long bound there. */
export const DEFAULT_TIMEOUTS: Timeouts = { connect: 15_000, head: 60_000, headAfterUpload: 300_000, stall: 60_000 };

/** Sends single requests: no redirects, no retries, no credentials of its own. */
export interface HttpClient {
  /** Throws ConnectionFailure when there is no answer, and the signal's reason when it was aborted. */
  send(exchange: Exchange): Promise<Answer>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** What a client is made from. */
export interface HttpClientOptions {
  readonly settings: NetworkSettings;
  readonly env: Environment;
  readonly redactor: Redactor;
  readonly timeouts?: Timeouts;
}

/** The text of a header field; the first one when it came several times. */
export function headerOf(answer: { readonly headers: AnswerHeaders }, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** All values of a header field that may come several times. */
export function headersOf(answer: { readonly headers: AnswerHeaders }, name: string): readonly string[] {
  const value = answer.headers[name];
  return typeof value === 'string' ? [value] : (value ?? []);
}

/**
 * The client through which all HTTP goes: connections are kept and reused per origin, proxies and certificates are chosen
 * per host. HTTP/1.1 only: it is what every registry, relay and proxy handles alike, and layers gain nothing from HTTP/2.
 *
 * @throws MirrorError INPUT_INVALID when a certificate file is unusable; `send` throws it for a malformed proxy variable.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const timeouts = options.timeouts ?? DEFAULT_TIMEOUTS;
  const trust = createTrust(options.settings, options.env);
  const dispatchers = new Map<string, Dispatcher>();

  function makeDispatcher(url: URL, proxy: URL | undefined): Dispatcher {
    const { Agent, Pool, ProxyAgent } = undici();
    const common = { allowH2: false, headersTimeout: timeouts.head, bodyTimeout: timeouts.stall };
    const tls = url.protocol === 'https:' ? { secureContext: trust.contextFor(url.host) } : {};
    const connect = { timeout: timeouts.connect, allowH2: false };
    if (proxy === undefined) return new Agent({ ...common, connect: { ...connect, ...tls } });
    if (proxy.password !== '')
      options.redactor.learn(decodeURIComponent(proxy.password), decodeURIComponent(proxy.username));
    const proxyTls = proxy.protocol === 'https:' ? { secureContext: trust.contextFor(proxy.host) } : {};
    return new ProxyAgent({
      ...common,
      uri: proxy.href,
      connectTimeout: timeouts.connect,
      requestTls: { ...connect, ...tls },
      proxyTls: { ...connect, ...proxyTls },
      // without it a proxy that never answers CONNECT would be waited for five minutes
      clientFactory: (origin, inherited) => new Pool(origin, { ...inherited, ...common }),
    });
  }

  function dispatcherFor(url: URL, proxy: URL | undefined): Dispatcher {
    const known = dispatchers.get(url.origin);
    if (known !== undefined) return known;
    const made = makeDispatcher(url, proxy);
    dispatchers.set(url.origin, made);
    return made;
  }

  async function send(exchange: Exchange): Promise<Answer> {
    const { url, signal } = exchange;
    signal.throwIfAborted();
    const proxy = proxyFor(url, options.env);
    try {
      const answer = await dispatcherFor(url, proxy).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: exchange.method,
        headers: { 'user-agent': 'airgap-charts', ...exchange.headers },
        body: exchange.body ?? null,
        signal,
        // undici closes a connection after HEAD unless it is told to keep it, since some servers send a body all the same: then the
        // next answer is broken, and that request is made again
        reset: false,
        headersTimeout: exchange.body === undefined ? timeouts.head : timeouts.headAfterUpload,
      });
      return { status: answer.statusCode, headers: answer.headers, url, body: answer.body };
    } catch (error) {
      signal.throwIfAborted();
      throw connectionFailure(error, url.host, proxy);
    }
  }

  async function close(): Promise<void> {
    await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    dispatchers.clear();
  }

  return { send, close };
}
