import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { listening } from './listening.ts';

/** A request that has come to the proxy. `status` is undefined while it is under way, and when it was cut. */
interface ProxiedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number | undefined;
}

/**
 * What is to go wrong with the requests that match. Several things can be combined; a status ends the request. Headers without a
 * status are added to those of the answer, or take their places.
 */
interface Fault {
  /** Upper case; undefined matches every method. */
  readonly method?: string;
  readonly path: RegExp;
  /** How many requests it hits; undefined means all. */
  readonly times?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
  /** Holds the request until the promise settles. */
  readonly until?: Promise<unknown>;
  /** Closes the connection after so many bytes of the response's body, or of the request's body when it has one. */
  readonly cutAfterBytes?: number;
  /** What else is so for one request, decided when it comes. */
  readonly now?: (method: string) => Pick<Fault, 'status' | 'headers' | 'body'>;
}

/** A fault in force. */
interface FaultHandle {
  hits(): number;
  /** Resolves when the first request has been hit. */
  readonly firstHit: Promise<void>;
  remove(): void;
}

/** A reverse proxy on loopback in front of one server. */
export interface CountingProxy {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly url: string;
  /** All requests so far, in the order in which they came. */
  requests(): readonly ProxiedRequest[];
  /** Those that change something: every method but GET, HEAD and OPTIONS. */
  writes(): readonly ProxiedRequest[];
  /** Forgets the requests so far. */
  reset(): void;
  addFault(fault: Fault): FaultHandle;
  stop(): Promise<void>;
}

interface ActiveFault {
  readonly fault: Fault;
  hits: number;
  readonly hit: () => void;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Passes bytes on and calls `cut` once `limit` of them have gone through. */
function limited(limit: number, cut: () => void): Transform {
  let left = limit;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const part = chunk.subarray(0, Math.max(0, left));
      left -= chunk.length;
      this.push(part);
      // the bytes that were let through are to arrive before the connection closes
      if (left < 0) setImmediate(cut);
      else done();
    },
  });
}

function findFault(faults: readonly ActiveFault[], method: string, path: string): ActiveFault | undefined {
  return faults.find(({ fault, hits }) => {
    if (hits >= (fault.times ?? Number.POSITIVE_INFINITY)) return false;
    return (fault.method === undefined || fault.method === method) && fault.path.test(path);
  });
}

function hasBody(incoming: IncomingMessage): boolean {
  return incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length'] ?? 0) > 0;
}

/** Raw headers, names and values in turn, with others in place of those of the same names. */
function replaced(raw: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const names = new Set(Object.keys(added).map((name) => name.toLowerCase()));
  const isKept = (index: number): boolean => !names.has((raw[index - (index % 2)] ?? '').toLowerCase());
  return [...raw.filter((_, index) => isKept(index)), ...Object.entries(added).flat()];
}

type Outcome = (status: number) => void;

/** Sends a request on to the target and its answer back. Headers go through as they are, Host included. */
function forward(
  target: URL,
  agent: Agent,
  incoming: IncomingMessage,
  response: ServerResponse,
  { cutAfterBytes, headers: added = {} }: Pick<Fault, 'cutAfterBytes' | 'headers'>,
  finished: Outcome,
): void {
  const cut = () => incoming.socket.destroy();
  const cutRequest = cutAfterBytes !== undefined && hasBody(incoming);
  const { method, url: path, headers } = incoming;
  const outgoing = request({ agent, host: target.hostname, port: target.port, method, path, headers }, (answer) => {
    finished(answer.statusCode ?? 0);
    response.writeHead(answer.statusCode ?? 502, replaced(answer.rawHeaders, added));
    if (cutAfterBytes !== undefined && !cutRequest) answer.pipe(limited(cutAfterBytes, cut)).pipe(response);
    else answer.pipe(response);
    answer.on('error', cut);
  });
  outgoing.on('error', cut);
  response.on('close', () => outgoing.destroy());
  if (cutRequest) incoming.pipe(limited(cutAfterBytes, cut)).pipe(outgoing);
  else incoming.pipe(outgoing);
}

/** Starts a proxy in front of `target`, an `http://host:port`. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true });
  const seen: { method: string; path: string; status: number | undefined }[] = [];
  const faults: ActiveFault[] = [];

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = incoming;
    const entry: (typeof seen)[number] = { method, path, status: undefined };
    seen.push(entry);
    const active = findFault(faults, method, path);
    if (active !== undefined) active.hits += 1;
    active?.hit();
    const fault = active && { ...active.fault, ...active.fault.now?.(method) };
    if (fault?.delayMs !== undefined) await delay(fault.delayMs);
    if (fault?.until !== undefined) await fault.until;
    if (fault?.status !== undefined) {
      entry.status = fault.status;
      incoming.resume();
      response.writeHead(fault.status, { ...fault.headers });
      response.end(fault.body);
      return;
    }
    forward(new URL(target), agent, incoming, response, fault ?? {}, (status) => {
      entry.status = status;
    });
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  const { host, url } = await listening(server);
  return {
    host,
    url,
    requests: () => [...seen],
    writes: () => seen.filter((entry) => !READS.has(entry.method)),
    reset: () => seen.splice(0),
    addFault(fault) {
      let hit = () => {};
      const firstHit = new Promise<void>((resolve) => {
        hit = resolve;
      });
      const active: ActiveFault = { fault, hits: 0, hit };
      faults.push(active);
      return {
        firstHit,
        hits: () => active.hits,
        remove: () => faults.splice(faults.indexOf(active), faults.includes(active) ? 1 : 0),
      };
    },
    async stop() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
