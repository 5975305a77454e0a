import type { SmallArtifact } from '../domain/records/record-artifact.ts';
import type { Digest, Reference } from '../domain/reference.ts';

/** Which side of the mirror an address belongs to. Source mirrors apply to the source side only. */
export type Side = 'source' | 'destination';

/** What a registry answers to "is this there?". Throttling, broken answers and unreachable hosts are thrown, never returned. */
export type Lookup =
  | { readonly kind: 'found'; readonly digest: Digest; readonly mediaType: string; readonly size: number }
  /** `file`: the source is a file, and nobody else was asked. */
  | { readonly kind: 'absent'; readonly file?: true }
  | { readonly kind: 'denied'; readonly detail: string };

/** A manifest's exact bytes. Its digest was computed from them and agrees with what was asked for. */
export interface FetchedManifest {
  readonly kind: 'found';
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
}

/** The tags of a repository, all pages. `pages` is how many requests it took, where it took any. */
export type TagList =
  | { readonly kind: 'found'; readonly tags: readonly string[]; readonly pages?: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'denied'; readonly detail: string };

/**
 * The manifests that refer to another one, with their artifact types as far as the list tells them. `unsupported`: the registry
 * does not list them. `pages` is how many requests it took.
 */
export type ReferrerList =
  | {
      readonly kind: 'found';
      readonly digests: readonly Digest[];
      readonly types?: ReadonlyMap<Digest, string>;
      readonly pages?: number;
    }
  /** `isOfRepository`: it said so of this repository, and may list those of others. */
  | { readonly kind: 'unsupported'; readonly isOfRepository?: true }
  | { readonly kind: 'denied'; readonly detail: string };

/** Reads of the OCI distribution API. Every method throws MirrorError for what is neither an answer nor a refusal. */
export interface Registry {
  /** HEAD of the manifest: free of Docker Hub's quota. Falls back to GET only when the answer names no digest. */
  head(reference: Reference, side: Side, signal: AbortSignal): Promise<Lookup>;
  /** GET of the manifest. Fetched bytes are kept by digest while somebody may need them, so that a digest is never fetched twice. */
  manifest(
    reference: Reference,
    side: Side,
    signal: AbortSignal,
  ): Promise<FetchedManifest | Exclude<Lookup, { kind: 'found' }>>;
  tags(registry: string, repository: string, side: Side, signal: AbortSignal): Promise<TagList>;
  /**
   * What refers to a manifest: of one artifact type, or all where none is given. Perhaps more than that type, since registries
   * may leave the filter out.
   */
  referrers(
    reference: Reference & { readonly digest: Digest },
    artifactType: string | undefined,
    side: Side,
    signal: AbortSignal,
  ): Promise<ReferrerList>;
  /** A whole blob in memory, digest checked, refused above `limit` bytes. */
  blob(reference: Reference, digest: Digest, limit: number, side: Side, signal: AbortSignal): Promise<Uint8Array>;
}

/**
 * One manifest to move. `source.digest` is what is copied; `destination.tag` is what it is called there, undefined where nothing
 * but its digest leads to it.
 */
export interface CopyJob {
  readonly source: Reference & { readonly digest: Digest };
  readonly destination: Reference;
}

/** Moves one manifest with everything it refers to, byte for byte. */
export interface Copier {
  /** Resolves when the destination has accepted the manifest; `onBytes` hears of every chunk that left the source. */
  copy(job: CopyJob, onBytes: (count: number) => void, signal: AbortSignal): Promise<void>;
}

/** How a small artifact ended. `refused`: the registry takes no such artifact, and says why. */
export type ArtifactPush = { readonly kind: 'pushed' } | { readonly kind: 'refused'; readonly detail: string };

/** Pushes artifacts that are small enough to be in memory. */
export interface ArtifactPusher {
  /**
   * Pushes the blobs that the repository lacks, then the manifest, under the reference's tag or else by its digest.
   * Throws MirrorError CHART_PUSH_FAILED when it may not write.
   */
  push(destination: Reference, artifact: SmallArtifact, signal: AbortSignal): Promise<ArtifactPush>;
}
