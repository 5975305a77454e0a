import { isInternal } from './addresses.ts';
import { discardBody } from './bodies.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { type Answer, headerOf } from './http.ts';

const MOST_HOPS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** How one GET or HEAD is sent to an address. `authorized` tells whether the credentials of the first address may go along. */
export type SendTo = (url: URL, authorized: boolean) => Promise<Answer>;

function refuse(from: URL, why: string): ConnectionFailure {
  return new ConnectionFailure(why, {
    host: from.host,
    transient: false,
    hint: `check what ${from.host} is configured to redirect to`,
  });
}

function nextUrl(from: URL, first: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw refuse(from, 'it redirects to something that is no address');
  const next = new URL(location, from);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') throw refuse(from, `it redirects to ${next.protocol}`);
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw refuse(from, `it redirects from https to http://${next.host}`);
  }
  if (isInternal(next.host) && !isInternal(first.host)) {
    throw refuse(from, `it redirects to the internal address ${next.host}`);
  }
  next.username = '';
  next.password = '';
  return next;
}

/**
 * Follows redirects of a GET or HEAD by hand, at most ten. Credentials belong to the first address's origin: they are
 * dropped at the first hop elsewhere and never come back. From https to http, and from a name to a literal loopback,
 * private or link-local address, nothing is followed.
 *
 * @throws ConnectionFailure for a redirect that is not followed.
 */
export async function followRedirects(first: URL, send: SendTo, mapTarget: (url: URL) => URL): Promise<Answer> {
  let url = first;
  let authorized = true;
  for (let hop = 0; ; hop += 1) {
    const answer = await send(url, authorized);
    const location = headerOf(answer, 'location');
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
    await discardBody(answer);
    if (hop === MOST_HOPS) throw refuse(url, `it redirects more than ${MOST_HOPS} times`);
    url = mapTarget(nextUrl(url, first, location));
    authorized &&= url.origin === first.origin;
  }
}
