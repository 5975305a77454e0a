import { ecrRegistry } from '../../domain/ecr/registry.ts';
import { type Descriptor, isOtherKind, parseManifest } from '../../domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../domain/reference.ts';
import type { BlobReading, BlobSource, ByteWatch } from '../../ports/contents.ts';
import type { Journal } from '../../ports/journal.ts';
import type { Copier, CopyJob, FetchedManifest, Registry } from '../../ports/registry.ts';
import { createBlobSource } from '../blob-source.ts';
import type { KnownBlob } from '../relay.ts';
import type { RelayWork } from '../relay-failures.ts';
import { createBlobHomes } from './blob-homes.ts';
import { uploadBlob } from './blob-upload.ts';
import { createBufferRelief } from './buffer-relief.ts';
import { CODES, errorOf, lacksBlobs, noManifest, notGiven, otherRefused } from './copy-errors.ts';
import { firstThatOpens } from './first-that-opens.ts';
import { Refused } from './refused.ts';
import { CHUNK_BYTES, type UploadTools } from './upload-call.ts';
import { createUploadSessions } from './upload-sessions.ts';
import { createWithheld } from './withheld.ts';
import { writeManifest } from './write-manifest.ts';

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

/** A manifest whose parts are at the target. */
interface Below extends FetchedManifest {
  /** The blobs and manifests that it names. */
  readonly blobs: readonly Digest[];
  readonly manifests: readonly Digest[];
  /** Something that it names and that is there as a blob, although manifests are usual. */
  readonly other?: Descriptor | undefined;
}

// layers that their licences keep registries from passing on: OCI image-spec, "Non-Distributable Layers", and docker's
const FOREIGN = /foreign|nondistributable/;

/** How often a manifest is written of which the target says that it lacks a blob, although it took it. */
const TRIES = 3;

/** What a manifest in a repository is known by. */
function keyOf(digest: Digest, name: string, { registry, repository }: Reference): string {
  return `${registry}/${repository} ${name} ${digest}`;
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
  const fromTarget = createBlobSource({ ...tools, side: 'destination', hasty: true });
  const withheld = createWithheld();
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
    const { registry: host } = destination;
    if (from === undefined || !withheld.isAsked(host)) return fromSource();
    const place = { ...destination, repository: from };
    const there = fromTarget.open(place, blob, signal, reading);
    const isOther = (error: unknown): boolean => withheld.notes(host, error);
    return firstThatOpens(there, fromSource, isOther, () => withheld.gave(host));
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
    throw notGiven(reference, answer, work);
  }

  /**
   * Something that an index names and that nobody here knows: byte for byte as a manifest, where the source has it as one, else
   * as a blob. What it refers to in turn is not known. Gives the blob that the index then names.
   */
  async function putOther(child: Descriptor, index: Digest, copy: Copy): Promise<readonly Digest[]> {
    const { job, work, signal } = copy;
    const reference: Reference = { ...job.source, tag: undefined, digest: child.digest };
    const answer = await registry.manifest(reference, 'source', signal);
    if (answer.kind === 'denied') throw notGiven(reference, answer, work);
    if (answer.kind === 'absent') {
      await putBlob(copy, child);
      return [child.digest];
    }
    await once(child.digest, child.digest, copy, true).catch((error: unknown) => {
      throw error instanceof Refused && !error.isTransient ? otherRefused(index, child, error, work) : error;
    });
    return [];
  }

  /** Sees to what an index names. */
  async function putChildren(index: FetchedManifest, children: readonly Descriptor[], copy: Copy): Promise<Below> {
    const blobs: Digest[] = [];
    const puts = children.map(async (child) => {
      if (isOtherKind(child.mediaType)) blobs.push(...(await putOther(child, index.digest, copy)));
      else await once(child.digest, child.digest, copy);
    });
    await whole(puts).catch((error: unknown) => {
      settleBlobs(blobs, false, copy);
      throw error;
    });
    const other = children.find(({ digest }) => blobs.includes(digest));
    return { ...index, blobs, manifests: children.map(({ digest }) => digest), other };
  }

  /** What a manifest is made of, once everything below it is at the target. */
  async function putBelow(digest: Digest, copy: Copy, isOther: boolean): Promise<Below> {
    const found = await fetched(digest, copy);
    const { bytes, mediaType } = found;
    const parsed = parseManifest(bytes, mediaType);
    if (parsed === undefined) {
      if (isOther && isOtherKind(mediaType)) return { ...found, blobs: [], manifests: [] };
      throw noManifest(found, copy.work);
    }
    if (parsed.kind === 'index') return putChildren(found, parsed.manifests, copy);
    const all = new Map([parsed.config, ...parsed.layers].map((blob) => [blob.digest, blob] as const));
    const own = [...all.values()].filter((blob) => !FOREIGN.test(blob.mediaType));
    const digests = own.map((blob) => blob.digest);
    await whole(own.map((blob) => putBlob(copy, blob))).catch((error: unknown) => {
      settleBlobs(digests, false, copy);
      throw error;
    });
    return { ...found, blobs: digests, manifests: [] };
  }

  function settleBlobs(digests: readonly Digest[], isThere: boolean, { job: { destination } }: Copy): void {
    homes.named(destination.registry, destination.repository, digests, isThere);
  }

  /** What the target was believed to have, and does not. */
  function forget({ blobs, manifests }: Below, { job: { destination } }: Copy): void {
    homes.forget(destination.registry, destination.repository, blobs);
    sessions.distrust(destination.registry, blobs);
    for (const digest of manifests) written.delete(keyOf(digest, digest, destination));
  }

  async function putManifest(digest: Digest, name: string, copy: Copy, isOther: boolean): Promise<void> {
    for (let count = 1; ; count += 1) {
      const below = await putBelow(digest, copy, isOther);
      try {
        await writeManifest(below, { ...copy.job.destination, name }, tools, copy.signal);
        settleBlobs(below.blobs, true, copy);
        return;
      } catch (error) {
        if (count === TRIES || !lacksBlobs(error)) {
          settleBlobs(below.blobs, false, copy);
          if (below.other !== undefined && lacksBlobs(error)) throw otherRefused(digest, below.other, error, copy.work);
          throw error;
        }
        forget(below, copy);
      }
    }
  }

  /** The same manifest under the same name is written once in a run; what failed is tried again by who asks next. */
  function once(digest: Digest, name: string, copy: Copy, isOther = false): Promise<void> {
    const key = keyOf(digest, name, copy.job.destination);
    const under = written.get(key);
    if (under !== undefined) return under;
    const writing = putManifest(digest, name, copy, isOther);
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
        throw errorOf(thrown, copy.work);
      }
    },
  };
}
