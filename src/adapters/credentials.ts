import { isPrivateEcr } from '../domain/ecr-host.ts';
import type { Credentials, NetworkSettings } from '../domain/network.ts';
import { canonicalRegistry, DOCKER_HUB } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
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
  find(host: string, repository: string, signal: AbortSignal): Promise<Credentials | undefined>;
  /** Where was looked, for messages. */
  readonly searched: string;
}

/** What a store is made from. `tokenSource` is asked last and often, for hosts with logins such as ECR's: it keeps its tokens. */
export interface CredentialStoreOptions {
  readonly settings: NetworkSettings;
  readonly env: Environment;
  readonly explicit: ExplicitCredentials;
  readonly redactor: Redactor;
  readonly run: typeof run;
  readonly tokenSource?: (host: string, signal: AbortSignal) => Promise<Credentials | undefined>;
}

const HELPER_TIMEOUT_MS = 60_000;

function explicitFor({ explicit, settings }: CredentialStoreOptions, host: string): Credentials | undefined {
  if (canonicalRegistry(host) === DOCKER_HUB) return explicit.dockerHub;
  if (host.toLowerCase() === 'public.ecr.aws') return explicit.publicEcr;
  return isPrivateEcr(settings, host) ? explicit.privateEcr : undefined;
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

  function fromHelper(helper: CredentialHelper, file: string, signal: AbortSignal): Promise<StoredLogin | undefined> {
    const key = `${helper.name} ${helper.servers[0] ?? ''}`;
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

  async function find(host: string, repository: string, signal: AbortSignal): Promise<Credentials | undefined> {
    const found =
      explicitFor(options, host) ??
      (await fromConfig(host, repository, signal)) ??
      (await options.tokenSource?.(host, signal));
    if (found !== undefined) redactor.learn(found.password, found.username);
    return found;
  }

  return {
    find,
    get searched() {
      return config?.file ?? 'any docker or podman login file';
    },
  };
}
