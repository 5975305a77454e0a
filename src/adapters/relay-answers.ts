import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { Side } from '../ports/registry.ts';
import { type AnswerHeaders, headerOf } from './http.ts';
import { invalidAnswer, problemOf } from './registry-errors.ts';
import type { RelayJob } from './relay-jobs.ts';

/** A request and its answer. */
export interface RelayCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** One request at the relay, about a job. `signal` is aborted when the tool goes away or the job is closed. */
export interface RelayExchange extends RelayCall {
  readonly job: RelayJob;
  readonly signal: AbortSignal;
  /** What is asked for, in the words of messages. */
  readonly what: string;
}

// By these a tool decides to ask again: go-containerregistry, pkg/v1/remote/options.go and transport/error.go; oras-go, retry.
const REPEATED_STATUS = new Set([408, 429, 499, 500, 502, 503, 504, 522]);
const REPEATED_CODES = new Set(['BLOB_UPLOAD_INVALID', 'TOOMANYREQUESTS', 'UNAVAILABLE', 'UNKNOWN']);
const FINAL_STATUS = 424;
const FINAL_CODE = 'UNSUPPORTED';

const PASSED_HEADERS = [
  'accept-ranges',
  'content-length',
  'content-range',
  'content-type',
  'docker-content-digest',
  'docker-distribution-api-version',
  'docker-upload-uuid',
  'oci-filters-applied',
  'oci-subject',
  'range',
] as const;

/** The header fields of an answer that mean the same at the relay. */
export function passedHeaders(answer: { readonly headers: AnswerHeaders }): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = headerOf(answer, name);
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

const NO_PROBLEM = { code: undefined, message: undefined };
const LINGER_MS = 1_000;

/** Whether a request brings a body. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

/**
 * The body of a request as a stream of its own. Whoever sends it on destroys what he was given when the other side fails;
 * were that the request itself, the tool's connection would be gone before it could be told why.
 */
export function insulatedBody(request: IncomingMessage): Readable {
  const body = new PassThrough();
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('the tool went away in the middle of its request'));
  });
  return request.pipe(body);
}

/**
 * Ends an answer. What a tool is still sending is read for a moment and thrown away, so that it comes to read the answer;
 * then its connection is cut. `connection: close` would have Node cut it at once, and the answer be lost with it.
 */
export function finish(
  exchange: RelayCall,
  status: number,
  headers: Record<string, string>,
  body?: string | Uint8Array,
): void {
  const { request, response } = exchange;
  // an answer that has ended no longer has it
  const { socket } = response;
  response.writeHead(status, headers);
  response.once('finish', () => {
    if (request.complete) return;
    request.resume();
    setTimeout(() => request.complete || socket?.destroy(), LINGER_MS).unref();
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A refusal in the form of the distribution specification. */
export function refuse(exchange: RelayCall, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  finish(
    exchange,
    status,
    { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
    body,
  );
}

/** A refusal by the other side, as the relay met it. */
export interface Refusal {
  readonly side: Side;
  readonly host: string;
  readonly status: number;
  readonly text: string | undefined;
  readonly detail: string;
  /** Whether the tool may ask again. What the relay has itself repeated in vain must not be repeated by the tool as well. */
  readonly again: boolean;
}

/** What a tool is told when the login had expired and the body of its request is gone: both tools repeat that. */
export const RENEWED = {
  status: 503,
  text: JSON.stringify({ errors: [{ code: 'UNAVAILABLE', message: 'the login has expired and is renewed' }] }),
} as const;

/** Passes a refusal on, and remembers it unless it says nothing is wrong. 401 becomes 403: the tool has no login to add. */
export function passRefusal(exchange: RelayExchange, refusal: Refusal, remember: boolean): void {
  const { side, host, status, detail, again } = refusal;
  const problem = problemOf(refusal.text ?? '');
  if (remember) exchange.job.fail({ side, host, status, detail, problem, what: exchange.what, error: undefined });
  const usual = status === 404 ? 'NAME_UNKNOWN' : status === 401 || status === 403 ? 'DENIED' : FINAL_CODE;
  const code = problem.code ?? usual;
  const passedCode = !again && REPEATED_CODES.has(code) ? FINAL_CODE : code;
  const final = status < 400 || (!again && REPEATED_STATUS.has(status));
  refuse(
    exchange,
    final ? FINAL_STATUS : status === 401 ? 403 : status,
    passedCode,
    problem.message ?? `${host} answered ${status}`,
  );
}

/**
 * Remembers what was thrown while the other side was asked, and answers for it; `again` as in `Refusal`. Silent when the
 * tool went away.
 */
export function passError(exchange: RelayExchange, side: Side, host: string, error: unknown, again: boolean): void {
  if (exchange.signal.aborted) {
    exchange.response.destroy();
    return;
  }
  const known = error instanceof MirrorError ? error : undefined;
  const detail = error instanceof Error ? error.message : String(error);
  exchange.job.fail({ side, host, what: exchange.what, status: undefined, problem: NO_PROBLEM, detail, error: known });
  if (exchange.response.headersSent) exchange.response.destroy();
  else if (again && known?.code === 'REGISTRY_UNREACHABLE') refuse(exchange, 503, 'UNAVAILABLE', detail);
  else refuse(exchange, FINAL_STATUS, FINAL_CODE, detail);
}

/** Whose body is streamed. `expected` is the digest that it must have. */
export interface BodyOrigin {
  readonly side: Side;
  readonly host: string;
  readonly expected?: Digest | undefined;
}

/** Counts what passes, and breaks the stream at its end when it was not what was asked for. */
function counted({ job, what }: RelayExchange, origin: BodyOrigin, onBytes: (count: number) => void): Transform {
  const { side, host, expected } = origin;
  const hash = createHash(expected?.startsWith('sha512:') ? 'sha512' : 'sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      onBytes(chunk.length);
      done(null, chunk);
    },
    flush(done) {
      const found = hash.digest('hex');
      if (expected === undefined || expected.endsWith(`:${found}`)) return done();
      const error = invalidAnswer(host, what, `its content has the digest ${found}`, side);
      job.fail({ side, host, what, status: undefined, problem: NO_PROBLEM, detail: error.message, error });
      return done(error);
    },
  });
}

/**
 * Streams a body to the tool, counting its bytes. When the other side breaks off or sends something else, the tool's
 * connection breaks, too, and the job remembers; when the tool goes away, the body is given up.
 */
export async function streamBody(
  exchange: RelayExchange,
  body: Readable,
  origin: BodyOrigin,
  onBytes: (count: number) => void,
): Promise<void> {
  const { job, response, signal, what } = exchange;
  const { side, host } = origin;
  body.once('error', (error: Error) => {
    if (signal.aborted) return;
    const detail = `the connection broke off in the middle of an answer (${error.message})`;
    job.fail({ side, host, what, status: undefined, problem: NO_PROBLEM, detail, error: undefined });
  });
  try {
    await pipeline(body, counted(exchange, origin, onBytes), response);
  } catch {
    // the job remembers why, unless the tool itself went away
    response.destroy();
  }
}
