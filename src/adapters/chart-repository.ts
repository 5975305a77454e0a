import { gunzipSync } from 'node:zlib';
import type { NetworkSettings } from '../domain/network.ts';
import { MirrorError } from '../errors.ts';
import type { ChartIndexEntry, ChartRepository } from '../ports/charts.ts';
import type { Redactor } from '../redaction.ts';
import { AnswerTooLarge } from './bodies.ts';
import { parseChallenges } from './challenges.ts';
import type { ChartIndex } from './chart-index.ts';
import { ConnectionFailure } from './connection-failure.ts';
import type { CredentialStore } from './credentials.ts';
import { schemeOf } from './host-settings.ts';
import { headerOf, headersOf } from './http.ts';
import { describeAnswer, withWhat } from './registry-errors.ts';
import { basicHeader } from './registry-tokens.ts';
import type { Reply, Requests } from './requests.ts';
import { addressOfUrl } from './source-mirrors.ts';

/** The largest index that is read, packed or unpacked, in bytes. */
export const INDEX_LIMIT = 256 * 1024 * 1024;

/** S3 and others answer 403 for what is not there to those who may not list what is. */
const ABSENT: ReadonlySet<number> = new Set([403, 404, 410]);

/** A URL as messages may show it: without user, password and query. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function unreachable(url: URL, why: string, hint: string, cause?: unknown): MirrorError {
  return new MirrorError(`${shown(url)} ${why}`, { code: 'CHART_SOURCE_UNREACHABLE', origin: 'source', hint, cause });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new MirrorError(`${JSON.stringify(text)} is not an http or https address`, {
    code: 'CHART_SOURCE_UNREACHABLE',
    origin: 'source',
    hint: 'check the repository in the input, or what its index names as the archive',
  });
}

function readEntries(index: ChartIndex, chart: string, repository: URL): readonly ChartIndexEntry[] | undefined {
  try {
    return index.entries(chart);
  } catch (cause) {
    const hint = 'ask who keeps the repository to build its index again';
    throw unreachable(repository, `has an index in which ${chart} cannot be read`, hint, cause);
  }
}

/** A login for an origin: the header, and where it came from, for messages. */
interface Login {
  readonly header: string;
  readonly origin: string;
}

/**
 * Classic chart repositories, through source mirrors. An origin that asks for a login gets the one written in its URL,
 * else the one that docker's configuration has for its host, and no other origin gets it.
 */
export function createChartRepository(
  requests: Requests,
  settings: NetworkSettings,
  redactor: Redactor,
  credentials: CredentialStore,
): ChartRepository {
  const indexes = new Map<string, Promise<ChartIndex>>();
  const logins = new Map<string, Login>();

  /** Takes user and password out of a URL and remembers them for its origin. */
  function withoutLogin(url: URL): URL {
    const plain = new URL(url);
    plain.username = '';
    plain.password = '';
    if (url.username === '' && url.password === '') return plain;
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    redactor.learn(password, username);
    const origin = 'its URL';
    logins.set(plain.origin, { header: basicHeader({ username, password, origin }), origin });
    return plain;
  }

  function reached(url: URL): URL {
    return withoutLogin(addressOfUrl(settings, withoutLogin(url)));
  }

  /** A login for an origin that has just refused `sent`; undefined where there is none, or it was refused itself. */
  async function loginFor(
    url: URL,
    reply: Reply,
    sent: Login | undefined,
    signal: AbortSignal,
  ): Promise<Login | undefined> {
    if (reply.status !== 401 || reply.url.origin !== url.origin || sent !== undefined) return undefined;
    const known = logins.get(url.origin);
    if (known !== undefined) return known;
    const offered = parseChallenges(headersOf(reply, 'www-authenticate'));
    if (offered.length > 0 && !offered.some(({ scheme }) => scheme === 'basic')) return undefined;
    // an index of somebody else may name an http address: passwords go there only where the person allowed it
    if (url.protocol === 'http:' && schemeOf(settings, url.host) === 'https') return undefined;
    const found = await credentials.find(url.host, url.pathname.replace(/^\/+/, ''), signal, 'source');
    if (found === undefined) return undefined;
    const login = { header: basicHeader(found), origin: found.origin };
    logins.set(url.origin, login);
    return login;
  }

  async function get(named: URL, limit: number, packed: boolean, signal: AbortSignal): Promise<Reply> {
    const url = reached(named);
    const headers = { 'accept-encoding': packed ? 'gzip' : 'identity' };
    const mapTarget = (target: URL) => withoutLogin(addressOfUrl(settings, target));
    const ask = (authorization: string | undefined) =>
      requests.ask({ method: 'GET', url, headers, authorization, side: 'source', signal, mapTarget }, limit);
    try {
      const sent = logins.get(url.origin);
      const reply = await ask(sent?.header);
      const login = await loginFor(url, reply, sent, signal);
      return login === undefined ? reply : await ask(login.header);
    } catch (error) {
      if (error instanceof MirrorError && error.code === 'RATE_LIMITED') throw withWhat(error, shown(named));
      if (!(error instanceof ConnectionFailure)) throw error;
      const via = error.host === named.host ? '' : ` (at ${error.host})`;
      throw unreachable(named, `cannot be reached${via}: ${error.message}`, error.hint, error);
    }
  }

  function checked(named: URL, reply: Reply): Reply {
    const said = describeAnswer(reply.status, reply.text);
    if (reply.status === 200) return reply;
    if (reply.status === 401 || reply.status === 403) {
      const { origin, host } = reached(named);
      const login = logins.get(origin);
      const sent =
        login === undefined
          ? `no credentials were sent, none for ${host} were found in ${credentials.searched(host)}`
          : `credentials from ${login.origin} were sent`;
      throw new MirrorError(`${shown(named)} refused: ${said}; ${sent}`, {
        code: 'CHART_SOURCE_DENIED',
        origin: 'source',
        hint: `log in with docker login ${host}, or write the login into the file that it keeps`,
      });
    }
    const hint = reply.status === 404 ? 'check the address' : 'run again when the repository is well';
    throw unreachable(named, `answered ${said}`, hint);
  }

  async function fetchIndex(repository: string, signal: AbortSignal): Promise<ChartIndex> {
    const base = parseUrl(repository);
    const named = new URL(base);
    named.pathname = `${base.pathname.replace(/\/+$/, '')}/index.yaml`;
    try {
      const reply = checked(named, await get(named, INDEX_LIMIT, true, signal));
      const packed = headerOf(reply, 'content-encoding') === 'gzip';
      const bytes = packed ? gunzipSync(reply.bytes, { maxOutputLength: INDEX_LIMIT }) : reply.bytes;
      // it reads YAML, which is much to load for who asks for no chart
      const { readChartIndex } = await import('./chart-index.ts');
      return readChartIndex(bytes.toString('utf8'));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MirrorError) throw error;
      const why =
        error instanceof AnswerTooLarge
          ? `is larger than ${INDEX_LIMIT} bytes`
          : 'is not the index of a chart repository';
      throw unreachable(named, why, 'check that the address is that of a chart repository', error);
    }
  }

  function indexOf(repository: string, signal: AbortSignal): Promise<ChartIndex> {
    const key = repository.replace(/\/+$/, '');
    const known = indexes.get(key);
    if (known !== undefined) return known;
    const fetched = fetchIndex(repository, signal);
    indexes.set(key, fetched);
    // an interrupted fetch says nothing of the repository
    fetched.catch(() => signal.aborted && indexes.delete(key));
    return fetched;
  }

  /** helm resolves against the repository as a directory and hands its query on (pkg/repo, ResolveReferenceURL). */
  function absolute(url: string, base: URL): string | undefined {
    if (!URL.canParse(url, base.href)) return undefined;
    const resolved = new URL(url, base);
    if (!URL.canParse(url) && resolved.search === '') resolved.search = base.search;
    return resolved.href;
  }

  async function entries(
    repository: string,
    chart: string,
    signal: AbortSignal,
  ): Promise<readonly ChartIndexEntry[] | undefined> {
    const index = await indexOf(repository, signal);
    const base = withoutLogin(parseUrl(repository));
    base.pathname = `${base.pathname.replace(/\/+$/, '')}/`;
    const found = readEntries(index, chart, base);
    return found
      ?.map((entry) => ({
        ...entry,
        urls: entry.urls.map((url) => absolute(url, base)).filter((url) => url !== undefined),
      }))
      .filter((entry) => entry.urls.length > 0);
  }

  async function charts(repository: string, signal: AbortSignal): Promise<readonly string[]> {
    return (await indexOf(repository, signal)).charts;
  }

  async function file(named: URL, limit: number, signal: AbortSignal): Promise<Reply> {
    try {
      return await get(named, limit, false, signal);
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error;
      throw new MirrorError(`${shown(named)} is larger than ${limit} bytes`, {
        code: 'CHART_ARCHIVE_REFUSED',
        origin: 'source',
        hint: 'a file of this size is none of a chart: check what the address serves',
        cause: error,
      });
    }
  }

  async function archive(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array> {
    const named = parseUrl(url);
    return checked(named, await file(named, limit, signal)).bytes;
  }

  async function provenance(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const named = parseUrl(url);
    named.pathname += '.prov';
    const reply = await file(named, limit, signal);
    return ABSENT.has(reply.status) ? undefined : checked(named, reply).bytes;
  }

  return { entries, charts, archive, provenance };
}
