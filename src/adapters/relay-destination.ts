import type { IncomingMessage } from 'node:http';
import { ecrRegistry } from '../domain/ecr/registry.ts';
import { digestOf, parseManifest } from '../domain/manifest.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { type Digest, parseDigest } from '../domain/reference.ts';
import type { DestinationPace } from './destination-pace.ts';
import type { Method } from './http.ts';
import { MANIFEST_LIMIT } from './registry.ts';
import type { RegistryAccess, RegistryCall } from './registry-access.ts';
import type { Authorized } from './registry-auth.ts';
import { invalidAnswer } from './registry-errors.ts';
import {
  finish,
  hasBody,
  insulatedBody,
  passError,
  passedHeaders,
  passRefusal,
  RENEWED,
  type RelayExchange,
  refuse,
  streamBody,
} from './relay-answers.ts';
import type { BlobPlaces } from './relay-jobs.ts';
import { type RelayRoute, relayPath } from './relay-routes.ts';
import type { OpenReply } from './requests.ts';
import { addressOf } from './source-mirrors.ts';
import { uploadAddress } from './upload-address.ts';

/** Answers requests to the destination side of a job. */
export type RelayDestination = (exchange: RelayExchange, route: RelayRoute) => Promise<void>;

type Routed<K extends RelayRoute['kind']> = Extract<RelayRoute, { readonly kind: K }>;

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const EMPTY_LIST = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));

const PASSED_TO_REGISTRY = ['accept', 'content-type', 'content-length', 'content-range', 'range'] as const;

function requestHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_TO_REGISTRY) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}

async function readManifest(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // what is too long is answered, which a request destroyed by the end of the loop could not be
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MANIFEST_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What the destination side is made of. */
export interface RelayDestinationOptions {
  readonly access: RegistryAccess;
  readonly settings: NetworkSettings;
  readonly places: BlobPlaces;
  readonly pace: DestinationPace;
}

/** The destination side: everything is passed on, streamed, with upload addresses kept here and numbers given out instead. */
export function createRelayDestination({ access, settings, places, pace }: RelayDestinationOptions): RelayDestination {
  async function open(
    exchange: RelayExchange,
    repository: string,
    call: Pick<RegistryCall, 'method' | 'target'> & Partial<RegistryCall>,
  ) {
    const { job, signal, what } = exchange;
    const { registry } = job.spec.destination;
    await pace.turn(registry, call.method, call.target, signal);
    const address = addressOf(settings, 'destination', registry, repository);
    return access.open({ address, actions: 'pull,push', side: 'destination', signal, what, ...call });
  }

  /** The answer if it is a success; otherwise it has been passed on. `tolerated` are refusals that say nothing is wrong. */
  function success(
    exchange: RelayExchange,
    result: Authorized<OpenReply>,
    rules: { readonly tolerated?: readonly number[]; readonly again?: boolean } = {},
  ): OpenReply | undefined {
    const { tolerated = [], again = false } = rules;
    const origin = { side: 'destination', host: exchange.job.spec.destination.registry, again } as const;
    if (result.kind === 'refused') {
      passRefusal(exchange, { ...origin, status: result.status, text: undefined, detail: result.detail }, true);
      return undefined;
    }
    const { answer, access: detail } = result;
    if (answer.status < 300) return answer;
    answer.body.destroy();
    const isStale = result.stale === true;
    // the next try of the tool, or its next run, brings another login
    const { status, text } = isStale ? RENEWED : answer;
    passRefusal(exchange, { ...origin, again: again || isStale, status, text, detail }, !tolerated.includes(status));
    return undefined;
  }

  async function read(exchange: RelayExchange, repository: string, target: string): Promise<void> {
    const method = exchange.request.method === 'HEAD' ? 'HEAD' : 'GET';
    const result = await open(exchange, repository, { method, target, headers: requestHeaders(exchange.request) });
    const host = exchange.job.spec.destination.registry;
    if (result.kind === 'answer' && result.answer.status === 404 && exchange.job.accepted.has(target)) {
      result.answer.body.destroy();
      throw invalidAnswer(host, exchange.what, 'it has accepted this manifest and does not have it', 'destination');
    }
    // some registries refuse what is not there, Amazon ECR does not; content has its digest, so that to write it once more replaces nothing
    const isForbidden = result.kind === 'answer' && result.answer.status === 403;
    if (isForbidden && method === 'HEAD' && /:[0-9a-f]+$/.test(target) && ecrRegistry(host, settings) === undefined) {
      result.answer.body.destroy();
      return finish(exchange, 404, {}, '');
    }
    const answer = success(exchange, result, { tolerated: target.startsWith('referrers/') ? [400, 404, 405] : [404] });
    if (answer === undefined) return;
    const blob = /^blobs\/(.*)$/.exec(target)?.[1];
    const digest = blob === undefined ? undefined : parseDigest(blob);
    if (digest !== undefined) places.note(host, repository, digest);
    exchange.response.writeHead(answer.status, passedHeaders(answer));
    await streamBody(exchange, answer.body, { side: 'destination', host }, () => undefined);
  }

  async function putManifest(exchange: RelayExchange, route: Routed<'manifest'>): Promise<void> {
    const { repository, identifier } = route;
    const body = await readManifest(exchange.request);
    if (body === undefined)
      return refuse(exchange, 413, 'SIZE_INVALID', `the manifest has more than ${MANIFEST_LIMIT} bytes`);
    const headers = requestHeaders(exchange.request);
    const target = `manifests/${identifier}`;
    const answer = success(
      exchange,
      await open(exchange, repository, { method: 'PUT', target, headers, body, repeatable: true }),
    );
    if (answer === undefined) return;
    for (const name of [identifier, digestOf(body)]) exchange.job.accepted.add(`manifests/${name}`);
    const parsed = parseManifest(body, headers['content-type'] ?? '');
    const blobs = parsed?.kind === 'image' ? [parsed.config, ...parsed.layers] : [];
    for (const { digest } of blobs) places.note(exchange.job.spec.destination.registry, repository, digest);
    succeed(exchange, answer, relayPath(route.job, repository, target));
  }

  function succeed(exchange: RelayExchange, answer: OpenReply, location: string): void {
    answer.body.on('error', () => undefined).resume();
    const { 'content-length': _length, 'content-type': _type, ...headers } = passedHeaders(answer);
    finish(exchange, answer.status, { ...headers, location, 'content-length': '0' });
  }

  /** 201: the blob is there. 202: the upload goes on at the address named, which the tool knows by a number only. */
  function continueUpload(
    exchange: RelayExchange,
    answer: OpenReply,
    route: Routed<'start-upload' | 'upload'>,
    digest?: Digest,
  ): void {
    const { registry } = exchange.job.spec.destination;
    if (answer.status !== 202 && digest !== undefined) {
      places.note(registry, route.repository, digest);
      succeed(exchange, answer, relayPath(route.job, route.repository, `blobs/${digest}`));
      return;
    }
    const address = addressOf(settings, 'destination', registry, route.repository);
    const upload = exchange.job.startUpload(uploadAddress(answer, address, exchange.what));
    succeed(exchange, answer, relayPath(route.job, route.repository, `blobs/uploads/${upload}`));
  }

  async function startUpload(exchange: RelayExchange, route: Routed<'start-upload'>): Promise<void> {
    const { repository, mount } = route;
    const { registry } = exchange.job.spec.destination;
    exchange.request.resume();
    const from = mount === undefined ? undefined : places.elsewhere(registry, repository, mount);
    const plain = {
      method: 'POST',
      target: 'blobs/uploads/',
      headers: { 'content-length': '0' },
      repeatable: true,
    } as const;
    if (mount !== undefined && from !== undefined) {
      const query = new URLSearchParams({ mount, from });
      const target = `blobs/uploads/?${query}`;
      const tried = await open(exchange, repository, { ...plain, target, alsoReads: [from] });
      if (tried.kind === 'answer' && tried.answer.status < 300)
        return continueUpload(exchange, tried.answer, route, mount);
      // a registry that refuses to mount must still take the blob itself
      if (tried.kind === 'answer') tried.answer.body.destroy();
    }
    const answer = success(exchange, await open(exchange, repository, plain));
    if (answer !== undefined) continueUpload(exchange, answer, route, mount);
  }

  async function upload(exchange: RelayExchange, route: Routed<'upload'>, method: Method): Promise<void> {
    const { request, job } = exchange;
    const known = job.uploadAddress(route.upload);
    if (known === undefined) return refuse(exchange, 404, 'BLOB_UPLOAD_UNKNOWN', 'no such upload');
    const target = new URL(known);
    if (route.query !== '')
      target.search = target.search === '' ? route.query : `${target.search.slice(1)}&${route.query}`;
    const body = hasBody(request) ? insulatedBody(request) : undefined;
    const headers = { ...(body === undefined ? { 'content-length': '0' } : {}), ...requestHeaders(request) };
    const result = await open(exchange, route.repository, {
      method,
      target,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const tolerated = method === 'DELETE' || method === 'GET' ? [404] : [];
    const answer = success(exchange, result, { tolerated, again: true });
    const digest = parseDigest(new URLSearchParams(route.query).get('digest') ?? '');
    if (answer === undefined) return;
    if (method === 'PUT' || method === 'PATCH') return continueUpload(exchange, answer, route, digest);
    succeed(exchange, answer, relayPath(route.job, route.repository, `blobs/uploads/${route.upload}`));
  }

  async function dispatch(exchange: RelayExchange, route: RelayRoute): Promise<void> {
    const method = exchange.request.method ?? '';
    const reads = method === 'GET' || method === 'HEAD';
    if (route.kind === 'manifest' && reads) return read(exchange, route.repository, `manifests/${route.identifier}`);
    if (route.kind === 'manifest' && method === 'PUT') return putManifest(exchange, route);
    if (route.kind === 'blob' && reads) return read(exchange, route.repository, `blobs/${route.digest}`);
    if (route.kind === 'referrers' && exchange.job.spec.keepsLists === false)
      return finish(exchange, 200, { 'content-type': OCI_INDEX }, EMPTY_LIST);
    if (route.kind === 'referrers' && reads) {
      const query = route.query === '' ? '' : `?${route.query}`;
      return read(exchange, route.repository, `referrers/${route.digest}${query}`);
    }
    if (route.kind === 'start-upload' && method === 'POST') return startUpload(exchange, route);
    const verbs: readonly Method[] = ['GET', 'PATCH', 'PUT', 'DELETE'];
    const verb = verbs.find((known) => known === method);
    if (route.kind === 'upload' && verb !== undefined) return upload(exchange, route, verb);
    return refuse(exchange, 405, 'UNSUPPORTED', `${method} is not done here`);
  }

  return async (exchange, route) => {
    try {
      await dispatch(exchange, route);
    } catch (error) {
      passError(exchange, 'destination', exchange.job.spec.destination.registry, error, route.kind === 'upload');
    }
  };
}
