import { ecrRegistry } from '../domain/ecr/registry.ts';
import type { Credentials, NetworkSettings } from '../domain/network.ts';
import { canonicalRegistry, DOCKER_HUB } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import type { Side } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import { type CredentialHelper, type DockerConfig, readDockerConfig, type StoredLogin } from './docker-config.ts';
import type { run } from './process.ts';
import type { Environment } from './proxies.ts';

/** Credentials given by flags or their environment variables; `origin` is the flag or variable. */
export interface ExplicitCredentials {
  readonly dockerHub?: Credentials | undefined;
  readonly publicEcr?: Credentials | undefined;
  readonly privateEcr?: Credentials | undefined;
}

/** Finds credentials. The user's own logins are only read. */
export interface CredentialStore {
  /** Credentials for the host that is really reached; undefined for none. Throws MirrorError CREDENTIALS_UNREADABLE. */
  find(host: string, repository: string, signal: AbortSignal, side: Side): Promise<Credentials | undefined>;
  /** Whether these are a token of Amazon ECR that can be given up for another login, if it has expired. */
  isReplaceable(host: string, credentials: Credentials): boolean;
  /** Never gives these again: the host says that they have expired. */
  drop(host: string, credentials: Credentials): void;
  /** Where was looked for a host, for messages. */
  searched(host: string): string;
}

/**
 * What a store is made from. `tokenSource` is asked often, for hosts with logins such as ECR's: it keeps its tokens. It is
 * asked last, or with `tokensFirst` directly after the explicit credentials, since the user has named an identity.
 */
export interface CredentialStoreOptions {
  readonly settings: NetworkSettings;
  readonly env: Environment;
  readonly explicit: ExplicitCredentials;
  readonly redactor: Redactor;
  readonly run: typeof run;
  readonly tokenSource?: (host: string, signal: AbortSignal, side: Side) => Promise<Credentials | undefined>;
  readonly dropToken?: (host: string, password: string) => void;
  readonly tokensFirst?: boolean;
}

const HELPER_TIMEOUT_MS = 60_000;

function explicitFor({ explicit, settings }: CredentialStoreOptions, host: string): Credentials | undefined {
  if (canonicalRegistry(host) === DOCKER_HUB) return explicit.dockerHub;
  const registry = ecrRegistry(host, settings);
  if (registry === undefined) return undefined;
  return registry.kind === 'public' ? explicit.publicEcr : explicit.privateEcr;
}

function helperFailure(helper: CredentialHelper, file: string, why: string): MirrorError {
  return new MirrorError(`docker-credential-${helper.name}, named in ${file}, ${why}`, {
    code: 'CREDENTIALS_UNREADABLE',
    origin: 'local',
    hint: `repair docker-credential-${helper.name}, or remove it from ${file} if it is not needed`,
  });
}

function parseHelperAnswer(helper: CredentialHelper, file: string, text: string): StoredLogin | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw helperFailure(helper, file, 'printed no JSON');
  }
  const fields = new Map<string, unknown>(typeof answer === 'object' && answer !== null ? Object.entries(answer) : []);
  const username = fields.get('Username');
  const password = fields.get('Secret');
  if (typeof username !== 'string' || typeof password !== 'string')
    throw helperFailure(helper, file, 'printed no login');
  return password === '' ? undefined : { username, password };
}

/**
 * The credentials of a run: explicit ones first, then docker's or podman's login file with its helpers, then `tokenSource`.
 * Everything found is told to the redactor before it is handed out. The file is read when a host first asks for a login, so
 * that a broken file does no harm where none is needed.
 */
export function createCredentialStore(options: CredentialStoreOptions): CredentialStore {
  const { env, explicit, redactor } = options;
  let config: DockerConfig | undefined;
  const asked = new Map<string, Promise<StoredLogin | undefined>>();
  const tokens = new WeakSet<Credentials>();
  const expired = new Set<string>();
  for (const given of [explicit.dockerHub, explicit.publicEcr, explicit.privateEcr])
    redactor.learn(given?.password, given?.username);

  async function askHelper(
    helper: CredentialHelper,
    file: string,
    signal: AbortSignal,
  ): Promise<StoredLogin | undefined> {
    const environment = Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    for (const server of helper.servers) {
      const program = `docker-credential-${helper.name}`;
      const result = await options.run(program, ['get'], {
        env: environment,
        input: server,
        signal,
        timeoutMs: HELPER_TIMEOUT_MS,
      });
      if (result.kind === 'spawn-failed') throw helperFailure(helper, file, 'could not be started');
      if (result.kind === 'killed') throw helperFailure(helper, file, `was ended by ${result.signal}`);
      // docker/docker-credential-helpers, credentials/error.go: the one message that means "nothing stored"
      const absent = /credentials not found|no credentials server URL|no credentials username/i.test(
        result.stdout + result.stderr,
      );
      if (result.code !== 0 && !absent)
        throw helperFailure(helper, file, `failed with code ${result.code} for ${server}`);
      const login = result.code === 0 ? parseHelperAnswer(helper, file, result.stdout) : undefined;
      if (login !== undefined) return login;
    }
    return undefined;
  }

  const helperKey = ({ name, servers }: CredentialHelper) => `${name} ${servers[0] ?? ''}`;

  function fromHelper(helper: CredentialHelper, file: string, signal: AbortSignal): Promise<StoredLogin | undefined> {
    const key = helperKey(helper);
    const known = asked.get(key);
    if (known !== undefined) return known;
    const answer = askHelper(helper, file, signal);
    asked.set(key, answer);
    return answer;
  }

  async function fromConfig(host: string, repository: string, signal: AbortSignal): Promise<Credentials | undefined> {
    config ??= readDockerConfig(env);
    const { file } = config;
    if (file === undefined) return undefined;
    const helper = config.helperFor(host);
    const helped = helper === undefined ? undefined : await fromHelper(helper, file, signal);
    if (helper !== undefined && helped !== undefined)
      return { ...helped, origin: `docker-credential-${helper.name} (${file})` };
    const login = config.loginFor(host, repository);
    return login === undefined ? undefined : { ...login, origin: file };
  }

  async function fromTokens(host: string, signal: AbortSignal, side: Side): Promise<Credentials | undefined> {
    const found = await options.tokenSource?.(host, signal, side);
    if (found !== undefined) tokens.add(found);
    return found;
  }

  const loginKey = (host: string, { username, password }: StoredLogin) => JSON.stringify([host, username, password]);

  async function find(
    host: string,
    repository: string,
    signal: AbortSignal,
    side: Side,
  ): Promise<Credentials | undefined> {
    const stored = async () => {
      const login = await fromConfig(host, repository, signal);
      return login === undefined || expired.has(loginKey(host, login)) ? undefined : login;
    };
    const found =
      explicitFor(options, host) ??
      (options.tokensFirst === true ? await fromTokens(host, signal, side) : undefined) ??
      (await stored()) ??
      (await fromTokens(host, signal, side));
    if (found !== undefined) redactor.learn(found.password, found.username);
    return found;
  }

  function drop(host: string, credentials: Credentials): void {
    if (tokens.has(credentials)) {
      options.dropToken?.(host, credentials.password);
      return;
    }
    // a helper such as docker-credential-ecr-login gives another one when it is asked again
    const helper = config?.helperFor(host);
    if (helper !== undefined) asked.delete(helperKey(helper));
    expired.add(loginKey(host, credentials));
  }

  return {
    find,
    drop,
    isReplaceable: (host, credentials) =>
      ecrRegistry(host, options.settings) !== undefined && credentials !== explicitFor(options, host),
    searched(host) {
      const file = config?.file ?? 'any docker or podman login file';
      const isAsked = options.tokenSource !== undefined && ecrRegistry(host, options.settings) !== undefined;
      return isAsked ? `${file} or the AWS credential chain` : file;
    },
  };
}
