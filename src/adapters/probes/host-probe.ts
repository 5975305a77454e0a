import type { ReadOfHost } from '../../domain/doctor/hosts-of-run.ts';
import type { Login, Probe } from '../../domain/doctor/probe.ts';
import { tokenExpiry } from '../../domain/doctor/token-expiry.ts';
import { MANIFEST_MEDIA_TYPES } from '../../domain/manifest.ts';
import type { Credentials, NetworkSettings } from '../../domain/network.ts';
import { type ErrorCode, toMirrorError } from '../../errors.ts';
import { ConnectionFailure } from '../connection-failure.ts';
import type { CredentialStore } from '../credentials.ts';
import { type AnswerHeaders, headerOf } from '../http.ts';
import type { RegistryAccess, RegistryCall } from '../registry-access.ts';
import { describeAnswer } from '../registry-errors.ts';
import { IDENTITY_TOKEN_USER } from '../registry-tokens.ts';
import type { Reply, Requests } from '../requests.ts';
import { addressOf, type RegistryAddress } from '../source-mirrors.ts';

const LIMIT = 64 * 1024;
/** Retries and waits of a run take minutes at a host that is silent; who only looks wants to know sooner. */
export const PATIENCE_MS = 20_000;

/** What probes are made from: the connections of a run. */
export interface ProbeParts {
  readonly access: RegistryAccess;
  readonly requests: Requests;
  readonly credentials: CredentialStore;
  readonly settings: NetworkSettings;
}

/** Asks registries whether they are there, and whether this login may read. Nothing is written. */
export interface HostProbe {
  /** `GET /v2/`, then the head of a manifest. Docker Hub does not count heads (docker/docs, docker-hub/usage/pulls). */
  readonly source: (registry: string, read: ReadOfHost, signal: AbortSignal) => Promise<Probe>;
  /** `GET /v2/`, with the login that the repository would be written with. */
  readonly target: (registry: string, repository: string, signal: AbortSignal) => Promise<Probe>;
}

/**
 * By how much this machine's clock is ahead of the host's, in milliseconds. A cache hands the Date of an older answer on, and
 * its Age: RFC 9111, section 5.1.
 */
export function aheadOf(answer: { readonly headers: AnswerHeaders }): number | undefined {
  const date = Date.parse(headerOf(answer, 'date') ?? '');
  const age = Number(headerOf(answer, 'age') ?? 0);
  return Number.isNaN(date) ? undefined : Date.now() - date - (Number.isFinite(age) ? age * 1000 : 0);
}

/** A login without its password. */
export function loginOf(found: Credentials | undefined): Login | undefined {
  if (found === undefined) return undefined;
  const user = found.username === IDENTITY_TOKEN_USER ? null : found.username;
  return { user, origin: found.origin, expires: tokenExpiry(found.password) };
}

/**
 * Probes within `PATIENCE_MS`; what is thrown becomes a failed probe with this code for connections.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function patiently(
  code: ErrorCode,
  signal: AbortSignal,
  probe: (within: AbortSignal) => Promise<Probe>,
): Promise<Probe> {
  const timeout = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await probe(AbortSignal.any([signal, timeout]));
  } catch (thrown) {
    signal.throwIfAborted();
    if (timeout.aborted) {
      const hint = 'check that the host is up and reachable from here, firewalls, and the proxy variables';
      return { kind: 'failed', code, message: `no answer within ${PATIENCE_MS / 1000} s`, hint };
    }
    if (thrown instanceof ConnectionFailure)
      return { kind: 'failed', code, message: `it cannot be reached: ${thrown.message}`, hint: thrown.hint };
    const { code: own, message, hint = null } = toMirrorError(thrown);
    return { kind: 'failed', code: own, message, hint };
  }
}

/** Probes over the connections of a run: proxies, authorities, mirrors and logins are those that it would use. */
export function createHostProbe({ access, requests, credentials, settings }: ProbeParts): HostProbe {
  function find({ host, repository, userinfo }: RegistryAddress, side: RegistryCall['side'], signal: AbortSignal) {
    if (userinfo !== undefined) return { ...userinfo, origin: "the source mirror's address" };
    return credentials.find(host, repository, signal, side);
  }

  /** `call` is sent as a run would send it; before it, the host is asked without a login whether it wants one. */
  async function ask(call: Omit<RegistryCall, 'what'>, asked: string): Promise<Probe> {
    const { address, side, signal } = call;
    const begun = performance.now();
    const first = await requests.ask({ method: 'GET', url: new URL('/v2/', address.base), side, signal }, LIMIT);
    const milliseconds = performance.now() - begun;
    const aheadMs = aheadOf(first);
    const isRegistry = first.status < 400 || first.status === 401 || first.status === 403;
    const before = first.status === 401 ? await find(address, side, signal) : undefined;
    const got = first.status >= 500 ? plain(first) : await access.ask({ ...call, what: asked }, LIMIT);
    const status = got.kind === 'refused' ? got.status : got.answer.status;
    const isRefused = status === 401 || status === 403;
    const wantsLogin = first.status === 401 || isRefused;
    const after = wantsLogin ? await find(address, side, signal) : undefined;
    const isStale = before !== undefined && before.password !== after?.password;
    const detail = got.kind === 'refused' ? got.reason : describeAnswer(status, got.answer.text);
    return {
      ...{ kind: 'answered', status, asked, isRegistry, wantsLogin, milliseconds, aheadMs },
      detail: status >= 400 ? detail : '',
      login: loginOf(after ?? (isRefused ? before : undefined)),
      stale: isStale && !isRefused ? loginOf(before) : undefined,
      searched: credentials.searched(address.host),
    };
  }

  return {
    source: (registry, { repository, reference }, signal) =>
      patiently('REGISTRY_UNREACHABLE', signal, (within) => {
        const address = addressOf(settings, 'source', registry, repository);
        const headers = { accept: [...MANIFEST_MEDIA_TYPES, '*/*'].join(', ') };
        const call = { method: 'HEAD', address, target: `manifests/${reference}`, headers, actions: 'pull' } as const;
        return ask({ ...call, side: 'source', signal: within }, repository);
      }),
    target: (registry, repository, signal) =>
      patiently('REGISTRY_UNREACHABLE', signal, (within) => {
        const address = addressOf(settings, 'destination', registry, repository);
        const target = new URL('/v2/', address.base);
        const call = { method: 'GET', address, target, actions: 'pull,push', scopes: [] } as const;
        return ask({ ...call, side: 'destination', signal: within }, 'the registry');
      }),
  };
}

function plain(answer: Reply): { readonly kind: 'answer'; readonly answer: Reply } {
  return { kind: 'answer', answer };
}
