import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { type Chance, fits, oneOf, TROUBLES, type Trouble } from './chaos.ts';
import { listening } from './listening.ts';

/** A proxy on loopback in front of one registry that makes trouble by chance. */
export interface ChaosProxy {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Makes trouble with this share of the requests from now on; 0 makes none. */
  trouble(share: number, chance: Chance, stallMs?: number): void;
  /** How often each trouble was made. */
  readonly counts: ReadonlyMap<Trouble, number>;
  /** How many chunks of layers have come. */
  readonly chunks: () => number;
  stop(): Promise<void>;
}

const STALL_MS = 700;
/** What every token begins with: no run may leave one anywhere. */
export const TOKEN = 'chaos-token';
const REFUSALS: Partial<
  Record<Trouble, { readonly status: number; readonly headers: Readonly<Record<string, string>> }>
> = {
  'refuse-500': { status: 500, headers: {} },
  'refuse-502': { status: 502, headers: { 'content-type': 'text/html' } },
  'refuse-503-later': { status: 503, headers: { 'retry-after': '1' } },
  'refuse-429': { status: 429, headers: {} },
  'refuse-429-later': { status: 429, headers: { 'retry-after': '0' } },
  'refuse-401': { status: 401, headers: { 'www-authenticate': 'Basic realm="chaos"' } },
  'lose-upload': { status: 404, headers: { 'content-type': 'application/json' } },
  // nobody listens there
  'redirect-nowhere': { status: 307, headers: { location: 'http://127.0.0.1:9/nowhere' } },
};

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function cutting(after: number, cut: () => void): Transform {
  let left = after;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      this.push(chunk.subarray(0, Math.max(0, left)));
      left -= chunk.length;
      if (left <= 0) setImmediate(cut);
      else done();
    },
  });
}

/** Ends early, as if that were all. */
function shortened(after: number): Transform {
  let left = after;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      this.push(chunk.subarray(0, Math.max(0, left)));
      left -= chunk.length;
      done();
    },
  });
}

function changing(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const changed = Buffer.from(chunk);
      changed.writeUInt8((changed.readUInt8(0) + 1) % 256, 0);
      done(null, changed);
    },
  });
}

function slowly(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      setTimeout(() => done(null, chunk), 20);
    },
  });
}

function withWrongDigest(headers: readonly string[]): string[] {
  return headers.map((value, index) =>
    index % 2 === 1 && /^docker-content-digest$/i.test(headers[index - 1] ?? '') ? `sha256:${'f'.repeat(64)}` : value,
  );
}

function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_, index) => !/^content-length$/i.test(headers[index - (index % 2)] ?? ''));
}

interface Passage {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly trouble: Trouble | undefined;
  readonly chance: Chance;
}

/** Passes a request on, with a trouble on its way there or back. */
function pass(target: URL, agent: Agent, { incoming, response, trouble, chance }: Passage): void {
  const cut = (): void => {
    incoming.socket.destroy();
  };
  const length = Number(incoming.headers['content-length'] ?? 0);
  const { method, url: path } = incoming;
  // the registry behind knows no logins
  const { authorization: _login, ...headers } = incoming.headers;
  const outgoing = request({ agent, host: target.hostname, port: target.port, method, path, headers }, (answer) => {
    // the registry has done it, and nobody hears of it
    if (trouble === 'reset-after') {
      answer.resume();
      answer.once('end', cut);
      return;
    }
    const told = trouble === 'truncate' ? withoutLength(answer.rawHeaders) : answer.rawHeaders;
    const sent = trouble === 'wrong-digest' ? withWrongDigest(told) : told;
    response.writeHead(answer.statusCode ?? 502, sent);
    const size = Number(answer.headers['content-length'] ?? 0);
    if (trouble === 'reset-in-answer') answer.pipe(cutting(Math.floor(size * chance()), cut)).pipe(response);
    else if (trouble === 'truncate') answer.pipe(shortened(Math.floor(size * chance()))).pipe(response);
    else if (trouble === 'wrong-bytes') answer.pipe(changing()).pipe(response);
    else if (trouble === 'slow') answer.pipe(slowly()).pipe(response);
    else answer.pipe(response);
    answer.on('error', cut);
  });
  outgoing.on('error', cut);
  response.on('close', () => outgoing.destroy());
  if (trouble === 'reset-in-request') incoming.pipe(cutting(Math.floor(length * chance()), cut)).pipe(outgoing);
  else incoming.pipe(outgoing);
}

/** Starts a proxy in front of `target`, an `http://host:port`. It makes no trouble in the beginning. */
export async function startChaosProxy(target: string): Promise<ChaosProxy> {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<Trouble, number>();
  let share = 0;
  let stallMs = STALL_MS;
  let tokens = 0;
  let chunks = 0;
  let chance: Chance = () => 1;

  function draw(incoming: IncomingMessage): Trouble | undefined {
    const { method = 'GET', url: path = '/' } = incoming;
    if (share === 0 || chance() >= share) return undefined;
    const fitting = TROUBLES.filter((one) => fits(one, { method, path }));
    const trouble = oneOf(fitting, chance);
    counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
    return trouble;
  }

  /** As a registry whose tokens do not last: anyone gets another one. */
  function demandToken(response: ServerResponse, realm: string): void {
    const challenge = `Bearer realm="http://${realm}/token",service="chaos",error="invalid_token"`;
    response.writeHead(401, { 'www-authenticate': challenge });
    response.end('{"errors":[{"code":"UNAUTHORIZED"}]}');
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.url?.startsWith('/token') === true) {
      tokens += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token: `${TOKEN}-${tokens}` }));
      return;
    }
    if (incoming.method === 'PATCH') chunks += 1;
    const trouble = draw(incoming);
    if (trouble === 'reset-before') {
      incoming.socket.destroy();
      return;
    }
    if (trouble === 'stall') await pause(stallMs);
    if (trouble === 'expired-token') {
      incoming.resume();
      demandToken(response, incoming.headers.host ?? '');
      return;
    }
    const refusal = trouble === undefined ? undefined : REFUSALS[trouble];
    if (refusal === undefined) {
      pass(new URL(target), agent, { incoming, response, trouble, chance });
      return;
    }
    incoming.resume();
    response.writeHead(refusal.status, { ...refusal.headers });
    response.end(trouble === 'lose-upload' ? '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' : '');
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  const { host } = await listening(server);
  return {
    host,
    counts,
    chunks: () => chunks,
    trouble(nextShare, nextChance, nextStallMs = STALL_MS) {
      stallMs = nextStallMs;
      share = nextShare;
      chance = nextChance;
    },
    async stop() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
