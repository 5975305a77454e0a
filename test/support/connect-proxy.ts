import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listening } from './listening.ts';

/** A tunnel that was asked for. `allowed` tells whether it was opened. */
interface Tunnel {
  /** `host:port` as the client wrote it. */
  readonly authority: string;
  readonly allowed: boolean;
}

/** An HTTP proxy on loopback that opens tunnels to invented hosts, and to nothing else. */
export interface ConnectProxy {
  /** What HTTPS_PROXY is to be set to. */
  readonly url: string;
  /** All tunnels that were asked for, in order. */
  tunnels(): readonly Tunnel[];
  stop(): Promise<void>;
}

/** What the proxy demands and where it leads. */
export interface ConnectProxyOptions {
  /** `invented.example.test:443` to `127.0.0.1:port`. */
  readonly routes: Readonly<Record<string, string>>;
  /** Basic credentials, without which every request is answered with 407. */
  readonly login?: { readonly user: string; readonly password: string };
}

function mayPass(request: IncomingMessage, login: ConnectProxyOptions['login']): boolean {
  if (login === undefined) return true;
  const expected = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return request.headers['proxy-authorization'] === `Basic ${expected}`;
}

function refuse(client: Duplex, status: string): void {
  client.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

function open(client: Duplex, head: Buffer, address: string): Socket {
  const [host = '', port = ''] = address.split(':');
  const server = connect(Number(port), host, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) server.write(head);
    server.pipe(client).pipe(server);
  });
  server.on('error', () => refuse(client, '502 Bad Gateway'));
  client.on('error', () => server.destroy());
  client.on('close', () => server.destroy());
  return server;
}

/** Starts the proxy. Plain requests through it (without CONNECT) are refused with 403. */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = [];
  const openSockets = new Set<Duplex>();
  const server = createServer((_request, response) => {
    response.writeHead(403).end();
  });
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    const authority = request.url ?? '';
    const route = options.routes[authority];
    const pass = mayPass(request, options.login);
    tunnels.push({ authority, allowed: pass && route !== undefined });
    openSockets.add(client);
    client.on('close', () => openSockets.delete(client));
    if (!pass) refuse(client, '407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="tests"');
    else if (route === undefined) refuse(client, '403 Forbidden');
    else open(client, head, route);
  });
  const { url } = await listening(server);
  return {
    url,
    tunnels: () => [...tunnels],
    async stop() {
      for (const socket of openSockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
