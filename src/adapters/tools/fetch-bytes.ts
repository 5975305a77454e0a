import type { Requests } from '../requests.ts';
import type { FetchBytes } from './release.ts';

/** Fetches from release hosts through the tool's own HTTP client: proxies, private CAs, redirects and retries included. */
export function createFetchBytes(requests: Requests): FetchBytes {
  return async (url, limit, signal) => {
    const reply = await requests.ask({ method: 'GET', url: new URL(url), side: 'source', signal }, limit);
    if (reply.status !== 200) throw new Error(`${url} answered ${reply.status}`);
    return reply.bytes;
  };
}
