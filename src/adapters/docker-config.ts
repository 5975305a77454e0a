import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalRegistry } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { Environment } from './proxies.ts';
import { IDENTITY_TOKEN_USER } from './registry-tokens.ts';

/** A login as the file holds it. */
export interface StoredLogin {
  readonly username: string;
  readonly password: string;
}

/** A program that knows a login: `docker-credential-<name>`, to be asked for `servers` one after the other. */
export interface CredentialHelper {
  readonly name: string;
  readonly servers: readonly string[];
}

/** A docker or podman login file, read once. It is never written to. */
export interface DockerConfig {
  /** The file read; undefined when there is none. */
  readonly file: string | undefined;
  /** The helper that is responsible for a host, by `credHelpers` or else `credsStore`. */
  helperFor(host: string): CredentialHelper | undefined;
  /** The login for a repository: of all keys that contain it, the longest. Throws CREDENTIALS_UNREADABLE for a malformed entry. */
  loginFor(host: string, repository: string): StoredLogin | undefined;
}

type Table = ReadonlyMap<string, unknown>;

// the key under which docker stores its login to Docker Hub, kept from the registry's first API
const HUB_KEY = 'https://index.docker.io/v1/';

function unreadable(file: string, why: string, cause?: unknown): MirrorError {
  return new MirrorError(`${file} ${why}`, {
    code: 'CREDENTIALS_UNREADABLE',
    origin: 'local',
    hint: 'repair the file, or log in again with docker login or podman login',
    cause,
  });
}

/** The file that docker, crane and podman would read: facts as in go-containerregistry, pkg/authn/keychain.go. */
export function findDockerConfig(env: Environment): string | undefined {
  const home = env.HOME ?? '';
  const dockerDirectory = env.DOCKER_CONFIG || (home === '' ? '' : join(home, '.docker'));
  const configHome = env.XDG_CONFIG_HOME || (home === '' ? '' : join(home, '.config'));
  const candidates = [
    dockerDirectory === '' ? '' : join(dockerDirectory, 'config.json'),
    env.REGISTRY_AUTH_FILE ?? '',
    env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json') : '',
    configHome === '' ? '' : join(configHome, 'containers', 'auth.json'),
  ];
  return candidates.find((file) => file !== '' && existsSync(file));
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    // the cause's text may quote the file, and with it a password
    const why = cause instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read';
    throw unreadable(file, why, cause instanceof SyntaxError ? undefined : cause);
  }
}

function tableOf(file: string, value: unknown, name: string): Table {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) throw unreadable(file, `has ${name} that is not an object`);
  return new Map(Object.entries(value));
}

/** `host[/path]` of a key, without the scheme and API version that some tools write. */
function normalizeKey(key: string): string {
  const bare = key
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\/v[12]$/, '');
  const [host = '', ...path] = bare.split('/');
  return [canonicalRegistry(host), ...path].join('/');
}

function decodeAuth(file: string, key: string, auth: string): StoredLogin {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (!/^[A-Za-z0-9+/_=\s-]*$/.test(auth) || colon < 0)
    throw unreadable(file, `has an auth for ${key} that is not base64 of user:password`);
  // docker pads some passwords with null bytes
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

function loginOf(file: string, key: string, value: unknown): StoredLogin | undefined {
  const entry = tableOf(file, value, `auths for ${key}`);
  const field = (name: string): string => {
    const found = entry.get(name) ?? '';
    if (typeof found !== 'string') throw unreadable(file, `has a ${name} for ${key} that is not text`);
    return found;
  };
  const identity = field('identitytoken');
  if (identity !== '') return { username: IDENTITY_TOKEN_USER, password: identity };
  if (field('auth') !== '') return decodeAuth(file, key, field('auth'));
  // with a credentials store, docker leaves empty entries as marks
  return field('username') === '' && field('password') === ''
    ? undefined
    : { username: field('username'), password: field('password') };
}

function longestLogin(file: string, auths: Table, host: string, repository: string): StoredLogin | undefined {
  const wanted = canonicalRegistry(host);
  const path = repository.split('/').filter((part) => part !== '');
  for (let length = path.length; length >= 0; length -= 1) {
    const name = [wanted, ...path.slice(0, length)].join('/');
    const keys = [...auths.keys()].filter((key) => normalizeKey(key) === name);
    // several spellings of one host: docker's own comes first, else the order of the file
    for (const key of keys.sort((a, b) => Number(b === HUB_KEY) - Number(a === HUB_KEY))) {
      const login = loginOf(file, key, auths.get(key));
      if (login !== undefined) return login;
    }
  }
  return undefined;
}

function helperName(file: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)) return value;
  throw unreadable(file, `names a credential helper ${JSON.stringify(value)} that cannot be one`);
}

function findHelper(file: string, helpers: Table, store: unknown, host: string): CredentialHelper | undefined {
  const wanted = canonicalRegistry(host);
  const usual = wanted === 'docker.io' ? [HUB_KEY, 'docker.io', 'index.docker.io'] : [host, `https://${host}`];
  for (const [key, value] of helpers) {
    if (normalizeKey(key) === wanted) return { name: helperName(file, value), servers: [...new Set([key, ...usual])] };
  }
  if (store === undefined || store === null || store === '') return undefined;
  return { name: helperName(file, store), servers: usual };
}

/**
 * Reads the login file of docker or podman. Keys may be `host`, `host/path`, with a scheme or an API version, and for
 * Docker Hub `https://index.docker.io/v1/`.
 *
 * @throws MirrorError CREDENTIALS_UNREADABLE, naming the file.
 */
export function readDockerConfig(env: Environment): DockerConfig {
  const file = findDockerConfig(env);
  if (file === undefined) return { file, helperFor: () => undefined, loginFor: () => undefined };
  const top = tableOf(file, parseFile(file) ?? 'null', 'a top level');
  const auths = tableOf(file, top.get('auths'), 'auths');
  const helpers = tableOf(file, top.get('credHelpers'), 'credHelpers');
  return {
    file,
    helperFor: (host) => findHelper(file, helpers, top.get('credsStore'), host),
    loginFor: (host, repository) => longestLogin(file, auths, host, repository),
  };
}
