import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createPace, type Pace, paced } from './pace.ts';
import type { ProxyCounts, ProxyOptions } from './proxy-protocol.ts';
import { type RequestKind, requestKind } from './request-kind.ts';

/** A proxy that listens. */
export interface ProxyServer {
  readonly hosts: readonly string[];
  /** What has passed since the last time. */
  take(): ProxyCounts;
  close(): void;
}

interface Direction {
  readonly ofConnection: WeakMap<Socket, Pace>;
  readonly total: Pace | undefined;
}

const NOT_FOUND = 404;
const FIRST_REFUSAL = 400;
const BAD_GATEWAY = 502;

function directionOf({ totalRate }: ProxyOptions): Direction {
  return { ofConnection: new WeakMap(), total: totalRate === undefined ? undefined : createPace(totalRate) };
}

function pacesOf(socket: Socket, { ofConnection, total }: Direction, { connectionRate }: ProxyOptions): Pace[] {
  const paces = total === undefined ? [] : [total];
  if (connectionRate === undefined) return paces;
  const own = ofConnection.get(socket) ?? createPace(connectionRate);
  ofConnection.set(socket, own);
  return [...paces, own];
}

class Counter {
  #requests: Partial<Record<RequestKind, number>> = {};
  #refused = 0;
  #connections = 0;
  #open = 0;
  #most = 0;
  bytesUp = 0;
  bytesDown = 0;

  connected(): void {
    this.#connections += 1;
  }

  began(): void {
    this.#open += 1;
    this.#most = Math.max(this.#most, this.#open);
  }

  answered(method: string, path: string, status: number): void {
    const kind = requestKind(method, path, status);
    this.#requests[kind] = (this.#requests[kind] ?? 0) + 1;
    const isAnswer = method === 'HEAD' && status === NOT_FOUND;
    if (status >= FIRST_REFUSAL && !isAnswer) this.#refused += 1;
  }

  ended(): void {
    this.#open -= 1;
  }

  take(): ProxyCounts {
    const { bytesUp, bytesDown } = this;
    const [requests, refused, connections, most] = [this.#requests, this.#refused, this.#connections, this.#most];
    this.#requests = {};
    this.#refused = 0;
    this.#connections = 0;
    this.#most = this.#open;
    this.bytesUp = 0;
    this.bytesDown = 0;
    return { requests, refused, connections, most, bytesUp, bytesDown };
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      // listening on a port, so that there is an address with one
      resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

/** Starts a proxy on loopback. Headers pass as they are, Host included, so that a registry answers with addresses of the proxy. */
export async function startProxyServer(options: ProxyOptions): Promise<ProxyServer> {
  const upstream = new URL(options.upstream);
  const agent = new Agent({ keepAlive: true });
  const counter = new Counter();
  const up = directionOf(options);
  const down = directionOf(options);

  function forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url: path = '/', headers, socket } = incoming;
    const cut = () => socket.destroy();
    const address = { host: upstream.hostname, port: upstream.port };
    const outgoing = request({ agent, ...address, method, path, headers }, (answer) => {
      const status = answer.statusCode ?? BAD_GATEWAY;
      counter.answered(method, path, status);
      response.writeHead(status, answer.rawHeaders);
      const count = (bytes: number): void => {
        counter.bytesDown += bytes;
      };
      answer.on('error', cut);
      answer.pipe(paced(pacesOf(socket, down, options), count)).pipe(response);
    });
    outgoing.on('error', cut);
    response.on('close', () => outgoing.destroy());
    const count = (bytes: number): void => {
      counter.bytesUp += bytes;
    };
    incoming.pipe(paced(pacesOf(socket, up, options), count)).pipe(outgoing);
  }

  function handle(incoming: IncomingMessage, response: ServerResponse): void {
    counter.began();
    response.once('close', () => counter.ended());
    if (options.delayMs === 0) forward(incoming, response);
    else setTimeout(() => (response.destroyed ? undefined : forward(incoming, response)), options.delayMs);
  }

  const servers = Array.from({ length: options.ports }, () => {
    // kept connections must not end while a tool works on something else
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, handle);
    return server.on('connection', () => counter.connected());
  });
  return {
    hosts: await Promise.all(servers.map(listen)),
    take: () => counter.take(),
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      agent.destroy();
    },
  };
}
