import { describe, expect, test } from 'vitest';
import { addressOf, addressOfUrl } from '../../../src/adapters/source-mirrors.ts';
import { settingsWith } from '../../support/http-network.ts';

function mirrors(...pairs: string[]) {
  return settingsWith({
    mirrors: pairs.map((pair) => {
      const [from = '', to = ''] = pair.split('=');
      return { from, to };
    }),
  });
}

function reached(registry: string, repository: string, ...pairs: string[]): string {
  const { base, repository: path } = addressOf(mirrors(...pairs), 'source', registry, repository);
  return `${base.origin}/${path}`;
}

describe('where a repository is reached', () => {
  test.each([
    ['quay.io', 'a/b', [], 'https://quay.io/a/b'],
    ['docker.io', 'library/nginx', [], 'https://registry-1.docker.io/library/nginx'],
    ['quay.io', 'a/b', ['quay.io=127.0.0.1:5000'], 'http://127.0.0.1:5000/a/b'],
    ['quay.io', 'a/b', ['quay.io=cache.corp.example'], 'https://cache.corp.example/a/b'],
    ['quay.io', 'a/b', ['quay.io=http://cache.corp.example/quay/'], 'http://cache.corp.example/quay/a/b'],
    ['quay.io', 'a/b', ['quay.io=x.example', 'quay.io/a=y.example'], 'https://y.example/b'],
    ['quay.io', 'a/b', ['quay.io/a=y.example', 'quay.io=x.example'], 'https://y.example/b'],
    ['quay.io', 'ab/c', ['quay.io/a=y.example'], 'https://quay.io/ab/c'],
    ['quay.io', 'a', ['quay.io/a/b=y.example'], 'https://quay.io/a'],
    ['quay.io.example.org', 'a/b', ['quay.io=y.example'], 'https://quay.io.example.org/a/b'],
    ['docker.io', 'library/nginx', ['index.docker.io=y.example/hub'], 'https://y.example/hub/library/nginx'],
    ['docker.io', 'library/nginx', ['docker.io/library=y.example/base'], 'https://y.example/base/nginx'],
    ['quay.io', 'a/b', ['oci://quay.io=y.example'], 'https://y.example/a/b'],
    ['quay.io', 'a/b', ['https://quay.io=y.example'], 'https://quay.io/a/b'],
    ['Quay.IO', 'a/b', ['quay.io=docker.io'], 'https://registry-1.docker.io/a/b'],
  ])('%s/%s with %j is %s', (registry, repository, pairs, expected) => {
    expect(reached(registry, repository, ...pairs)).toBe(expected);
  });

  test('mirrors are for the source side only', () => {
    const address = addressOf(mirrors('quay.io=y.example'), 'destination', 'quay.io', 'a/b');
    expect(address.base.host).toBe('quay.io');
  });

  test('credentials are looked up for the address that is reached', () => {
    const { host, userinfo } = addressOf(mirrors('quay.io=https://me:p%40ss@y.example/q'), 'source', 'quay.io', 'a');
    expect({ host, userinfo }).toEqual({ host: 'y.example', userinfo: { username: 'me', password: 'p@ss' } });
  });
});

describe('where a URL is reached', () => {
  test.each([
    ['https://charts.example/stable/index.yaml', [], 'https://charts.example/stable/index.yaml'],
    [
      'https://charts.example/stable/a.tgz?x=1',
      ['https://charts.example=http://127.0.0.1:80/m'],
      'http://127.0.0.1/m/stable/a.tgz?x=1',
    ],
    [
      'https://charts.example/stable/a.tgz',
      ['https://charts.example/stable/=http://m.example/s'],
      'http://m.example/s/a.tgz',
    ],
    [
      'https://charts.example/stabler/a.tgz',
      ['https://charts.example/stable=http://m.example/s'],
      'https://charts.example/stabler/a.tgz',
    ],
    ['https://charts.example/a.tgz', ['charts.example=127.0.0.1:9'], 'http://127.0.0.1:9/a.tgz'],
    ['https://charts.example/a.tgz', ['charts.example=m.example'], 'https://m.example/a.tgz'],
    ['https://charts.example/a.tgz', ['oci://charts.example=m.example'], 'https://charts.example/a.tgz'],
    ['http://charts.example/a.tgz', ['https://charts.example=m.example'], 'http://charts.example/a.tgz'],
    ['https://charts.example:443/a.tgz', ['charts.example:443=m.example'], 'https://m.example/a.tgz'],
    ['https://charts.example.org/a.tgz', ['charts.example=m.example'], 'https://charts.example.org/a.tgz'],
    [
      'https://charts.example/a.tgz',
      ['charts.example=n.example', 'https://charts.example=m.example'],
      'https://m.example/a.tgz',
    ],
  ])('%s with %j is %s', (url, pairs, expected) => {
    expect(addressOfUrl(mirrors(...pairs), new URL(url)).href).toBe(expected);
  });
});
