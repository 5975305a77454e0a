import { createServer, request } from 'node:http';
import { listening } from './listening.ts';

/** An HTTP proxy on loopback for plain requests, which name the whole address. It opens no tunnels. */
export interface ForwardProxy {
  /** What HTTP_PROXY is to be set to. */
  readonly url: string;
  /** The hosts that were asked for, each once and sorted. */
  hosts(): readonly string[];
  stop(): Promise<void>;
}

/** Starts the proxy. `routes` leads from a host (with its port unless it is 80) to `127.0.0.1:port`; others get 403. */
export async function startForwardProxy(routes: Readonly<Record<string, string>>): Promise<ForwardProxy> {
  const asked = new Set<string>();
  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '');
    const [hostname, port] = routes[url?.host ?? '']?.split(':') ?? [];
    asked.add(url?.host ?? '');
    if (url === null || hostname === undefined) {
      response.writeHead(403).end();
      return;
    }
    const { method, headers } = incoming;
    const path = `${url.pathname}${url.search}`;
    const outgoing = request({ hostname, port, method, path, headers: { ...headers, host: url.host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  const { url } = await listening(server);
  return {
    url,
    hosts: () => [...asked].sort(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
