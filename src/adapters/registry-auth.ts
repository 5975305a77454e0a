import type { Credentials } from '../domain/network.ts';
import type { Side } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import { type Challenge, parseChallenges } from './challenges.ts';
import type { CredentialStore } from './credentials.ts';
import { type AnswerHeaders, headersOf } from './http.ts';
import { basicHeader, type TokenAnswer, type TokenCache } from './registry-tokens.ts';
import type { RegistryAddress } from './source-mirrors.ts';

/** Who asks for what. `once` marks a body that cannot be sent again: after a 401 the next request brings another login. */
export interface AuthorizedCall {
  readonly address: RegistryAddress;
  /** Token scopes, the one that matters most first: a few registries look at the first only. */
  readonly scopes: readonly string[];
  readonly side: Side;
  readonly signal: AbortSignal;
  readonly once: boolean;
}

/** An answer as far as authentication needs it. `text` is the beginning of a refusal's body. */
export interface Challenged {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly url: URL;
  readonly text: string | undefined;
}

/** Asks `GET /v2/` of a registry with an Authorization header. */
export type Ping = (url: URL, authorization: string, side: Side, signal: AbortSignal) => Promise<Challenged>;

/**
 * The answer, or that no token was to be had. `access` and `detail` say whether credentials were sent and whence. `stale`
 * marks a refusal of a login that has expired, where the body cannot be sent again: the next request brings another login.
 * `reason` is `detail` without words about credentials.
 */
export type Authorized<T> =
  | { readonly kind: 'answer'; readonly answer: T; readonly access: string; readonly stale?: true }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string; readonly reason: string };

/** Answers the challenges of registries. */
export interface RegistryAuth {
  /**
   * Sends a request with the right Authorization header. After a 401 its challenge is answered once; a second 401 is
   * returned. `send` gets the header, and an address when a redirect led to a registry that asks for a token of its own.
   * When a registry of Amazon ECR says that a login has expired, it is given up, and the request is sent once more with
   * the next one.
   *
   * @throws MirrorError CREDENTIALS_UNREADABLE, or what the token server's failure is mapped to.
   */
  authorized<T extends Challenged>(
    call: AuthorizedCall,
    send: (authorization: string | undefined, at: URL | undefined) => Promise<T>,
  ): Promise<Authorized<T>>;
}

type Send<T> = (authorization: string | undefined, at: URL | undefined) => Promise<T>;

/** What is known before a request is sent: the challenge it answers, how, and the words for messages. */
interface Attempt {
  readonly challenge: Challenge;
  readonly scopes: readonly string[];
  readonly solution: TokenAnswer | { readonly kind: 'unsolvable' };
  readonly credentials: Credentials | undefined;
  readonly access: string;
}

/** How many logins to one registry are given up for one request. */
const MOST_REPLACEMENTS = 3;
// what ECR and its token server answer to a login that they do not take: ECR Public 400, aws/containers-roadmap#2835
const LOGIN_REFUSED = new Set([400, 401, 403]);
// the words of ECR beside the code DENIED, older ones included: aws/aws-cli#6580, aws/aws-toolkit-azure-devops#129
const EXPIRED = /authorization token has expired/i;

function choose(answer: Challenged): Challenge | undefined {
  const offered = parseChallenges(headersOf(answer, 'www-authenticate'));
  const bearer = offered.find((challenge) => challenge.scheme === 'bearer' && challenge.parameters.has('realm'));
  return bearer ?? offered.find((challenge) => challenge.scheme === 'basic');
}

/** The scopes wanted, and the challenge's own one if it is about something else: a mirror may know a repository by another name. */
function scopesFor(challenge: Challenge, wanted: readonly string[]): readonly string[] {
  const asked = challenge.parameters.get('scope') ?? '';
  const covered = asked === '' || wanted.some((scope) => scope === asked || scope.startsWith(`${asked},`));
  return covered ? wanted : [...wanted, asked];
}

/** Whether the answer to `challenge` was already given, with a token fetched for it just now. */
function isFinal(tried: Attempt | undefined, challenge: Challenge, wanted: readonly string[]): boolean {
  if (tried?.solution.kind !== 'token' || !tried.solution.fresh) return false;
  if (tried.challenge.scheme !== challenge.scheme) return false;
  return challenge.scheme === 'basic' || String(tried.scopes) === String(scopesFor(challenge, wanted));
}

function refusal<T>(attempt: Attempt | undefined): Authorized<T> | undefined {
  if (attempt?.solution.kind !== 'refused') return undefined;
  const { status, detail: reason } = attempt.solution;
  return { kind: 'refused', status, reason, detail: `${reason}; ${attempt.access}` };
}

function headerFrom(attempt: Attempt | undefined): string | undefined {
  return attempt?.solution.kind === 'token' ? attempt.solution.header : undefined;
}

/** Authentication for a run: what a registry asked for once is answered in advance from then on. */
export function createRegistryAuth(
  credentials: CredentialStore,
  tokens: TokenCache,
  redactor: Redactor,
  ping: Ping,
): RegistryAuth {
  const challenges = new Map<string, Challenge>();
  const learntScopes = new Map<string, readonly string[]>();

  async function credentialsFor(call: AuthorizedCall): Promise<Credentials | undefined> {
    const { address, signal, side } = call;
    if (address.userinfo === undefined) return credentials.find(address.host, address.repository, signal, side);
    redactor.learn(address.userinfo.password, address.userinfo.username);
    return { ...address.userinfo, origin: "the source mirror's address" };
  }

  async function prepareOnce(
    challenge: Challenge,
    scopes: readonly string[],
    call: AuthorizedCall,
    renew: boolean,
  ): Promise<Attempt> {
    const { address, side, signal } = call;
    const found = await credentialsFor(call);
    const access =
      found === undefined
        ? `no credentials were sent, none for ${address.host} were found in ${credentials.searched(address.host)}`
        : `credentials from ${found.origin} were sent`;
    const known = { challenge, scopes, credentials: found, access };
    if (challenge.scheme === 'basic') {
      if (found === undefined) return { ...known, solution: { kind: 'unsolvable' } };
      return { ...known, solution: { kind: 'token', header: basicHeader(found), fresh: true } };
    }
    const request = { challenge, registry: address.base, scopes, credentials: found, side, signal };
    return { ...known, solution: await tokens.get(request, renew) };
  }

  /** A login that the token server of ECR Public refuses is given up for the next one, or for none. */
  async function prepare(
    challenge: Challenge,
    scopes: readonly string[],
    call: AuthorizedCall,
    renew: boolean,
  ): Promise<Attempt> {
    const { host } = call.address;
    for (let count = 0; ; count += 1) {
      const attempt = await prepareOnce(challenge, scopes, call, renew);
      const { solution, credentials: used } = attempt;
      if (solution.kind !== 'refused' || !LOGIN_REFUSED.has(solution.status)) return attempt;
      if (used === undefined || count === MOST_REPLACEMENTS || !credentials.isReplaceable(host, used)) return attempt;
      credentials.drop(host, used);
    }
  }

  /** A HEAD has no body that could tell an expired login from a missing right: then the registry is asked for itself. */
  async function hasExpired(call: AuthorizedCall, attempt: Attempt, answer: Challenged): Promise<boolean> {
    const { address, side, signal } = call;
    const header = headerFrom(attempt);
    if (attempt.credentials === undefined || header === undefined) return false;
    if (answer.url.origin !== address.base.origin || !LOGIN_REFUSED.has(answer.status)) return false;
    if (!credentials.isReplaceable(address.host, attempt.credentials)) return false;
    if (attempt.challenge.scheme === 'basic' && answer.status === 401) return true;
    if (answer.text) return EXPIRED.test(answer.text);
    const { status } = await ping(new URL('/v2/', address.base), header, side, signal);
    return LOGIN_REFUSED.has(status);
  }

  /** Gives an expired login up and sends the request again with the next one, where that is possible. */
  async function sendRenewed<T extends Challenged>(
    call: AuthorizedCall,
    attempt: Attempt,
    answer: T,
    send: Send<T>,
  ): Promise<Authorized<T>> {
    const { credentials: used, access } = attempt;
    if (used !== undefined) credentials.drop(call.address.host, used);
    if (call.once) return { kind: 'answer', answer, access: `${access}; they have expired`, stale: true };
    const renewed = await prepare(attempt.challenge, attempt.scopes, call, true);
    const header = headerFrom(renewed);
    if (header === undefined)
      return { kind: 'answer', answer, access: `${access}; they have expired, and there are no others` };
    return { kind: 'answer', answer: await send(header, undefined), access: renewed.access };
  }

  /** A redirect's target may be a registry of its own; it gets an anonymous token, never somebody's credentials. */
  async function sendElsewhere<T extends Challenged>(call: AuthorizedCall, answer: T, send: Send<T>): Promise<T> {
    const challenge = choose(answer);
    if (challenge?.scheme !== 'bearer') return answer;
    const { side, signal } = call;
    const request = {
      challenge,
      registry: answer.url,
      scopes: scopesFor(challenge, []),
      credentials: undefined,
      side,
      signal,
    };
    const token = await tokens.get(request, false);
    return token.kind === 'token' ? send(token.header, answer.url) : answer;
  }

  async function authorized<T extends Challenged>(call: AuthorizedCall, send: Send<T>): Promise<Authorized<T>> {
    const { origin } = call.address.base;
    const known = challenges.get(origin);
    const place = JSON.stringify([origin, call.scopes]);
    const scopes = learntScopes.get(place) ?? call.scopes;
    let attempt = known === undefined ? undefined : await prepare(known, scopes, call, false);
    const early = refusal<T>(attempt);
    if (early !== undefined) return early;
    let answer = await send(headerFrom(attempt), undefined);
    const asked = answer.status === 401 && answer.url.origin === origin ? choose(answer) : undefined;
    if (asked !== undefined && !isFinal(attempt, asked, call.scopes)) {
      challenges.set(origin, asked);
      learntScopes.set(place, scopesFor(asked, call.scopes));
      attempt = await prepare(asked, scopesFor(asked, call.scopes), call, known !== undefined);
      const refused = refusal<T>(attempt);
      if (refused !== undefined) return refused;
      const header = headerFrom(attempt);
      if (call.once && header !== undefined) return { kind: 'answer', answer, access: attempt.access, stale: true };
      if (header !== undefined) answer = await send(header, undefined);
    }
    if (attempt !== undefined && (await hasExpired(call, attempt, answer)))
      return sendRenewed(call, attempt, answer, send);
    if (answer.status === 401 && answer.url.origin !== origin && !call.once)
      answer = await sendElsewhere(call, answer, send);
    return { kind: 'answer', answer, access: attempt?.access ?? 'no credentials were sent, none were asked for' };
  }

  return { authorized };
}
