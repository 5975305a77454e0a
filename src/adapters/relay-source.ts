import { type Descriptor, parseManifest } from '../domain/manifest.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { parseDigest } from '../domain/reference.ts';
import type { FetchedManifest, Registry } from '../ports/registry.ts';
import type { RegistryAccess } from './registry-access.ts';
import { invalidAnswer } from './registry-errors.ts';
import {
  finish,
  passError,
  passedHeaders,
  passRefusal,
  type RelayExchange,
  refuse,
  streamBody,
} from './relay-answers.ts';
import type { RelayPlace } from './relay-jobs.ts';
import type { RelayRoute } from './relay-routes.ts';
import { addressOf } from './source-mirrors.ts';

/** Answers requests to the source side of a job. It can be read only. */
export type RelaySource = (exchange: RelayExchange, route: RelayRoute, source: RelayPlace) => Promise<void>;

/** Answers a request for a blob of the source. */
export type RelayBlobs = (exchange: RelayExchange, source: RelayPlace, digest: string) => Promise<void>;

const DEFAULT_MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';

function blobsOf(found: FetchedManifest): readonly Descriptor[] {
  const manifest = parseManifest(found.bytes, found.mediaType);
  return manifest?.kind === 'image' ? [manifest.config, ...manifest.layers] : [];
}

/** The blobs of the source side, streamed from the registries. */
export function createRegistryBlobs(access: RegistryAccess, settings: NetworkSettings): RelayBlobs {
  return async (exchange, source, digest) => {
    const { request, signal, job, what } = exchange;
    const address = addressOf(settings, 'source', source.registry, source.repository);
    const origin = { side: 'source', host: address.host } as const;
    const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
    const headers = request.headers.range === undefined ? {} : { range: request.headers.range };
    const call = {
      method,
      address,
      target: `blobs/${digest}`,
      headers,
      actions: 'pull',
      side: 'source',
      signal,
      what,
    } as const;
    const result = await access.open(call);
    if (result.kind === 'refused') {
      const { status, detail } = result;
      passRefusal(exchange, { ...origin, status, text: undefined, detail, again: false }, true);
      return;
    }
    const { answer, access: detail } = result;
    if (answer.status >= 300) {
      answer.body.destroy();
      passRefusal(exchange, { ...origin, status: answer.status, text: answer.text, detail, again: false }, true);
      return;
    }
    const passed = passedHeaders(answer);
    const [said, planned] = [passed['content-length'], job.sizes.get(digest)];
    if (answer.status === 200 && said !== undefined && planned !== undefined && Number(said) !== planned) {
      answer.body.destroy();
      throw invalidAnswer(address.host, what, `it has ${said} bytes, its manifest says ${planned}`, 'source');
    }
    exchange.response.writeHead(answer.status, passed);
    const expected = method === 'GET' && answer.status === 200 ? parseDigest(digest) : undefined;
    await streamBody(exchange, answer.body, { ...origin, expected }, job.spec.onBytes);
  };
}

/** The source side: manifests from the registry's memory of this run, blobs from where they are. */
export function createRelaySource(registry: Registry, blobs: RelayBlobs, settings: NetworkSettings): RelaySource {
  async function manifest(exchange: RelayExchange, source: RelayPlace, identifier: string): Promise<void> {
    const digest = parseDigest(identifier);
    const reference = { ...source, tag: digest === undefined ? identifier : undefined, digest };
    const { host } = addressOf(settings, 'source', source.registry, source.repository);
    const origin = { side: 'source', host, text: undefined, again: false } as const;
    const found = await registry.manifest(reference, 'source', exchange.signal);
    switch (found.kind) {
      case 'absent':
        return passRefusal(exchange, { ...origin, status: 404, detail: 'it is not there' }, true);
      case 'denied':
        return passRefusal(exchange, { ...origin, status: 403, detail: found.detail }, true);
      case 'found': {
        for (const { digest: blob, size } of blobsOf(found)) exchange.job.sizes.set(blob, size);
        const mediaType = found.mediaType || parseManifest(found.bytes, '')?.mediaType || DEFAULT_MEDIA_TYPE;
        const length = String(found.bytes.length);
        const headers = { 'content-type': mediaType, 'content-length': length, 'docker-content-digest': found.digest };
        return finish(exchange, 200, headers, found.bytes);
      }
    }
  }

  return async (exchange, route, source) => {
    const { method } = exchange.request;
    try {
      if (method !== 'GET' && method !== 'HEAD') refuse(exchange, 405, 'UNSUPPORTED', 'the source side is read only');
      else if (route.kind === 'manifest') await manifest(exchange, source, route.identifier);
      else if (route.kind === 'blob') await blobs(exchange, source, route.digest);
      else refuse(exchange, 404, 'UNSUPPORTED', 'the source side has manifests and blobs only');
    } catch (error) {
      passError(exchange, 'source', source.registry, error, false);
    }
  };
}
