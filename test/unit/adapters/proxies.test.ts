import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../src/adapters/proxies.ts';

function chosen(url: string, env: Record<string, string>): string | undefined {
  return proxyFor(new URL(url), env)?.host;
}

describe('the proxy of an address', () => {
  test.each([
    ['https://quay.io/v2/', { HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    ['https://quay.io/v2/', { https_proxy: 'p:1' }, 'p:1'],
    ['https://quay.io/v2/', { HTTPS_PROXY: 'http://big:1', https_proxy: 'http://small:2' }, 'big:1'],
    ['https://quay.io/v2/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://quay.io/v2/', { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    ['http://quay.io/v2/', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://quay.io/v2/', { HTTPS_PROXY: '' }, undefined],
  ])('%s with %o goes through %s', (url, env, expected) => {
    expect(chosen(url, env as unknown as Record<string, string>)).toBe(expected);
  });

  test.each(['https://localhost/', 'https://127.0.0.1:5000/', 'https://[::1]:5000/', 'https://a.localhost/'])(
    'loopback is never proxied: %s',
    (url) => {
      expect(chosen(url, { HTTPS_PROXY: 'http://p:1' })).toBeUndefined();
    },
  );

  test.each([
    ['corp.example', 'https://corp.example/', true],
    ['corp.example', 'https://a.corp.example/', true],
    ['corp.example', 'https://notcorp.example/', false],
    ['.corp.example', 'https://a.corp.example/', true],
    ['.corp.example', 'https://corp.example/', false],
    ['*.corp.example', 'https://a.corp.example/', true],
    ['a, corp.example ,b', 'https://corp.example/', true],
    ['CORP.example', 'https://corp.Example/', true],
    ['corp.example:443', 'https://corp.example/', true],
    ['corp.example:444', 'https://corp.example/', false],
    ['10.0.0.0/8', 'https://10.1.2.3:5000/', true],
    ['10.0.0.0/8', 'https://11.1.2.3:5000/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.1.2.3:443', 'https://10.1.2.3/', true],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['fd00::1', 'https://[fd00::1]:5000/', true],
    ['*', 'https://anything.example/', true],
  ])('NO_PROXY=%s and %s: exempt is %s', (noProxy, url, exempt) => {
    expect(chosen(url, { HTTPS_PROXY: 'http://p:1', NO_PROXY: noProxy }) === undefined).toBe(exempt);
  });

  test.each(['ftp://p:1', 'http://', '::::'])('a variable that is no address is an input error: %s', (value) => {
    expect(() => chosen('https://quay.io/', { HTTPS_PROXY: value })).toThrow(/HTTPS_PROXY is not a proxy address/);
  });

  test('a malformed variable is not repeated in the message, as it may hold a password', () => {
    expect(() => chosen('https://quay.io/', { HTTPS_PROXY: 'ftp://u:hunter22@p:1' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter22') }),
    );
  });
});
