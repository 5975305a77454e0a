import { finished, Readable } from 'node:stream';
import type { Side } from '../ports/registry.ts';
import { readBody, readRefusal } from './bodies.ts';
import type { HostLimits, HostPlace, Lane } from './host-limits.ts';
import type { Answer, AnswerHeaders, Exchange, HttpClient, Method } from './http.ts';
import type { Retries } from './http-retry.ts';
import { followRedirects } from './redirects.ts';

/** One request as the adapters make it. */
export interface Ask {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header; it belongs to the origin of `url` and never goes elsewhere. */
  readonly authorization?: string | undefined;
  readonly body?: Uint8Array | Readable;
  readonly side: Side;
  readonly signal: AbortSignal;
  /** Whether a request other than GET and HEAD may be sent again. Streams never are. */
  readonly repeatable?: boolean;
  /** Whose place at the host it takes, where what is sent and received does not tell; a stream takes one of the uploads. */
  readonly lane?: Lane;
  /** One that `hold` gave: the request takes no other, and leaves it to who holds it. */
  readonly place?: HostPlace | undefined;
  /** Applied to every redirect target before it is asked. */
  readonly mapTarget?: (url: URL) => URL;
}

/** A whole answer in memory. */
export interface Reply {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly url: URL;
  readonly bytes: Buffer;
  /** The beginning of the body when the status is 400 or above. */
  readonly text: string | undefined;
}

/** An answer whose body is still to come; for a status of 400 or above it has been read, and `text` holds it. */
export interface OpenReply {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly url: URL;
  readonly text: string | undefined;
  readonly body: Readable;
}

/** Requests with everything a polite client owes a host: its limit, redirects, retries. */
export interface Requests {
  /** A whole answer of at most `limit` bytes. Throws ConnectionFailure, AnswerTooLarge, or MirrorError RATE_LIMITED. */
  ask(ask: Ask, limit: number): Promise<Reply>;
  /** An answer to be streamed. The caller reads `body` to its end or destroys it: until then it holds a place at the host. */
  open(ask: Ask): Promise<OpenReply>;
  /**
   * A place among the uploads to a host, for several requests in a row. Who reads from elsewhere between them has to hold it all
   * the while: else the ones wait with a download for a place to upload, and the others with that place for a download.
   */
  hold(host: string, signal: AbortSignal): Promise<HostPlace>;
  /** Whether a host took an upload after `since`, in milliseconds. */
  hasTaken(host: string, since: number): boolean;
}

/** Hears of the head of every answer, with the host that gave it. */
export type Heard = (host: string, headers: AnswerHeaders) => void;

function isReading({ method }: Ask): boolean {
  return method === 'GET' || method === 'HEAD';
}

function laneOf(ask: Ask, reading: Lane): Lane {
  if (!isReading(ask) && ask.body instanceof Readable) return 'upload';
  return ask.lane ?? (isReading(ask) ? reading : 'write');
}

/** Joins client, limits and retries. `heard` is for what hosts say beside what they are asked. */
export function createRequests(
  client: HttpClient,
  limits: HostLimits,
  retries: Retries,
  heard: Heard = () => undefined,
): Requests {
  const hold = (host: string, signal: AbortSignal) => limits.enter(host, 'upload', signal);

  async function sendLimited(exchange: Exchange, lane: Lane, held?: HostPlace): Promise<Answer> {
    const place = held ?? (await limits.enter(exchange.url.host, lane, exchange.signal));
    const leave = (): void => {
      if (held === undefined) place.leave();
    };
    try {
      // the host may have asked for a rest while this one waited for its place
      await retries.ready(exchange.url.host, exchange.signal);
      const begun = performance.now();
      const answer = await client.send(exchange);
      place.answered(answer.status, performance.now() - begun);
      heard(exchange.url.host, answer.headers);
      finished(answer.body, { writable: false }, leave);
      return answer;
    } catch (error) {
      leave();
      throw error;
    }
  }

  function send(ask: Ask, lane: Lane): Promise<Answer> {
    const { method, body, signal } = ask;
    const headersFor = (authorized: boolean) => {
      const authorization = authorized && ask.authorization !== undefined ? { authorization: ask.authorization } : {};
      return { ...ask.headers, ...authorization };
    };
    if (!isReading(ask)) {
      return sendLimited({ method, url: ask.url, headers: headersFor(true), body, signal }, lane, ask.place);
    }
    const sendTo = (url: URL, authorized: boolean) =>
      sendLimited({ method, url, headers: headersFor(authorized), signal }, lane);
    return followRedirects(ask.url, sendTo, ask.mapTarget ?? ((url) => url));
  }

  function repeated<T extends Reply | OpenReply>(ask: Ask, lane: Lane, attempt: () => Promise<T>): Promise<T> {
    const idempotent = isReading(ask) || ask.repeatable === true;
    const kind = lane === 'upload' ? lane : `${ask.method} ${lane}`;
    const scope = { host: ask.url.host, kind, side: ask.side, signal: ask.signal };
    return idempotent && !(ask.body instanceof Readable) ? retries.run(scope, attempt) : retries.once(scope, attempt);
  }

  async function readWhole(answer: Answer, limit: number, signal: AbortSignal): Promise<Reply> {
    const { status, headers, url } = answer;
    if (status < 400) return { status, headers, url, bytes: await readBody(answer, limit, signal), text: undefined };
    const text = await readRefusal(answer, signal);
    return { status, headers, url, bytes: Buffer.from(text), text };
  }

  function ask(request: Ask, limit: number): Promise<Reply> {
    const lane = laneOf(request, 'ask');
    return repeated(request, lane, async () => readWhole(await send(request, lane), limit, request.signal));
  }

  function open(request: Ask): Promise<OpenReply> {
    const lane = laneOf(request, 'download');
    return repeated(request, lane, async () => {
      const answer = await send(request, lane);
      const { status, headers, url, body } = answer;
      if (status < 400) return { status, headers, url, text: undefined, body };
      const text = await readRefusal(answer, request.signal);
      return { status, headers, url, text, body: Readable.from([Buffer.from(text)]) };
    });
  }

  return { ask, open, hold, hasTaken: (host, since) => retries.hasServed(host, 'upload', since) };
}
