import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findDockerConfig, readDockerConfig } from '../../../src/adapters/docker-config.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'docker-config-'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function write(path: string, content: unknown): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function basic(text: string): { auth: string } {
  return { auth: Buffer.from(text).toString('base64') };
}

function login(auths: unknown, host: string, repository = 'a/b'): unknown {
  write('.docker/config.json', { auths });
  return readDockerConfig({ HOME: home }).loginFor(host, repository);
}

describe('which file is read', () => {
  test('DOCKER_CONFIG, then the home, REGISTRY_AUTH_FILE, and podman', () => {
    const env = {
      HOME: home,
      DOCKER_CONFIG: join(home, 'dc'),
      REGISTRY_AUTH_FILE: join(home, 'auth.json'),
      XDG_RUNTIME_DIR: join(home, 'run'),
    };
    expect(findDockerConfig(env)).toBeUndefined();
    const podmanConfig = write('.config/containers/auth.json', {});
    expect(findDockerConfig(env)).toBe(podmanConfig);
    const podmanRuntime = write('run/containers/auth.json', {});
    expect(findDockerConfig(env)).toBe(podmanRuntime);
    const named = write('auth.json', {});
    expect(findDockerConfig(env)).toBe(named);
    const inHome = write('.docker/config.json', {});
    expect(findDockerConfig({ ...env, DOCKER_CONFIG: undefined })).toBe(inHome);
    const docker = write('dc/config.json', {});
    expect(findDockerConfig(env)).toBe(docker);
  });

  test('without any there is no login', () => {
    const config = readDockerConfig({});
    expect([config.file, config.loginFor('quay.io', 'a'), config.helperFor('quay.io')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('logins', () => {
  test.each(['quay.io', 'https://quay.io', 'https://quay.io/', 'https://quay.io/v2/', 'http://quay.io/v1', 'QUAY.io'])(
    'the key %s is for quay.io',
    (key) => {
      expect(login({ [key]: basic('me:secret') }, 'quay.io')).toEqual({ username: 'me', password: 'secret' });
    },
  );

  test.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'the key %s is for Docker Hub',
    (key) => {
      expect(login({ [key]: basic('me:secret') }, 'docker.io')).toEqual({ username: 'me', password: 'secret' });
    },
  );

  test("docker's own key for the Hub comes first", () => {
    const auths = { 'docker.io': basic('podman:x'), 'https://index.docker.io/v1/': basic('docker:y') };
    expect(login(auths, 'docker.io')).toMatchObject({ username: 'docker' });
  });

  test('the longest path that contains the repository wins, by whole components', () => {
    const auths = { 'quay.io': basic('host:x'), 'quay.io/a': basic('a:x'), 'quay.io/a/b': basic('ab:x') };
    expect(login(auths, 'quay.io', 'a/b/c')).toMatchObject({ username: 'ab' });
    expect(login(auths, 'quay.io', 'a/bc')).toMatchObject({ username: 'a' });
    expect(login(auths, 'quay.io', 'ab')).toMatchObject({ username: 'host' });
  });

  test('a login is for its host only', () => {
    const auths = { 'quay.io': basic('me:x') };
    expect(login(auths, 'quay.io.example.org')).toBeUndefined();
    expect(login(auths, 'example.org')).toBeUndefined();
    expect(login(auths, 'quay.io:8443')).toBeUndefined();
    expect(login({ 'quay.io.example.org': basic('me:x'), 'quay.io:8443': basic('me:x') }, 'quay.io')).toBeUndefined();
    expect(login({ 'quay.io/ab': basic('me:x') }, 'quay.io', 'a')).toBeUndefined();
  });

  test('user and password in the clear, colons and padding in passwords, identity tokens, empty marks', () => {
    expect(login({ h: { username: 'me', password: 'p' } }, 'h')).toEqual({ username: 'me', password: 'p' });
    expect(login({ h: basic('me:a:b\0\0') }, 'h')).toEqual({ username: 'me', password: 'a:b' });
    expect(login({ h: { ...basic('me:x'), identitytoken: 'tok' } }, 'h')).toEqual({
      username: '<token>',
      password: 'tok',
    });
    expect(login({ h: {} }, 'h')).toBeUndefined();
  });
});

describe('helpers', () => {
  test('credHelpers are for their host, credsStore is for the rest', () => {
    write('.docker/config.json', { credHelpers: { 'https://quay.io': 'pass' }, credsStore: 'desktop' });
    const config = readDockerConfig({ HOME: home });
    expect(config.helperFor('quay.io')).toEqual({ name: 'pass', servers: ['https://quay.io', 'quay.io'] });
    expect(config.helperFor('ghcr.io')).toEqual({ name: 'desktop', servers: ['ghcr.io', 'https://ghcr.io'] });
    expect(config.helperFor('docker.io')?.servers[0]).toBe('https://index.docker.io/v1/');
  });

  test('a helper name that is a path is refused', () => {
    const file = write('.docker/config.json', { credsStore: '../../bin/evil' });
    expect(() => readDockerConfig({ HOME: home }).helperFor('quay.io')).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE', message: expect.stringContaining(file) }),
    );
  });
});

describe('malformed files', () => {
  test.each([
    '{"auths": {"h": {"auth": "c2VjcmV0"}',
    '',
    '[]',
    'null',
    '{"auths": []}',
    '{"auths": {"h": "text"}}',
    '{"auths": {"h": {"auth": "c2VjcmV0"}}}',
    '{"auths": {"h": {"auth": 7}}}',
  ])('%s is an error that names the file and nothing of its content', (content) => {
    const file = write('.docker/config.json', content);
    const read = () => readDockerConfig({ HOME: home }).loginFor('h', 'a');
    expect(read).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE', message: expect.stringContaining(file) }),
    );
    expect(read).not.toThrow(/c2Vj|secret/);
  });
});
