import type { Probe } from '../../domain/doctor/probe.ts';
import type { Credentials } from '../../domain/network.ts';
import { parseChallenges } from '../challenges.ts';
import { schemeOf } from '../host-settings.ts';
import { headersOf } from '../http.ts';
import { basicHeader } from '../registry-tokens.ts';
import type { Reply } from '../requests.ts';
import { addressOfUrl } from '../source-mirrors.ts';
import { aheadOf, loginOf, type ProbeParts, patiently } from './host-probe.ts';

const LIMIT = 64 * 1024;

function withoutLogin(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** The login that a URL carries itself. */
function ownLogin({ username, password }: URL): Credentials | undefined {
  if (username === '' && password === '') return undefined;
  return {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    origin: 'its URL',
  };
}

/** The head of a chart repository's index, with the login of a run where it is asked for. Indexes are large, heads are not. */
export function probeRepository(
  { requests, credentials, settings }: Omit<ProbeParts, 'access'>,
  named: URL,
  signal: AbortSignal,
): Promise<Probe> {
  return patiently('CHART_SOURCE_UNREACHABLE', signal, async (within) => {
    const reached = addressOfUrl(settings, withoutLogin(named));
    const url = withoutLogin(reached);
    const head = (authorization?: string): Promise<Reply> =>
      requests.ask({ method: 'HEAD', url, authorization, side: 'source', signal: within }, LIMIT);
    const begun = performance.now();
    const first = await head();
    const milliseconds = performance.now() - begun;
    const aheadMs = aheadOf(first);
    const wantsLogin = first.status === 401;
    const offered = parseChallenges(headersOf(first, 'www-authenticate'));
    const takesBasic = offered.length === 0 || offered.some(({ scheme }) => scheme === 'basic');
    // as a run: passwords go to an http address only where the person allowed it
    const isAllowed = url.protocol === 'https:' || schemeOf(settings, url.host) === 'http';
    const stored = async () =>
      isAllowed ? credentials.find(url.host, url.pathname.replace(/^\/+/, ''), within, 'source') : undefined;
    const found = wantsLogin && takesBasic ? (ownLogin(reached) ?? ownLogin(named) ?? (await stored())) : undefined;
    const { status } = found === undefined ? first : await head(basicHeader(found));
    return {
      ...{
        kind: 'answered',
        status,
        asked: 'index.yaml',
        detail: '',
        isRegistry: true,
        wantsLogin,
        milliseconds,
        aheadMs,
      },
      login: loginOf(found),
      stale: undefined,
      searched: credentials.searched(url.host),
    };
  });
}
