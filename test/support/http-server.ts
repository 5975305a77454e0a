import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './http-certificates.ts';

/** A request as the server saw it. `body` is whole. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers one request; the body has been read already unless `readBodies` is off. */
export type Answering = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

/** A server on loopback that remembers what it was asked. */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly seen: SeenRequest[];
  /** `METHOD path` of everything seen. */
  lines(): string[];
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly certificate?: Certificate;
  readonly clientCa?: string;
  readonly readBodies?: boolean;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function makeServer(listener: RequestListener, options: ServerOptions): Server {
  const { certificate, clientCa } = options;
  if (certificate === undefined) return createServer(listener);
  const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return createTlsServer({ cert: certificate.cert, key: certificate.key, ...client }, listener);
}

export async function startServer(answer: Answering, options: ServerOptions = {}): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = makeServer(async (raw, response) => {
    try {
      const body = options.readBodies === false ? Buffer.alloc(0) : await bodyOf(raw);
      const request = { method: raw.method ?? '', url: raw.url ?? '', headers: raw.headers, body };
      seen.push(request);
      await answer(request, response, raw);
    } catch {
      response.destroy();
    }
  }, options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    port,
    url: `${options.certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    lines: () => seen.map(({ method, url }) => `${method} ${url}`),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Sends a whole answer. */
export function reply(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[]> = {},
  body: string | Buffer = '',
): void {
  response.writeHead(status, headers);
  response.end(body);
}
