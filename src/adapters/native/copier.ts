import { ecrRegistry } from '../../domain/ecr/registry.ts';
import { type Descriptor, parseManifest } from '../../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import { MirrorError } from '../../errors.ts';
import type { BlobReading, BlobSource, ByteWatch } from '../../ports/contents.ts';
import type { Journal } from '../../ports/journal.ts';
import type { Copier, CopyJob, FetchedManifest, Registry } from '../../ports/registry.ts';
import { createBlobSource } from '../blob-source.ts';
import type { KnownBlob } from '../relay.ts';
import type { RelayWork } from '../relay-failures.ts';
import { addressOf } from '../source-mirrors.ts';
import { createBlobHomes } from './blob-homes.ts';
import { uploadBlob } from './blob-upload.ts';
import { createBufferRelief } from './buffer-relief.ts';
import { firstThatOpens } from './first-that-opens.ts';
import { Refused, writeTo } from './refused.ts';
import { CHUNK_BYTES, type UploadTools } from './upload-call.ts';
import { createUploadSessions } from './upload-sessions.ts';

/** What the engine is made of. */
export interface NativeOptions extends UploadTools {
  readonly registry: Registry;
  /** The blobs of all sources. */
  readonly blobs: BlobSource;
  /** What the target is known to have. */
  readonly known: readonly KnownBlob[];
  /** What earlier runs have done, and where this one is noted. */
  readonly journal?: Journal | undefined;
  /** The largest piece of a large blob; `CHUNK_BYTES` unless it is said. */
  readonly chunkBytes?: number;
}

/** One copy on its way. */
interface Copy {
  readonly job: CopyJob;
  readonly work: RelayWork;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
  /** Its place among the copies of the run. */
  readonly turn: number;
}

const CODES = {
  failed: 'IMAGE_COPY_FAILED',
  tagTaken: 'IMAGE_TAG_TAKEN',
  destinationDenied: 'IMAGE_DESTINATION_DENIED',
} as const;

const WITHHELD: ReadonlySet<string> = new Set([
  'IMAGE_COPY_FAILED',
  'IMAGE_DESTINATION_DENIED',
  'REGISTRY_UNREACHABLE',
  'REGISTRY_ANSWER_INVALID',
  'RATE_LIMITED',
]);

// layers that their licences keep registries from passing on: OCI image-spec, "Non-Distributable Layers", and docker's
const FOREIGN = /foreign|nondistributable/;

/** How often a manifest is written of which the target says that it lacks a blob, although it took it. */
const TRIES = 3;

function lacksBlobs(error: unknown): boolean {
  return error instanceof Refused && error.failure.problem.code === 'MANIFEST_BLOB_UNKNOWN';
}

/** Whether the target keeps what it has to itself, or does not have it any more: then the source still does. */
function isWithheld(error: unknown): boolean {
  return error instanceof MirrorError && WITHHELD.has(error.code) && error.origin === 'destination';
}

/** The error of a copy for whatever was thrown. */
function errorOf(thrown: unknown, { work }: Copy): unknown {
  if (thrown instanceof Refused) return thrown.toError(work);
  if (!(thrown instanceof MirrorError)) return thrown;
  if (thrown.code !== 'CONTENT_DAMAGED' && thrown.code !== 'REGISTRY_ANSWER_INVALID') return thrown;
  return new MirrorError(`${work.doing} failed: ${thrown.message}`, {
    code: 'IMAGE_COPY_FAILED',
    origin: thrown.origin,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    cause: thrown,
  });
}

/** Waits for all, also when one has failed: nothing of a copy goes on behind its end. */
async function whole(parts: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(parts);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

/**
 * Copies images without a program: manifests byte for byte, each blob from its source once in a run, by one POST and one
 * streaming PUT; other repositories of the target mount it, or get it from there. What is below a manifest is there before
 * it is written.
 */
export function createNativeCopier({
  registry,
  blobs,
  known,
  journal,
  chunkBytes = CHUNK_BYTES,
  ...tools
}: NativeOptions): Copier {
  const homes = createBlobHomes((host) => ecrRegistry(host, tools.settings) !== undefined);
  const relieve = createBufferRelief();
  const fromTarget = createBlobSource({ ...tools, side: 'destination' });
  const sessions = createUploadSessions(journal);
  const written = new Map<string, Promise<void>>();
  let turn = 0;
  for (const { registry: host, repository, digest } of known) homes.note(host, repository, digest);
  for (const { registry: host, repository, digest } of journal?.earlier.blobs.values() ?? [])
    homes.suppose(host, repository, digest);

  function read({ job, onBytes, signal }: Copy, blob: Descriptor, from: string | undefined, reading: BlobReading) {
    const { source, destination } = job;
    const watch: ByteWatch = {
      chunk(bytes) {
        relieve(bytes.length);
        onBytes(bytes.length);
        reading.watch?.chunk(bytes);
      },
      end: () => reading.watch?.end(),
    };
    const fromSource = () => blobs.open(source, blob, signal, { ...reading, watch });
    if (from === undefined) return fromSource();
    const place = { ...destination, repository: from };
    const there = fromTarget.open(place, blob, signal, reading);
    return firstThatOpens(there, fromSource, isWithheld);
  }

  function putBlob(copy: Copy, blob: Descriptor): Promise<void> {
    const { registry: host, repository } = copy.job.destination;
    const need = { registry: host, repository, digest: blob.digest, turn: copy.turn };
    return homes.ensure(need, async (from) => {
      const mountable = from ?? homes.guess(host, blob.digest);
      const upload = { registry: host, repository, blob, from: mountable, signal: copy.signal };
      await uploadBlob(
        { ...upload, read: (reading) => read(copy, blob, from, reading) },
        { ...tools, sessions, chunkBytes },
      );
      journal?.note({ kind: 'blob', at: { registry: host, repository, tag: undefined, digest: blob.digest } });
    });
  }

  async function fetched(digest: Digest, { job, work, signal }: Copy): Promise<FetchedManifest> {
    const reference: Reference = { ...job.source, tag: undefined, digest };
    const answer = await registry.manifest(reference, 'source', signal);
    if (answer.kind === 'found') return answer;
    const isAbsent = answer.kind === 'absent';
    const why = isAbsent ? 'is not at its source' : `may not be read: ${answer.detail}`;
    throw new MirrorError(`${work.doing} failed: manifest ${formatReference(reference)} ${why}`, {
      code: isAbsent ? 'IMAGE_SOURCE_ABSENT' : 'IMAGE_SOURCE_DENIED',
      origin: 'source',
      hint: isAbsent
        ? 'the source lost it after it was planned: check the source, or choose another version'
        : 'log in to the source with an account that may read it',
    });
  }

  /** What a manifest is made of, once everything below it is at the target. */
  async function putBelow(
    digest: Digest,
    copy: Copy,
  ): Promise<FetchedManifest & { readonly blobs: readonly Digest[] }> {
    const found = await fetched(digest, copy);
    const { bytes, mediaType } = found;
    const parsed = parseManifest(bytes, mediaType);
    if (parsed === undefined) {
      throw new MirrorError(`${copy.work.doing} failed: ${digest} is no manifest that can be copied (${mediaType})`, {
        code: 'IMAGE_COPY_FAILED',
        origin: 'source',
        hint: 'images in the form of schema 1 have to be pushed anew by a current docker',
      });
    }
    if (parsed.kind === 'index') {
      await whole(parsed.manifests.map((child) => once(child.digest, child.digest, copy)));
      return { ...found, blobs: [] };
    }
    const all = new Map([parsed.config, ...parsed.layers].map((blob) => [blob.digest, blob] as const));
    const own = [...all.values()].filter((blob) => !FOREIGN.test(blob.mediaType));
    const digests = own.map((blob) => blob.digest);
    await whole(own.map((blob) => putBlob(copy, blob))).catch((error: unknown) => {
      settleBlobs(digests, false, copy);
      throw error;
    });
    return { ...found, blobs: digests };
  }

  function settleBlobs(digests: readonly Digest[], isThere: boolean, { job: { destination } }: Copy): void {
    homes.named(destination.registry, destination.repository, digests, isThere);
  }

  async function putManifest(digest: Digest, name: string, copy: Copy): Promise<void> {
    for (let count = 1; ; count += 1) {
      const below = await putBelow(digest, copy);
      try {
        await writeManifest(below, name, copy);
        settleBlobs(below.blobs, true, copy);
        return;
      } catch (error) {
        const { registry: host, repository } = copy.job.destination;
        if (count === TRIES || !lacksBlobs(error)) {
          settleBlobs(below.blobs, false, copy);
          throw error;
        }
        homes.forget(host, repository, below.blobs);
      }
    }
  }

  async function writeManifest({ bytes, mediaType }: FetchedManifest, name: string, copy: Copy): Promise<void> {
    const { registry: host, repository } = copy.job.destination;
    const target = `manifests/${name}`;
    await tools.pace.turn(host, 'PUT', target, copy.signal);
    const address = addressOf(tools.settings, 'destination', host, repository);
    const common = {
      address,
      side: 'destination',
      actions: 'pull,push',
      signal: copy.signal,
      repeatable: true,
    } as const;
    const headers = { 'content-type': mediaType };
    const what = `manifest ${name} of ${host}/${repository}`;
    await writeTo(tools.access, { ...common, method: 'PUT', target, headers, body: bytes, what }, [200, 201]);
  }

  /** The same manifest under the same name is written once in a run; what failed is tried again by who asks next. */
  function once(digest: Digest, name: string, copy: Copy): Promise<void> {
    const { registry: host, repository } = copy.job.destination;
    const key = `${host}/${repository} ${name} ${digest}`;
    const under = written.get(key);
    if (under !== undefined) return under;
    const writing = putManifest(digest, name, copy);
    written.set(key, writing);
    writing.catch(() => written.delete(key));
    return writing;
  }

  return {
    async copy(job, onBytes, signal) {
      const doing = `copying ${formatReference(job.source)} to ${formatReference(job.destination)}`;
      turn += 1;
      const copy: Copy = { job, onBytes, signal, turn, work: { doing, tool: 'the engine', codes: CODES } };
      try {
        await once(job.source.digest, job.destination.tag ?? job.source.digest, copy);
      } catch (thrown) {
        signal.throwIfAborted();
        throw errorOf(thrown, copy);
      }
    },
  };
}
