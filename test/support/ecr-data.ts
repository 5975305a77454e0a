import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendFault, sendJson, sendRefusal, unsupported } from './ecr-data-answers.ts';
import { createBlobRequests } from './ecr-data-blobs.ts';
import type { DataParts, DataPlace, DataRequest } from './ecr-data-context.ts';
import { listReferrers, listTags, manifestRequest } from './ecr-data-manifests.ts';
import { EcrFault } from './ecr-faults.ts';
import { isName } from './ecr-grammar.ts';
import { ecrNames } from './ecr-hosts.ts';
import type { LayerBucket } from './ecr-layers.ts';
import type { EcrPrincipal } from './ecr-principals.ts';

/** Who is asking. `refused` has been answered already. */
type Caller = { readonly kind: 'known'; readonly principal: EcrPrincipal | undefined } | { readonly kind: 'refused' };

const ROUTE = /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*)$/;

function passwordIn(authorization: string | undefined, scheme: 'Basic' | 'Bearer'): string | undefined {
  const encoded = new RegExp(`^${scheme} (.+)$`, 'i').exec(authorization ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  return text.startsWith('AWS:') ? text.slice('AWS:'.length) : undefined;
}

/** The challenge names the registry (regclient/regclient#709); the body is plain text (mdlavin/copy-docker-image#5). */
function challengeBasic({ account, region }: DataPlace, response: ServerResponse): void {
  const realm = `https://${ecrNames(account, region).registry}/`;
  const challenge = `Basic realm="${realm}",service="ecr.amazonaws.com"`;
  response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'text/plain; charset=utf-8' });
  response.end(response.req.method === 'HEAD' ? undefined : 'Not Authorized\n');
}

/** The text is what docker prints after `denied:` (microsoft/vscode#205489, aws/aws-cli#6580). */
const EXPIRED = 'Your authorization token has expired. Reauthenticate and try again.';
/** kreuzwerker/terraform-provider-docker#666. */
const INVALID = 'Your Authorization Token is invalid.';

/** Makes the data plane: `/v2/…`, and the token server of ECR Public. */
export function createEcrData(parts: DataParts, bucket: LayerBucket) {
  const blobs = createBlobRequests(parts, bucket);
  const anonymous = new Set<string>();

  /** HTTP Basic with user AWS (userguide/registry_auth.html, "HTTP API authentication"). */
  function privateCaller(place: DataPlace, request: IncomingMessage, response: ServerResponse): Caller {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      parts.gate.refuse('missing');
      challengeBasic(place, response);
      return { kind: 'refused' };
    }
    const state = parts.tokens.stateOf('ecr', passwordIn(authorization, 'Basic') ?? '');
    const fits = state.kind === 'valid' && (!parts.regionalTokens || state.region === place.region);
    if (fits) return { kind: 'known', principal: state.principal };
    parts.gate.refuse(state.kind === 'expired' ? 'expired' : 'invalid');
    // an expired one is told apart (aws/aws-cli#6580); any other is as none at all (lablup/backend.ai#2549)
    if (state.kind === 'expired') sendRefusal(response, 403, 'DENIED', EXPIRED);
    else challengeBasic(place, response);
    return { kind: 'refused' };
  }

  /**
   * Bearer only; the API's own token is one too (terraform-provider-docker#666). Basic and wrong tokens are answered with 400
   * (dependabot/proxy#157, containers-roadmap#2835); without any, the body is JSON (lablup/backend.ai#2549).
   */
  function publicCaller(place: DataPlace, request: IncomingMessage, response: ServerResponse): Caller {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      parts.gate.refuse('missing');
      const challenge = `Bearer realm="${place.origin}/token/",service="public.ecr.aws",scope="aws"`;
      const errors = [{ code: 'DENIED', message: 'Not Authorized' }];
      sendJson(response, 401, { errors }, { 'www-authenticate': challenge });
      return { kind: 'refused' };
    }
    if (anonymous.has(authorization.replace(/^Bearer /i, ''))) return { kind: 'known', principal: undefined };
    const state = parts.tokens.stateOf('ecr-public', passwordIn(authorization, 'Bearer') ?? '');
    if (state.kind === 'valid') return { kind: 'known', principal: state.principal };
    parts.gate.refuse(state.kind === 'expired' ? 'expired' : 'invalid');
    sendRefusal(response, 400, 'DENIED', state.kind === 'expired' ? EXPIRED : INVALID);
    return { kind: 'refused' };
  }

  function giveToken(request: IncomingMessage, response: ServerResponse): void {
    const { authorization } = request.headers;
    const password = passwordIn(authorization, 'Basic');
    const state = parts.tokens.stateOf('ecr-public', password ?? '');
    if (authorization !== undefined && state.kind !== 'valid') {
      parts.gate.refuse(state.kind === 'expired' ? 'expired' : 'invalid');
      sendRefusal(response, 400, 'DENIED', state.kind === 'expired' ? EXPIRED : INVALID);
      return;
    }
    const token =
      password === undefined ? randomBytes(48).toString('base64') : Buffer.from(`AWS:${password}`).toString('base64');
    if (password === undefined) anonymous.add(token);
    sendJson(response, 200, { token });
  }

  function list(asked: DataRequest, kind: string, rest: string): Promise<void> | undefined {
    if (asked.request.method !== 'GET') return undefined;
    if (kind === 'referrers') return listReferrers(parts, asked, rest);
    return rest === 'list' ? listTags(parts, asked) : undefined;
  }

  function route(asked: DataRequest, kind: string, rest: string): Promise<void> {
    const { method } = asked.request;
    const found =
      kind === 'manifests'
        ? manifestRequest(parts, asked, rest)
        : kind === 'blobs/uploads'
          ? blobs.upload(asked, rest)
          : kind === 'blobs'
            ? blobs.blob(asked, rest)
            : list(asked, kind, rest);
    if (found === undefined) throw unsupported(`the emulator has no ${method} of ${kind}`);
    return found;
  }

  /** The names of ECR Public begin with the alias of a registry. */
  function repositoryAt(place: DataPlace, path: string): Pick<DataRequest, 'registry' | 'name'> {
    if (place.service === 'ecr')
      return { registry: parts.store.registry('ecr', place.account, place.region), name: path };
    const [alias = '', ...rest] = path.split('/');
    const registry = parts.store.byAlias(alias);
    if (registry !== undefined) return { registry, name: rest.join('/') };
    const message = `The repository with name '${path}' does not exist in the registry`;
    throw new EcrFault('RepositoryNotFoundException', message);
  }

  async function answer(place: DataPlace, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    if (place.service === 'ecr-public' && path.startsWith('/token')) return giveToken(request, response);
    const caller = (place.service === 'ecr' ? privateCaller : publicCaller)(place, request, response);
    if (caller.kind === 'refused') return;
    const { principal } = caller;
    if (path === '/v2/' || path === '/v2') {
      const registry = parts.store.registry(place.service, place.account, place.region);
      const entry = { action: 'CheckLogin', plane: 'data' as const, registry, repositories: [], principal };
      await parts.gate.pass(entry, () => undefined);
      return sendJson(response, 200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
    }
    const [, full, kind, rest] = ROUTE.exec(path) ?? [];
    if (full === undefined || kind === undefined || rest === undefined)
      throw unsupported(`the emulator has no ${path}`);
    const { registry, name } = repositoryAt(place, full);
    const asked = { place, registry, name, base: `/v2/${full}`, query: new URLSearchParams(query), principal };
    if (!isName(place.service, name))
      throw new EcrFault('InvalidNameException', `'${name}' is no name of a repository`);
    return route({ ...asked, request, response }, kind, decodeURIComponent(rest));
  }

  return async function handle(place: DataPlace, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answer(place, request, response);
    } catch (error) {
      if (!(error instanceof EcrFault) || response.headersSent) throw error;
      sendFault(response, error);
    } finally {
      // what was refused before its body was read
      request.resume();
    }
  };
}
