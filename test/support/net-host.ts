import { createServer as createPlainServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { basicAuthorization } from './synthetic-images.ts';

/** A request that a host was sent, before anything was decided about it. */
interface HostRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly authorization: string | undefined;
}

/** Who may come in. A bearer challenge names the token server as `realm`. */
export type Guard =
  | { readonly kind: 'open' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string; readonly token: string };

/** What answers behind the guard: another server (`http://127.0.0.1:port`, path kept), or the test itself. */
export type Backend = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A host of an invented name, on loopback: a proxy or a source mirror has to lead there. */
export interface NetHost {
  readonly name: string;
  /** `127.0.0.1:port`, where it really listens. */
  readonly address: string;
  protect(guard: Guard): void;
  /** All requests so far; those that the guard refused too. */
  requests(): readonly HostRequest[];
  /** Forgets the requests and opens the door. */
  reset(): void;
  stop(): Promise<void>;
}

/** What a host is made of. Without a certificate (PEM) it speaks plain HTTP; with `clientCa` it asks for one in return. */
export interface NetHostOptions {
  readonly name: string;
  readonly backend: Backend;
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly clientCa?: string;
  /** Default `127.0.0.1`. */
  readonly listen?: string;
}

function refusal(guard: Guard, authorization: string | undefined): string | undefined {
  switch (guard.kind) {
    case 'open':
      return undefined;
    case 'basic':
      return authorization === basicAuthorization(guard.user, guard.password) ? undefined : 'Basic realm="tests"';
    case 'bearer':
      return authorization === `Bearer ${guard.token}`
        ? undefined
        : `Bearer realm="${guard.realm}",service="${guard.service}"`;
  }
}

/** What was sent, in all its spellings: servers that quote it show whether the client hides it. */
function echo(authorization = 'nothing'): string {
  const basic = /^Basic (.+)$/.exec(authorization)?.[1];
  return basic === undefined ? authorization : `${authorization}, ${Buffer.from(basic, 'base64').toString('utf8')}`;
}

/** Sends a request on to `base`, without its Authorization, and the answer back. */
export function forward(base: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = new URL(base);
  const forwarded = incoming.socket instanceof TLSSocket ? { 'x-forwarded-proto': 'https' } : {};
  const { authorization: _, ...headers } = { ...incoming.headers, ...forwarded };
  const outgoing = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  outgoing.on('error', () => incoming.socket.destroy());
  incoming.pipe(outgoing);
}

/** Starts a host on a free port. */
export async function startNetHost(options: NetHostOptions): Promise<NetHost> {
  const { name, backend, certificate, clientCa } = options;
  const seen: HostRequest[] = [];
  let guard: Guard = { kind: 'open' };

  function handle(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming;
    seen.push({ method, path, authorization: headers.authorization });
    const challenge = refusal(guard, headers.authorization);
    if (challenge !== undefined) {
      incoming.resume();
      response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: `not with ${echo(headers.authorization)}` }] }),
      );
    } else if (typeof backend === 'string') forward(backend, incoming, response);
    else backend(incoming, response);
  }

  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server =
    certificate === undefined ? createPlainServer(handle) : createTlsServer({ ...certificate, ...mutual }, handle);
  await new Promise<void>((resolve) => server.listen(0, options.listen ?? '127.0.0.1', resolve));
  return {
    name,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    protect(next) {
      guard = next;
    },
    requests: () => [...seen],
    reset() {
      seen.splice(0);
      guard = { kind: 'open' };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The users and passwords of the Basic authorizations that a host was sent, `user:password`, each once. */
export function loginsAt(host: NetHost): readonly string[] {
  const basic = host.requests().flatMap(({ authorization }) => /^Basic (.+)$/.exec(authorization ?? '')?.[1] ?? []);
  return [...new Set(basic.map((text) => Buffer.from(text, 'base64').toString('utf8')))];
}

/** Whether any request to a host held an Authorization header. */
export function wasAuthorized(host: NetHost): boolean {
  return host.requests().some(({ authorization }) => authorization !== undefined);
}
