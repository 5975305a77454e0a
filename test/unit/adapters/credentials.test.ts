import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CredentialStoreOptions,
  createCredentialStore,
  type ExplicitCredentials,
} from '../../../src/adapters/credentials.ts';
import type { ProcessResult, RunOptions } from '../../../src/adapters/process.ts';
import type { NetworkSettings } from '../../../src/domain/network.ts';
import { Redactor } from '../../../src/redaction.ts';
import { hostWith, NEVER, settingsWith } from '../../support/http-network.ts';

let directory: string;
let redactor: Redactor;
let started: { file: string; argv: readonly string[]; options: RunOptions }[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'credentials-'));
  redactor = new Redactor();
  started = [];
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Given {
  readonly config?: unknown;
  readonly settings?: Partial<NetworkSettings>;
  readonly explicit?: ExplicitCredentials;
  readonly helper?: (server: string) => ProcessResult;
  readonly tokenSource?: CredentialStoreOptions['tokenSource'];
  readonly dropToken?: (host: string, password: string) => void;
  readonly tokensFirst?: boolean;
}

function storeWith({ config, settings, explicit = {}, helper, tokenSource, dropToken, tokensFirst = false }: Given) {
  if (config !== undefined) writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  return createCredentialStore({
    settings: settingsWith(settings),
    env: { DOCKER_CONFIG: directory, PATH: '/bin', EMPTY: undefined },
    explicit,
    redactor,
    run: async (file, argv, options) => {
      started.push({ file, argv, options });
      return helper?.(options.input ?? '') ?? { kind: 'spawn-failed', reason: 'not found' };
    },
    ...(tokenSource === undefined ? {} : { tokenSource }),
    ...(dropToken === undefined ? {} : { dropToken }),
    tokensFirst,
  });
}

function exited(code: number, stdout: string): ProcessResult {
  return { kind: 'exited', code, stdout, stderr: '' };
}

const HELPED = exited(0, JSON.stringify({ ServerURL: 'x', Username: 'helped', Secret: 'from-helper' }));
const ABSENT = exited(1, 'credentials not found in native keychain\n');

describe('explicit credentials', () => {
  const explicit = {
    dockerHub: { username: 'me', password: 'hub-token', origin: '--dockerhub-token' },
    publicEcr: { username: 'AWS', password: 'public-password', origin: 'ECR_PUBLIC_PASSWORD' },
    privateEcr: { username: 'AWS', password: 'private-password', origin: '--private-ecr-password' },
  };

  test('each goes to its host only, before everything else', async () => {
    const auth = Buffer.from('file:pw').toString('base64');
    const store = storeWith({ explicit, config: { auths: { 'docker.io': { auth }, 'quay.io': { auth } } } });
    const find = (host: string) => store.find(host, 'a/b', NEVER, 'source');
    expect(await find('docker.io')).toEqual({ username: 'me', password: 'hub-token', origin: '--dockerhub-token' });
    expect(await find('public.ecr.aws')).toMatchObject({ username: 'AWS', password: 'public-password' });
    expect(await find('123456789012.dkr.ecr.us-west-2.amazonaws.com')).toMatchObject({ password: 'private-password' });
    expect(await find('quay.io')).toMatchObject({ username: 'file', origin: join(directory, 'config.json') });
    expect(await find('docker.io.example.org')).toBeUndefined();
  });

  test('the configuration says which hosts are ECR, before their names do', async () => {
    const named = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
    const hosts = new Map([
      ['alias.example', hostWith({ type: 'ecr' })],
      [named, hostWith({ type: 'generic' })],
    ]);
    const store = storeWith({ explicit, settings: { hosts } });
    expect(await store.find('alias.example', 'a/b', NEVER, 'source')).toMatchObject({ password: 'private-password' });
    expect(await store.find(named, 'a/b', NEVER, 'source')).toBeUndefined();
  });

  test('they are known to the redactor at once', () => {
    storeWith({ explicit });
    const text = `hub-token ${Buffer.from('AWS:private-password').toString('base64')}`;
    expect(redactor.scrub(text)).toBe('*** ***');
  });
});

describe('credential helpers', () => {
  test('the server goes to standard input, never to the arguments', async () => {
    const store = storeWith({ config: { credHelpers: { 'quay.io': 'pass' } }, helper: () => HELPED });
    const found = await store.find('quay.io', 'a/b', NEVER, 'source');
    expect(found).toMatchObject({ username: 'helped', password: 'from-helper' });
    expect(found?.origin).toContain('docker-credential-pass');
    expect(started).toMatchObject([{ file: 'docker-credential-pass', argv: ['get'], options: { input: 'quay.io' } }]);
    expect(started[0]?.options.env).toEqual({ DOCKER_CONFIG: directory, PATH: '/bin' });
    expect(redactor.scrub('from-helper')).toBe('***');
  });

  test('a helper is asked once for a host', async () => {
    const store = storeWith({ config: { credsStore: 'pass' }, helper: () => HELPED });
    await Promise.all([store.find('quay.io', 'a', NEVER, 'source'), store.find('quay.io', 'b', NEVER, 'source')]);
    expect(started).toHaveLength(1);
  });

  test('other spellings of the server, then the file, when it has nothing', async () => {
    const auth = Buffer.from('file:pw').toString('base64');
    const store = storeWith({ config: { credsStore: 'pass', auths: { 'quay.io': { auth } } }, helper: () => ABSENT });
    expect(await store.find('quay.io', 'a', NEVER, 'source')).toMatchObject({ username: 'file' });
    expect(started.map(({ options }) => options.input)).toEqual(['quay.io', 'https://quay.io']);
  });

  test('an identity token keeps its mark', async () => {
    const answer = exited(0, JSON.stringify({ Username: '<token>', Secret: 'identity' }));
    const store = storeWith({ config: { credsStore: 'pass' }, helper: () => answer });
    expect(await store.find('quay.io', 'a', NEVER, 'source')).toMatchObject({
      username: '<token>',
      password: 'identity',
    });
  });

  test.each([
    ['missing', { kind: 'spawn-failed', reason: 'x' }],
    ['killed', { kind: 'killed', signal: 'SIGTERM', why: 'timeout', stderr: '' }],
    ['failing', exited(3, 'locked keychain with from-helper')],
    ['printing nonsense', exited(0, 'from-helper')],
    ['printing half', exited(0, '{"Username":"from-helper"}')],
  ] as const)('a helper that is %s is an error that names it, not its output', async (_name, result) => {
    const store = storeWith({ config: { credsStore: 'pass' }, helper: () => result });
    const find = store.find('quay.io', 'a', NEVER, 'source');
    await expect(find).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE', origin: 'local' });
    await expect(find).rejects.toThrow(/docker-credential-pass/);
    await expect(find).rejects.not.toThrow(/from-helper/);
  });
});

test('the token source is asked last, and its tokens are secrets', async () => {
  const store = storeWith({
    config: { auths: { 'quay.io': { username: 'file', password: 'in-file' } } },
    tokenSource: async (host) => ({ username: 'AWS', password: `token-of-${host}`, origin: 'AWS' }),
  });
  expect(await store.find('quay.io', 'a', NEVER, 'source')).toMatchObject({ username: 'file' });
  expect(await store.find('ecr.example', 'a', NEVER, 'source')).toMatchObject({ username: 'AWS' });
  expect(redactor.scrub('in-file token-of-ecr.example')).toBe('*** ***');
});

describe('logins that have expired', () => {
  const ecr = { hosts: new Map([['ecr.example', hostWith({ type: 'ecr' })]]) };
  const auth = Buffer.from('AWS:old').toString('base64');
  const given = { username: 'AWS', password: 'token', origin: 'AWS' };

  test('in a file give way to a token, for the rest of the run', async () => {
    const store = storeWith({
      settings: ecr,
      config: { auths: { 'ecr.example': { auth } } },
      tokenSource: async () => ({ ...given }),
    });
    const old = await store.find('ecr.example', 'a', NEVER, 'destination');
    expect(old).toMatchObject({ password: 'old' });
    if (old === undefined) return;
    expect(store.isReplaceable('ecr.example', old)).toBe(true);
    store.drop('ecr.example', old);
    expect(await store.find('ecr.example', 'b', NEVER, 'destination')).toMatchObject({ password: 'token' });
  });

  test('from a helper are asked for again', async () => {
    let password = 'first';
    const store = storeWith({
      settings: ecr,
      config: { credHelpers: { 'ecr.example': 'ecr-login' } },
      helper: () => exited(0, JSON.stringify({ Username: 'AWS', Secret: password })),
    });
    const first = await store.find('ecr.example', 'a', NEVER, 'destination');
    password = 'second';
    expect(await store.find('ecr.example', 'a', NEVER, 'destination')).toMatchObject({ password: 'first' });
    if (first !== undefined) store.drop('ecr.example', first);
    expect(await store.find('ecr.example', 'a', NEVER, 'destination')).toMatchObject({ password: 'second' });
  });

  test('of the token source are dropped there', async () => {
    const dropped: string[] = [];
    const store = storeWith({
      settings: ecr,
      tokenSource: async () => ({ ...given }),
      dropToken: (host, password) => dropped.push(`${host} ${password}`),
    });
    const found = await store.find('ecr.example', 'a', NEVER, 'destination');
    if (found !== undefined) store.drop('ecr.example', found);
    expect(dropped).toEqual(['ecr.example token']);
  });

  test('given by hand, or of other registries, are not replaced', async () => {
    const privateEcr = { username: 'AWS', password: 'by hand', origin: '--private-ecr-password' };
    const store = storeWith({ settings: ecr, explicit: { privateEcr } });
    expect(store.isReplaceable('ecr.example', privateEcr)).toBe(false);
    expect(store.isReplaceable('quay.io', given)).toBe(false);
  });
});

describe('the order', () => {
  const auth = Buffer.from('file:pw').toString('base64');
  const config = { auths: { 'ecr.example': { auth }, 'quay.io': { auth } } };
  const tokenSource = async (host: string) =>
    host === 'ecr.example' ? { username: 'AWS', password: 'token', origin: 'AWS' } : undefined;

  test('a token comes before the file when the user has named an identity', async () => {
    const store = storeWith({ config, tokenSource, tokensFirst: true });
    expect(await store.find('ecr.example', 'a', NEVER, 'source')).toMatchObject({ password: 'token' });
    expect(await store.find('quay.io', 'a', NEVER, 'source')).toMatchObject({ password: 'pw' });
  });

  test('and after it otherwise', async () => {
    const store = storeWith({ config, tokenSource });
    expect(await store.find('ecr.example', 'a', NEVER, 'source')).toMatchObject({ password: 'pw' });
  });

  test('the token source hears of the side', async () => {
    const sides: string[] = [];
    const store = storeWith({ tokenSource: async (_host, _signal, side) => void sides.push(side) as undefined });
    await store.find('public.ecr.aws', 'a', NEVER, 'source');
    await store.find('public.ecr.aws', 'a', NEVER, 'destination');
    expect(sides).toEqual(['source', 'destination']);
  });

  test('where was looked is told, with AWS for its own hosts', () => {
    const store = storeWith({ tokenSource });
    expect(store.searched('public.ecr.aws')).toBe('any docker or podman login file or the AWS credential chain');
    expect(store.searched('quay.io')).toBe('any docker or podman login file');
  });
});
