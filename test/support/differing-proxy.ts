import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listening } from './listening.ts';

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** How often this method and path were asked for before; all sessions of uploads to a repository are one. */
  readonly before: number;
}

/** An answer of its own. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How a registry differs from the one behind it. */
export interface Difference {
  /** Answers in place of the registry; undefined lets it answer. `body` is that of the request. */
  readonly answer?: (asked: Asked, body: () => Promise<string>) => Promise<Answer | undefined> | Answer | undefined;
  /** What is asked for in place of this path. */
  readonly path?: (asked: Asked) => string;
  /** Replaces the answer of the registry. */
  readonly instead?: (asked: Asked, status: number) => Answer | undefined;
}

/** A proxy on loopback that makes one registry out of another. */
export interface DifferingProxy {
  readonly host: string;
  readonly url: string;
  /** Requests that write, as `METHOD path`. */
  writes(): readonly string[];
  /** How often it differed. */
  differed(): number;
  reset(): void;
  stop(): Promise<void>;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, method: string, { status, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Starts it in front of `target`, an `http://host:port`. */
export async function startDifferingProxy(target: string, difference: Difference): Promise<DifferingProxy> {
  const behind = new URL(target);
  const counts = new Map<string, number>();
  const writes: string[] = [];
  let differed = 0;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const key = `${method} ${url}`;
    // sessions of uploads are named anew each time
    const kind = key.replace(/\/uploads\/.*/, '/uploads/');
    const asked: Asked = { method, path: url, headers, before: counts.get(kind) ?? 0 };
    counts.set(kind, asked.before + 1);
    const own = await difference.answer?.(asked, () => textOf(incoming));
    if (own !== undefined) {
      differed += 1;
      incoming.resume();
      return send(response, method, own);
    }
    if (!['GET', 'HEAD'].includes(method)) writes.push(key);
    const path = difference.path?.(asked) ?? url;
    if (path !== url) differed += 1;
    const { authorization: _authorization, ...rest } = headers;
    const outgoing = request({ host: behind.hostname, port: behind.port, method, path, headers: rest }, (answer) => {
      const status = answer.statusCode ?? 502;
      const changed = difference.instead?.(asked, status);
      if (changed !== undefined) {
        differed += 1;
        answer.resume();
        return send(response, method, changed);
      }
      response.writeHead(status, answer.rawHeaders);
      answer.pipe(response);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  const { host, url } = await listening(server);
  return {
    host,
    url,
    writes: () => writes,
    differed: () => differed,
    reset() {
      writes.length = 0;
      differed = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
