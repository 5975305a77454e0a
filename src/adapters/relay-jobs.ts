import { randomBytes } from 'node:crypto';
import type { Digest } from '../domain/reference.ts';
import type { MirrorError } from '../errors.ts';
import type { Side } from '../ports/registry.ts';
import type { RegistryProblem } from './registry-errors.ts';

/** A repository at a registry, by the names of the plan: source mirrors are applied later. */
export interface RelayPlace {
  readonly registry: string;
  readonly repository: string;
}

/** What a tool may do through the relay. */
export interface RelayJobSpec {
  /** The one repository that may be read; undefined for a push of local content. */
  readonly source: RelayPlace | undefined;
  /** Where it may write: this repository, or with `nested` those directly below it (all top ones if it is empty). */
  readonly destination: RelayPlace & { readonly nested: boolean };
  readonly onBytes: (count: number) => void;
  /**
   * Whether the tool may keep lists of what refers to a manifest where the registry makes none; else it is told that the registry
   * makes them. crane would, which is three requests for each artifact, and another list than that of the source.
   */
  readonly keepsLists?: boolean;
}

/** Why a request of a job failed, without secrets and without queries. */
export interface RelayFailure {
  readonly side: Side;
  readonly host: string;
  /** What was asked for: a verb and a path. */
  readonly what: string;
  /** Undefined when there was no whole answer; then `error` tells why, or the connection broke in the middle of a body. */
  readonly status: number | undefined;
  readonly problem: RegistryProblem;
  /** Whether credentials were sent and whence, or what broke. */
  readonly detail: string;
  readonly error: MirrorError | undefined;
}

/** A job at the relay, from its opening to its closing. */
export interface RelayJob {
  readonly id: string;
  readonly spec: RelayJobSpec;
  /** Aborted when the job is closed. */
  readonly signal: AbortSignal;
  readonly failure: RelayFailure | undefined;
  fail(failure: RelayFailure): void;
  /** Remembers the address of an upload underway and returns the number it has at the relay. */
  startUpload(address: URL): string;
  uploadAddress(upload: string): URL | undefined;
  /** What the destination has accepted in this job: manifests by tag and digest. */
  readonly accepted: Set<string>;
  /** Sizes of blobs, by digest, as the manifests say that the tool was given. */
  readonly sizes: Map<string, number>;
  allows(side: 'from' | 'to', repository: string): boolean;
  close(): void;
}

/** The jobs that are open. */
export interface RelayJobs {
  open(spec: RelayJobSpec): RelayJob;
  find(id: string): RelayJob | undefined;
  closeAll(): void;
}

function allowed(spec: RelayJobSpec, side: 'from' | 'to', repository: string): boolean {
  if (side === 'from') return spec.source?.repository === repository;
  const { nested, repository: named } = spec.destination;
  if (!nested) return repository === named;
  const last = repository.split('/').at(-1) ?? '';
  return repository === (named === '' ? last : `${named}/${last}`);
}

/** An empty table of jobs. Identifiers cannot be guessed, so that one tool cannot reach into another's job. */
export function createRelayJobs(): RelayJobs {
  const jobs = new Map<string, RelayJob>();

  function open(spec: RelayJobSpec): RelayJob {
    const id = `j${randomBytes(6).toString('hex')}`;
    const controller = new AbortController();
    const uploads: URL[] = [];
    let failure: RelayFailure | undefined;
    const job: RelayJob = {
      id,
      spec,
      signal: controller.signal,
      get failure() {
        return failure;
      },
      fail(found) {
        failure = found;
      },
      startUpload: (address) => String(uploads.push(address) - 1),
      uploadAddress: (upload) => uploads[Number(upload)],
      accepted: new Set(),
      sizes: new Map(),
      allows: (side, repository) => allowed(spec, side, repository),
      close() {
        jobs.delete(id);
        controller.abort();
      },
    };
    jobs.set(id, job);
    return job;
  }

  return {
    open,
    find: (id) => jobs.get(id),
    closeAll: () => {
      for (const job of jobs.values()) job.close();
    },
  };
}

/** Which repositories of a registry are known to hold a blob, learnt from this run's answers. */
export interface BlobPlaces {
  note(registry: string, repository: string, digest: Digest): void;
  /** Another repository of the registry that holds the blob. */
  elsewhere(registry: string, repository: string, digest: Digest): string | undefined;
}

/** An empty memory of blobs. */
export function createBlobPlaces(): BlobPlaces {
  const places = new Map<string, Set<string>>();
  return {
    note(registry, repository, digest) {
      const key = `${registry} ${digest}`;
      const known = places.get(key) ?? new Set();
      places.set(key, known.add(repository));
    },
    elsewhere(registry, repository, digest) {
      const known = places.get(`${registry} ${digest}`) ?? new Set();
      // in the repository itself it may have been collected since; a mount from there would be of no use
      return [...known].find((other) => other !== repository);
    },
  };
}
