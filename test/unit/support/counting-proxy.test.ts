import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CountingProxy, startCountingProxy } from '../../support/counting-proxy.ts';

describe('the counting proxy', () => {
  let target: Server;
  let proxy: CountingProxy;
  let received: number;

  beforeEach(async () => {
    received = 0;
    target = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      request.on('end', () => {
        const location = `http://${request.headers.host}/next`;
        response.writeHead(request.method === 'POST' ? 202 : 200, { location });
        response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(100_000, 65));
      });
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    proxy = await startCountingProxy(`http://127.0.0.1:${(target.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await proxy.stop();
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  });

  it('passes requests and answers on, and records them', async () => {
    const answer = await fetch(`${proxy.url}/v2/a?x=1`, { method: 'POST', body: 'hello' });
    expect([answer.status, (await answer.arrayBuffer()).byteLength, received]).toEqual([202, 100_000, 5]);
    await fetch(`${proxy.url}/v2/b`, { method: 'HEAD' });
    expect(proxy.requests()).toEqual([
      { method: 'POST', path: '/v2/a?x=1', status: 202 },
      { method: 'HEAD', path: '/v2/b', status: 200 },
    ]);
    expect(proxy.writes()).toHaveLength(1);
    proxy.reset();
    expect(proxy.requests()).toEqual([]);
  });

  it('keeps the Host header, so that absolute addresses lead back to it', async () => {
    expect((await fetch(`${proxy.url}/a`)).headers.get('location')).toBe(`${proxy.url}/next`);
  });

  it('answers with a status as often as asked, and only where it matches', async () => {
    const fault = proxy.addFault({ method: 'GET', path: /^\/v2\/a$/, status: 503, times: 1, body: 'busy' });
    expect((await fetch(`${proxy.url}/v2/b`)).status).toBe(200);
    const refused = await fetch(`${proxy.url}/v2/a`);
    expect([refused.status, await refused.text()]).toEqual([503, 'busy']);
    expect((await fetch(`${proxy.url}/v2/a`)).status).toBe(200);
    expect(fault.hits()).toBe(1);
  });

  it('cuts an answer after so many bytes', async () => {
    const fault = proxy.addFault({ path: /./, cutAfterBytes: 1000 });
    await expect(fetch(`${proxy.url}/a`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    fault.remove();
    expect((await (await fetch(`${proxy.url}/a`)).arrayBuffer()).byteLength).toBe(100_000);
  });

  it('cuts a request after so many bytes of its body', async () => {
    proxy.addFault({ method: 'PUT', path: /./, cutAfterBytes: 1000 });
    await expect(fetch(`${proxy.url}/a`, { method: 'PUT', body: Buffer.alloc(500_000) })).rejects.toThrow();
    expect(received).toBeLessThanOrEqual(1000);
  });

  it('holds a request until it is let go', async () => {
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fault = proxy.addFault({ path: /./, until });
    let arrived = false;
    const answer = fetch(`${proxy.url}/a`).then((response) => {
      arrived = true;
      return response.status;
    });
    await fault.firstHit;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(arrived).toBe(false);
    release();
    expect(await answer).toBe(200);
  });
});
