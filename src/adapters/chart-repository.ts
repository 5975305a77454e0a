import { gunzipSync } from 'node:zlib';
import type { NetworkSettings } from '../domain/network.ts';
import { MirrorError } from '../errors.ts';
import type { ChartIndexEntry, ChartRepository } from '../ports.ts';
import type { Redactor } from '../redaction.ts';
import { AnswerTooLarge } from './bodies.ts';
import { type ChartIndex, readChartIndex } from './chart-index.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { headerOf } from './http.ts';
import { describeAnswer } from './registry-errors.ts';
import { basicHeader } from './registry-tokens.ts';
import type { Reply, Requests } from './requests.ts';
import { addressOfUrl } from './source-mirrors.ts';

/** The largest index that is read, packed or unpacked, in bytes. */
export const INDEX_LIMIT = 256 * 1024 * 1024;

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

/** Classic chart repositories, through source mirrors. Only user and password written in a URL are sent, to its origin alone. */
export function createChartRepository(
  requests: Requests,
  settings: NetworkSettings,
  redactor: Redactor,
): ChartRepository {
  const indexes = new Map<string, Promise<ChartIndex>>();
  const logins = new Map<string, string>();

  /** Takes user and password out of a URL and remembers them for its origin. */
  function withoutLogin(url: URL): URL {
    const plain = new URL(url);
    plain.username = '';
    plain.password = '';
    if (url.username === '' && url.password === '') return plain;
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    redactor.learn(password, username);
    logins.set(plain.origin, basicHeader({ username, password, origin: 'its URL' }));
    return plain;
  }

  function reached(url: URL): URL {
    return withoutLogin(addressOfUrl(settings, withoutLogin(url)));
  }

  async function get(named: URL, limit: number, packed: boolean, signal: AbortSignal): Promise<Reply> {
    const url = reached(named);
    const authorization = logins.get(url.origin);
    const headers = { 'accept-encoding': packed ? 'gzip' : 'identity' };
    const mapTarget = (target: URL) => withoutLogin(addressOfUrl(settings, target));
    try {
      return await requests.ask(
        { method: 'GET', url, headers, authorization, side: 'source', signal, mapTarget },
        limit,
      );
    } catch (error) {
      if (!(error instanceof ConnectionFailure)) throw error;
      const via = error.host === named.host ? '' : ` (at ${error.host})`;
      throw unreachable(named, `cannot be reached${via}: ${error.message}`, error.hint, error);
    }
  }

  function checked(named: URL, reply: Reply): Reply {
    const said = describeAnswer(reply.status, reply.text);
    if (reply.status === 200) return reply;
    if (reply.status === 401 || reply.status === 403) {
      const sent = logins.has(reached(named).origin)
        ? 'the user and password of its URL were sent'
        : 'no credentials were sent';
      throw new MirrorError(`${shown(named)} refused: ${said}; ${sent}`, {
        code: 'CHART_SOURCE_DENIED',
        origin: 'source',
        hint: 'write user and password into the repository URL, or use a repository that is open',
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

  async function archive(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array> {
    const named = parseUrl(url);
    try {
      return checked(named, await get(named, limit, false, signal)).bytes;
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error;
      throw new MirrorError(`${shown(named)} is larger than ${limit} bytes`, {
        code: 'CHART_ARCHIVE_REFUSED',
        origin: 'source',
        hint: 'a chart archive of this size is no chart: check what the address serves',
        cause: error,
      });
    }
  }

  return { entries, charts, archive };
}
