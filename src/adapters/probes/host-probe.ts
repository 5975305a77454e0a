import type { Probe } from '../../domain/doctor/probe.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import { toMirrorError } from '../../errors.ts';
import type { Side } from '../../ports/registry.ts';
import { type AnswerHeaders, headersOf } from '../http.ts';
import type { RegistryAccess } from '../registry-access.ts';
import type { Requests } from '../requests.ts';
import { addressOf, addressOfUrl } from '../source-mirrors.ts';

const LIMIT = 64 * 1024;

/** Asks hosts whether they are there, and nothing more: `GET /v2/` of registries (OCI distribution specification 1.1, end-1), HEAD of others. */
export interface HostProbe {
  readonly registry: (registry: string, repository: string, side: Side, signal: AbortSignal) => Promise<Probe>;
  readonly repository: (url: URL, signal: AbortSignal) => Promise<Probe>;
  /** The host that is really asked, where a mirror stands before it. */
  readonly through: (registry: string, repository: string, side: Side) => string;
}

function dateOf(answer: { readonly headers: AnswerHeaders }): Date | undefined {
  const [text] = headersOf(answer, 'date');
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function failed(thrown: unknown): Probe {
  const { code, message, hint } = toMirrorError(thrown);
  return { kind: 'failed', code, message, hint: hint ?? null };
}

/** Probes over the connections of a run: proxies, authorities, mirrors and logins are those that it would use. */
export function createHostProbe(access: RegistryAccess, requests: Requests, settings: NetworkSettings): HostProbe {
  return {
    through: (registry, repository, side) => addressOf(settings, side, registry, repository).host,
    async registry(registry, repository, side, signal) {
      const address = addressOf(settings, side, registry, repository);
      const begun = performance.now();
      const call = {
        method: 'GET',
        address,
        target: new URL('/v2/', address.base),
        actions: 'pull',
        scopes: [],
      } as const;
      try {
        const got = await access.ask({ ...call, side, signal, what: `${registry} itself` }, LIMIT);
        const milliseconds = performance.now() - begun;
        if (got.kind === 'refused') {
          return {
            kind: 'refused',
            status: got.status,
            detail: got.detail,
            hasLogin: !got.detail.includes('no credentials'),
          };
        }
        const { answer, access: said } = got;
        const hasLogin = said.startsWith('credentials from');
        return { kind: 'answered', status: answer.status, access: said, hasLogin, date: dateOf(answer), milliseconds };
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        return failed(thrown);
      }
    },
    async repository(url, signal) {
      const begun = performance.now();
      try {
        const answer = await requests.ask(
          { method: 'HEAD', url: addressOfUrl(settings, url), side: 'source', signal },
          LIMIT,
        );
        const milliseconds = performance.now() - begun;
        const said = { access: 'no credentials were sent', hasLogin: false };
        return { kind: 'answered', status: answer.status, ...said, date: dateOf(answer), milliseconds };
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        return failed(thrown);
      }
    },
  };
}
