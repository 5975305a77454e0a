import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProxyOptions } from '../../bench/transfer/proxy-protocol.ts';
import { type ProxyServer, startProxyServer } from '../../bench/transfer/proxy-server.ts';

const BODY = Buffer.alloc(50_000, 7);
const FREE = { ports: 1, delayMs: 0, connectionRate: undefined, totalRate: undefined };

let upstream: Server;
let hosts: (string | undefined)[];
let proxy: ProxyServer | undefined;

beforeEach(async () => {
  hosts = [];
  upstream = createServer((request, response) => {
    hosts.push(request.headers.host);
    request.resume().once('end', () => {
      response.statusCode = request.url?.includes('mount=') ? 201 : request.url?.endsWith('/absent') ? 404 : 200;
      response.end(request.method === 'GET' ? BODY : undefined);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  proxy?.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

async function start(options: Partial<ProxyOptions> = {}): Promise<ProxyServer> {
  const { port } = upstream.address() as AddressInfo;
  proxy = await startProxyServer({ ...FREE, upstream: `http://127.0.0.1:${port}`, ...options });
  return proxy;
}

async function ask(host: string | undefined, method: string, path: string, body?: Uint8Array<ArrayBuffer>) {
  const answer = await fetch(`http://${host}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return Buffer.from(await answer.arrayBuffer());
}

it('passes requests on as they are, and counts them with their bytes until asked', async () => {
  const { hosts: ports, take } = await start({ ports: 2 });
  const [first, second] = ports;
  expect(await ask(first, 'GET', '/v2/a/blobs/b')).toEqual(BODY);
  await ask(second, 'POST', '/v2/a/blobs/uploads/?mount=b&from=c');
  await ask(second, 'PUT', '/v2/a/blobs/uploads/1', new Uint8Array(30_000));
  expect(hosts).toEqual([first, second, second]);
  const { connections, most, ...counts } = take();
  expect(counts).toEqual({
    requests: { 'get blob': 1, 'post mount, mounted': 1, 'put upload': 1 },
    refused: 0,
    bytesUp: 30_000,
    bytesDown: BODY.length,
  });
  expect([connections > 1, most]).toEqual([true, 1]);
  expect(take()).toMatchObject({ requests: {}, bytesUp: 0, bytesDown: 0, connections: 0 });
});

it('tells what is refused from what is only asked for', async () => {
  const { hosts: ports, take } = await start();
  await ask(ports[0], 'HEAD', '/v2/a/manifests/absent');
  await ask(ports[0], 'GET', '/v2/a/manifests/absent');
  expect(take()).toMatchObject({ requests: { 'head manifest': 1, 'get manifest': 1 }, refused: 1 });
});

it('waits before it passes a request on, with several at once', async () => {
  const { hosts: ports, take } = await start({ delayMs: 100 });
  const begin = performance.now();
  await Promise.all([1, 2, 3].map(() => ask(ports[0], 'GET', '/v2/')));
  expect(performance.now() - begin).toBeGreaterThan(95);
  expect(take()).toMatchObject({ requests: { ping: 3 }, most: 3 });
});

it('lets no more bytes through than it is told to', async () => {
  const { hosts: ports } = await start({ totalRate: 5 * BODY.length });
  const begin = performance.now();
  const bodies = await Promise.all([1, 2].map(() => ask(ports[0], 'GET', '/v2/a/blobs/b')));
  expect(performance.now() - begin).toBeGreaterThan(350);
  expect(bodies).toEqual([BODY, BODY]);
});
