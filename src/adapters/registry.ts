import { createHash } from 'node:crypto';
import { ecrRegistry } from '../domain/ecr/registry.ts';
import { digestOf, MANIFEST_MEDIA_TYPES, mediaTypeFor } from '../domain/manifest.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { type Digest, formatReference, identifierOf, parseDigest, type Reference } from '../domain/reference.ts';
import type { FetchedManifest, Lookup, ReferrerList, Registry, Side, TagList } from '../ports/registry.ts';
import { headerOf } from './http.ts';
import { createKeptBlobs, type KeptBlobs } from './kept-blobs.ts';
import { createKeptManifests, type KeptManifests } from './kept-manifests.ts';
import type { RegistryAccess, RegistryCall } from './registry-access.ts';
import type { Authorized } from './registry-auth.ts';
import { invalidAnswer, problemOf, unexpectedStatus } from './registry-errors.ts';
import { deniedDetail, type Missing, missing } from './registry-missing.ts';
import { listReferrers } from './registry-referrers.ts';
import { listTags } from './registry-tags.ts';
import type { Reply } from './requests.ts';
import { addressOf, type RegistryAddress } from './source-mirrors.ts';

/** The largest manifest that is accepted, in bytes: what registries are expected to take by the distribution specification. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

// OCI distribution-spec, "Error Codes": there is an API, and not this repository or manifest
const OF_REPOSITORY: ReadonlySet<string> = new Set(['NAME_UNKNOWN', 'MANIFEST_UNKNOWN']);
const INDEX = 'application/vnd.oci.image.index.v1+json';
const ACCEPT = MANIFEST_MEDIA_TYPES.join(', ');
// a digest names one content, whatever its kind, and there is nothing to choose from (containerd asks in this way, too)
const ACCEPT_ANY = `${ACCEPT}, */*`;
const SCHEMA_1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

/** The digest of bytes under a digest's own algorithm, or undefined for an algorithm other than sha256 and sha512. */
function digestLike(wanted: Digest, bytes: Uint8Array): string | undefined {
  const algorithm = wanted.slice(0, wanted.indexOf(':'));
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return undefined;
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

function mediaTypeOf(reply: Reply): string {
  return (headerOf(reply, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
}

function answerOf(result: Authorized<Reply>, host: string, what: string, side: Side): Reply {
  if (result.kind === 'refused') throw invalidAnswer(host, what, result.detail, side);
  if (result.answer.status === 200) return result.answer;
  throw unexpectedStatus(host, what, result.answer.status, result.answer.text, side);
}

/** Hears of every manifest that a registry gave. */
export type Fetched = (reference: Reference, side: Side, digest: Digest) => void;

/** What reads leave behind: manifests and small blobs, which are not read twice, and who hears of each manifest. */
export interface ReadMemory {
  readonly blobs?: KeptBlobs;
  readonly manifests?: KeptManifests;
  readonly fetched?: Fetched;
}

/** Reads of registries, through source mirrors on the source side. */
export function createRegistry(
  access: RegistryAccess,
  settings: NetworkSettings,
  { blobs = createKeptBlobs(), manifests: kept = createKeptManifests(), fetched = () => undefined }: ReadMemory = {},
): Registry {
  const underway = new Map<string, Promise<FetchedManifest | Missing>>();

  function callFor(method: 'GET' | 'HEAD', reference: Reference, side: Side, signal: AbortSignal): RegistryCall {
    return {
      method,
      address: addressOf(settings, side, reference.registry, reference.repository),
      target: `manifests/${identifierOf(reference)}`,
      headers: { accept: reference.digest === undefined ? ACCEPT : ACCEPT_ANY },
      actions: 'pull',
      side,
      signal,
      what: formatReference(reference),
    };
  }

  function verified(reply: Reply, reference: Reference, side: Side, address: RegistryAddress): FetchedManifest {
    const what = formatReference(reference);
    const wrong = (why: string) => invalidAnswer(address.host, what, why, side);
    const mediaType = mediaTypeOf(reply);
    if (SCHEMA_1.test(mediaType)) throw wrong('it is a manifest of schema 1, which is no longer supported');
    const isNamed = reference.digest !== undefined && digestLike(reference.digest, reply.bytes) === reference.digest;
    if (!isNamed && !/[/+]json$/.test(mediaType) && mediaType !== '')
      throw wrong(`it sent ${mediaType} in place of a manifest`);
    const said = headerOf(reply, 'docker-content-digest');
    const announced = said === undefined ? undefined : parseDigest(said);
    if (said !== undefined && announced === undefined) throw wrong(`${JSON.stringify(said)} is no digest`);
    const wanted = reference.digest ?? announced ?? digestOf(reply.bytes);
    for (const digest of new Set([wanted, announced ?? wanted])) {
      const computed = digestLike(digest, reply.bytes);
      if (computed !== digest)
        throw wrong(`it promised ${digest} and sent bytes of ${computed ?? 'an unknown algorithm'}`);
    }
    return { kind: 'found', bytes: reply.bytes, digest: wanted, mediaType: mediaTypeFor(reply.bytes, mediaType) };
  }

  /**
   * Some targets refuse a tag that is not there, as Artifactory does in some setups (go-containerregistry takes its 403 for absent).
   * It is believed to be absent only where the list of tags may be read, and lacks it: a tag that may not be read is never replaced.
   */
  async function trulyMissing(
    result: Authorized<Reply>,
    reference: Reference,
    side: Side,
    signal: AbortSignal,
  ): Promise<Missing | undefined> {
    const none = missing(result, side);
    const { registry, repository, tag, digest } = reference;
    const isForbidden = result.kind === 'answer' && result.answer.status === 403;
    if (!isForbidden || side !== 'destination' || tag === undefined || digest !== undefined) return none;
    // Amazon ECR says what is not there, and answers 403 to logins that have expired
    if (ecrRegistry(registry, settings) !== undefined) return none;
    const list = await tags(registry, repository, side, signal);
    if (list.kind === 'absent') return list;
    return list.kind === 'found' && !list.tags.includes(tag) ? { kind: 'absent' } : none;
  }

  async function fetchManifest(
    reference: Reference,
    side: Side,
    signal: AbortSignal,
  ): Promise<FetchedManifest | Missing> {
    const call = callFor('GET', reference, side, signal);
    const result = await access.ask(call, MANIFEST_LIMIT);
    const none = await trulyMissing(result, reference, side, signal);
    if (none !== undefined) return none;
    const reply = answerOf(result, call.address.host, call.what, side);
    const found = verified(reply, reference, side, call.address);
    kept.keep(side, found);
    fetched(reference, side, found.digest);
    return found;
  }

  /** Somebody else's fetch of the same thing; undefined when that was given up although we still want it. */
  async function joined(key: string, signal: AbortSignal): Promise<FetchedManifest | Missing | undefined> {
    try {
      return await underway.get(key);
    } catch (error) {
      if (signal.aborted || !(error instanceof Error && error.name === 'AbortError')) throw error;
      return undefined;
    }
  }

  async function manifest(reference: Reference, side: Side, signal: AbortSignal): Promise<FetchedManifest | Missing> {
    const key = `${side} ${formatReference(reference)}`;
    for (;;) {
      const known = reference.digest === undefined ? undefined : kept.get(side, reference.digest);
      if (known !== undefined) return known;
      if (!underway.has(key)) break;
      const theirs = await joined(key, signal);
      if (theirs !== undefined) return theirs;
    }
    const own = fetchManifest(reference, side, signal).finally(() => underway.delete(key));
    underway.set(key, own);
    return own;
  }

  async function head(reference: Reference, side: Side, signal: AbortSignal): Promise<Lookup> {
    const call = callFor('HEAD', reference, side, signal);
    const result = await access.ask(call, 0);
    const none = await trulyMissing(result, reference, side, signal);
    if (none !== undefined) return none;
    // a registry that knows no HEAD says 405
    const reply =
      result.kind === 'answer' && result.answer.status === 405
        ? undefined
        : answerOf(result, call.address.host, call.what, side);
    const said = reply === undefined ? undefined : headerOf(reply, 'docker-content-digest');
    if (reply === undefined || said === undefined) {
      const fetched = await manifest(reference, side, signal);
      if (fetched.kind !== 'found') return fetched;
      return { kind: 'found', digest: fetched.digest, mediaType: fetched.mediaType, size: fetched.bytes.length };
    }
    const digest = parseDigest(said);
    if (digest === undefined)
      throw invalidAnswer(call.address.host, call.what, `${JSON.stringify(said)} is no digest`, side);
    if (reference.digest !== undefined && reference.digest !== digest) {
      throw invalidAnswer(call.address.host, call.what, `it answered for ${digest}`, side);
    }
    return {
      kind: 'found',
      digest,
      mediaType: mediaTypeOf(reply),
      size: Number(headerOf(reply, 'content-length') ?? 0),
    };
  }

  async function tags(registry: string, repository: string, side: Side, signal: AbortSignal): Promise<TagList> {
    const address = addressOf(settings, side, registry, repository);
    const what = `the tags of ${registry}/${repository}`;
    return listTags(address.host, what, side, async (target, limit) => {
      const result = await access.ask({ method: 'GET', address, target, actions: 'pull', side, signal, what }, limit);
      // a registry that lists no tags at all says so by 405
      if (result.kind === 'answer' && result.answer.status === 405)
        return { kind: 'denied', detail: deniedDetail(405, result.answer.text ?? '', result.access, 'destination') };
      return missing(result, side) ?? { kind: 'page', reply: answerOf(result, address.host, what, side) };
    });
  }

  async function referrers(
    reference: Reference & { readonly digest: Digest },
    artifactType: string | undefined,
    side: Side,
    signal: AbortSignal,
  ): Promise<ReferrerList> {
    const address = addressOf(settings, side, reference.registry, reference.repository);
    const what = `the referrers of ${formatReference(reference)}`;
    const common = { method: 'GET', address, headers: { accept: INDEX }, actions: 'pull', side, signal, what } as const;
    return listReferrers({ host: address.host, what, side }, reference.digest, artifactType, async (target, limit) => {
      const result = await access.ask({ ...common, target }, limit);
      // what registries answer that know no such list, or take it for a request that is malformed
      if (result.kind === 'answer' && [400, 404, 405].includes(result.answer.status)) {
        const { code = '' } = problemOf(result.answer.text ?? '');
        return { kind: 'unsupported', ...(OF_REPOSITORY.has(code) && { isOfRepository: true }) };
      }
      const none = missing(result, side);
      if (none?.kind === 'denied') return none;
      return { kind: 'page', reply: answerOf(result, address.host, what, side) };
    });
  }

  async function blob(
    reference: Reference,
    digest: Digest,
    limit: number,
    side: Side,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const known = blobs.get(digest);
    if (known !== undefined && known.length <= limit) return known;
    const address = addressOf(settings, side, reference.registry, reference.repository);
    const what = `blob ${digest} of ${formatReference(reference)}`;
    const target = `blobs/${digest}`;
    const result = await access.ask({ method: 'GET', address, target, actions: 'pull', side, signal, what }, limit);
    const reply = answerOf(result, address.host, what, side);
    if (digestLike(digest, reply.bytes) !== digest) {
      throw invalidAnswer(address.host, what, 'the bytes it sent have another digest', side);
    }
    blobs.keep(digest, reply.bytes);
    return reply.bytes;
  }

  return { head, manifest, tags, referrers, blob };
}
