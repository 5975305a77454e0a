import { describe, expect, test } from 'vitest';
import { ConnectionFailure } from '../../../../src/adapters/connection-failure.ts';
import { SdkConnectionFailure, sdkRequestHandler } from '../../../../src/adapters/ecr/sdk-requests.ts';
import type { Ask, Reply, Requests } from '../../../../src/adapters/requests.ts';

const REQUEST = {
  method: 'POST',
  protocol: 'https:',
  hostname: 'api.ecr.eu-west-1.amazonaws.com',
  path: '/',
  headers: { host: 'api.ecr.eu-west-1.amazonaws.com', 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.PutImage' },
  body: '{}',
};

function answering(answer: (ask: Ask) => Partial<Reply> | Error) {
  const asked: Ask[] = [];
  const sent: string[] = [];
  const requests: Requests = {
    async ask(ask) {
      asked.push(ask);
      const given = answer(ask);
      if (given instanceof Error) throw given;
      return { status: 200, headers: {}, url: ask.url, bytes: Buffer.alloc(0), text: undefined, ...given };
    },
    open: () => Promise.reject(new Error('not used')),
    hold: () => Promise.reject(new Error('not used')),
    hasTaken: () => false,
  };
  return { asked, sent, handler: sdkRequestHandler(requests, (operation) => sent.push(operation)) };
}

function lost(transient: boolean): ConnectionFailure {
  const cause = Object.assign(new Error('x'), { code: 'ECONNRESET' });
  return new ConnectionFailure('the connection was refused', { host: 'x', transient, hint: 'look', cause });
}

describe('requests of the SDK', () => {
  test('go out as they are, without a host field of their own, and wait for no download', async () => {
    const { handler, asked, sent } = answering(() => ({}));
    await handler.handle({ ...REQUEST, port: 8443, query: { a: ['1', '2'], b: null } });
    expect(asked[0]).toMatchObject({ method: 'POST', lane: 'token' });
    expect(asked[0]?.url.href).toBe('https://api.ecr.eu-west-1.amazonaws.com:8443/?a=1&a=2&b=');
    expect(asked[0]?.headers).toEqual({ 'x-amz-target': REQUEST.headers['x-amz-target'] });
    expect(String(asked[0]?.body)).toBe('{}');
    expect(sent).toEqual(['PutImage']);
  });

  test('keep their method; those to other services are not counted', async () => {
    const { handler, asked, sent } = answering(() => ({}));
    await handler.handle({ ...REQUEST, method: 'GET', headers: {}, body: undefined });
    expect(asked[0]).toMatchObject({ method: 'GET' });
    expect(asked[0]).not.toHaveProperty('body');
    expect(sent).toEqual([]);
    await expect(handler.handle({ ...REQUEST, method: 'BREW' })).rejects.toThrow('BREW');
  });

  test('carry the signal of the call', async () => {
    const { handler, asked } = answering(() => ({}));
    const { signal } = new AbortController();
    await handler.handle(REQUEST, { abortSignal: signal });
    expect(asked[0]?.signal).toBe(signal);
  });

  test('get status, headers and body back', async () => {
    const { handler } = answering(() => ({
      status: 400,
      headers: { 'x-a': ['1', '2'] },
      bytes: Buffer.from('{"a":1}'),
    }));
    const { response } = await handler.handle(REQUEST);
    expect(response).toMatchObject({ statusCode: 400, headers: { 'x-a': '1,2' } });
  });
});

describe('failed connections', () => {
  test('are marked for the SDK to repeat when they may pass', async () => {
    const { handler } = answering(() => lost(true));
    const error = await handler.handle(REQUEST).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SdkConnectionFailure);
    expect(error).toMatchObject({ $retryable: { throttling: false }, message: 'the connection was refused' });
  });

  test('are not repeated otherwise, whatever the code of their cause', async () => {
    const { handler } = answering(() => lost(false));
    const error = await handler.handle(REQUEST).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ $retryable: undefined });
    expect(error).not.toHaveProperty('cause');
  });
});
