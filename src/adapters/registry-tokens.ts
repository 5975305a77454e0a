import type { Credentials } from '../domain/network.ts';
import type { Side } from '../ports/registry.ts';
import type { Redactor } from '../redaction.ts';
import { isInternal } from './addresses.ts';
import type { Challenge } from './challenges.ts';
import { headerOf } from './http.ts';
import type { Clock } from './http-retry.ts';
import { describeAnswer, invalidAnswer, reaching, unexpectedStatus } from './registry-errors.ts';
import type { Reply, Requests } from './requests.ts';

/** The user name that marks a password as an identity token: docker/cli, `cli/config/credentials`. */
export const IDENTITY_TOKEN_USER = '<token>';

/** A bearer token for scopes, and for whom it is asked. */
export interface TokenRequest {
  readonly challenge: Challenge;
  /** The registry that sent the challenge. */
  readonly registry: URL;
  readonly scopes: readonly string[];
  readonly credentials: Credentials | undefined;
  readonly side: Side;
  readonly signal: AbortSignal;
}

/** A token as an Authorization header. `fresh` tells that it was fetched just now. */
export type TokenAnswer =
  | { readonly kind: 'token'; readonly header: string; readonly fresh: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string };

/** Fetches and keeps bearer tokens. */
export interface TokenCache {
  /** A kept token unless `renew` is set or it is about to expire. Throws MirrorError when the token server fails. */
  get(request: TokenRequest, renew: boolean): Promise<TokenAnswer>;
}

const TOKEN_LIMIT = 1024 * 1024;
// distribution/distribution, docs/content/spec/auth/token.md: clients assume 60 seconds when nothing is said
const DEFAULT_LIFE_S = 60;
const USED_SHARE_OF_LIFE = 0.8;

function realmOf(request: TokenRequest): URL {
  const { registry, side } = request;
  const realm = request.challenge.parameters.get('realm') ?? '';
  const refuse = (why: string) => invalidAnswer(registry.host, 'authentication', why, side);
  if (!URL.canParse(realm)) throw refuse(`the token address ${JSON.stringify(realm)} is none`);
  const url = new URL(realm);
  if (url.protocol !== 'https:' && url.protocol !== registry.protocol)
    throw refuse(`the token address ${url.origin} is not https`);
  if (isInternal(url.host) && !isInternal(registry.host)) throw refuse(`the token address ${url.host} is internal`);
  url.username = '';
  url.password = '';
  return url;
}

/** Basic authentication: RFC 7617. */
export function basicHeader(credentials: Credentials): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/**
 * How long a token was on its way, by the server's own clock: caches before token servers hand out older ones. Nothing where it
 * does not say, and where it would be over already.
 */
function ageSeconds(reply: Reply, issued: unknown, life: number): number {
  const at = typeof issued === 'string' ? Date.parse(issued) : Number.NaN;
  const age = (Date.parse(headerOf(reply, 'date') ?? '') - at) / 1000;
  return age > 0 && age < life ? age : 0;
}

function parseToken(reply: Reply): { token: string; lifeSeconds: number } | undefined {
  let body: unknown;
  try {
    body = JSON.parse(reply.bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(body));
  const token = fields.get('token') || fields.get('access_token');
  const life = fields.get('expires_in');
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  // distribution/distribution, docs/content/spec/auth/token.md: it lives from `issued_at` on, not from when it comes
  const lifeSeconds = typeof life === 'number' && life > 0 ? life : DEFAULT_LIFE_S;
  return { token, lifeSeconds: lifeSeconds - ageSeconds(reply, fields.get('issued_at'), lifeSeconds) };
}

/** Tokens for a run, kept by realm, service, scopes and user. */
export function createTokenCache(requests: Requests, redactor: Redactor, clock: Clock): TokenCache {
  const kept = new Map<string, { readonly header: string; readonly until: number }>();
  const underway = new Map<string, Promise<TokenAnswer>>();

  function askByGet(request: TokenRequest, realm: URL): Promise<Reply> {
    const url = new URL(realm);
    const service = request.challenge.parameters.get('service');
    if (service !== undefined) url.searchParams.set('service', service);
    for (const scope of request.scopes) url.searchParams.append('scope', scope);
    const { credentials, side, signal } = request;
    const authorization = credentials === undefined ? undefined : basicHeader(credentials);
    return requests.ask({ method: 'GET', url, authorization, side, signal, lane: 'token' }, TOKEN_LIMIT);
  }

  async function askByPost(request: TokenRequest, realm: URL, identity: Credentials): Promise<Reply> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'airgap-charts',
      service: request.challenge.parameters.get('service') ?? '',
      scope: request.scopes.join(' '),
      refresh_token: identity.password,
    });
    const { side, signal } = request;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = Buffer.from(form.toString());
    const reply = await requests.ask(
      { method: 'POST', url: realm, headers, body, side, signal, lane: 'token', repeatable: true },
      TOKEN_LIMIT,
    );
    return reply.status === 404 || reply.status === 405 ? askByGet(request, realm) : reply;
  }

  async function fetchToken(request: TokenRequest, key: string): Promise<TokenAnswer> {
    const { credentials, registry, side } = request;
    const realm = realmOf(request);
    const what = `a token for ${registry.host}`;
    const identity = credentials?.username === IDENTITY_TOKEN_USER ? credentials : undefined;
    const reply = await reaching(realm.host, what, side, () =>
      identity === undefined ? askByGet(request, realm) : askByPost(request, realm, identity),
    );
    if (reply.status >= 400 && reply.status < 500) {
      const detail = `the token server ${realm.host} answered ${describeAnswer(reply.status, reply.text)}`;
      return { kind: 'refused', status: reply.status, detail };
    }
    if (reply.status !== 200) throw unexpectedStatus(realm.host, what, reply.status, reply.text, side);
    const parsed = parseToken(reply);
    if (parsed === undefined) throw invalidAnswer(realm.host, what, 'it sent no token', side);
    redactor.learn(parsed.token);
    const header = `Bearer ${parsed.token}`;
    kept.set(key, { header, until: clock.now() + parsed.lifeSeconds * 1000 * USED_SHARE_OF_LIFE });
    return { kind: 'token', header, fresh: true };
  }

  async function get(request: TokenRequest, renew: boolean): Promise<TokenAnswer> {
    const { parameters } = request.challenge;
    const { credentials } = request;
    const who = credentials === undefined ? [] : [credentials.username, credentials.password];
    const key = JSON.stringify([parameters.get('realm'), parameters.get('service'), request.scopes, who]);
    const known = kept.get(key);
    if (!renew && known !== undefined && known.until > clock.now())
      return { kind: 'token', header: known.header, fresh: false };
    const joined = underway.get(key) ?? fetchToken(request, key).finally(() => underway.delete(key));
    underway.set(key, joined);
    return joined;
  }

  return { get };
}
