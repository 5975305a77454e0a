import { describe, expect, test } from 'vitest';
import { hostnameOf, isInternal, isLoopback } from '../../../src/adapters/addresses.ts';
import { schemeOf, settingsOf } from '../../../src/adapters/host-settings.ts';
import { hostWith, settingsWith } from '../../support/http-network.ts';

describe('hosts by their spelling', () => {
  test.each([
    ['Quay.io:443', 'quay.io'],
    ['[::1]:5000', '::1'],
    ['::1', '::1'],
    ['127.0.0.1', '127.0.0.1'],
  ])('the name in %s is %s', (host, name) => {
    expect(hostnameOf(host)).toBe(name);
  });

  test.each(['localhost', 'LOCALHOST:80', 'a.localhost', 'localhost.', '127.9.9.9:1', '[::1]', '[::ffff:127.0.0.1]'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each(['localhost.example.org', 'notlocalhost', '128.0.0.1', '127.0.0.1.example.org'])(
    '%s is not loopback',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  test.each([
    '10.0.0.1',
    '172.31.0.1:80',
    '192.168.1.1',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00::1]',
    '0.0.0.0',
    '127.0.0.1',
  ])('%s is internal', (host) => {
    expect(isInternal(host)).toBe(true);
  });

  test.each(['172.32.0.1', '8.8.8.8', '10.example.org', '[2001:db8::1]'])('%s is not internal', (host) => {
    expect(isInternal(host)).toBe(false);
  });
});

describe('http or https', () => {
  const settings = settingsWith({
    hosts: new Map([
      ['secure.example:5000', hostWith({ plainHttp: false })],
      ['docker.io', hostWith({ plainHttp: true })],
    ]),
    plainHttpHosts: ['plain.example', 'port.example:5000', 'secure.example:5000'],
  });

  test.each([
    ['plain.example', 'http'],
    ['plain.example:8080', 'http'],
    ['PLAIN.example', 'http'],
    ['port.example:5000', 'http'],
    ['port.example:5001', 'https'],
    ['secure.example:5000', 'https'],
    ['registry-1.docker.io', 'http'],
    ['127.0.0.1:5000', 'http'],
    ['quay.io', 'https'],
  ])('%s is spoken to in %s', (host, scheme) => {
    expect(schemeOf(settings, host)).toBe(scheme);
  });

  test('loopback is spoken to in TLS when plain HTTP was not asked for', () => {
    expect(schemeOf(settingsWith({ plainHttpLoopback: false }), '127.0.0.1:5000')).toBe('https');
  });

  test('a host with the usual port of https has its settings in URLs without it, too', () => {
    const usual = settingsWith({ hosts: new Map([['a.example:443', hostWith({ concurrency: 3 })]]) });
    expect(settingsOf(usual, new URL('https://a.example:443/').host)?.concurrency).toBe(3);
    expect(settingsOf(usual, 'a.example:444')).toBeUndefined();
  });

  test("Docker Hub's hosts have the settings of docker.io", () => {
    expect(settingsOf(settings, 'index.docker.io')?.plainHttp).toBe(true);
  });
});
