import type { ArchiveTree } from './domain/chart/archive-tree.ts';
import type { ExistingSettings, RepositorySettings, SettingName } from './domain/ecr/repository-settings.ts';
import type { SmallArtifact } from './domain/records/record-artifact.ts';
import type { Digest, Reference } from './domain/reference.ts';
import type { MirrorError } from './errors.ts';

/** Which side of the mirror an address belongs to. Source mirrors apply to the source side only. */
export type Side = 'source' | 'destination';

/** What a registry answers to "is this there?". Throttling, broken answers and unreachable hosts are thrown, never returned. */
export type Lookup =
  | { readonly kind: 'found'; readonly digest: Digest; readonly mediaType: string; readonly size: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'denied'; readonly detail: string };

/** A manifest's exact bytes. Its digest was computed from them and agrees with what was asked for. */
export interface FetchedManifest {
  readonly kind: 'found';
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
}

/** The tags of a repository, all pages. */
export type TagList =
  | { readonly kind: 'found'; readonly tags: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'denied'; readonly detail: string };

/** The manifests that refer to another one. `unsupported`: the registry does not list them. */
export type ReferrerList =
  | { readonly kind: 'found'; readonly digests: readonly Digest[] }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'denied'; readonly detail: string };

/** Reads of the OCI distribution API. Every method throws MirrorError for what is neither an answer nor a refusal. */
export interface Registry {
  /** HEAD of the manifest: free of Docker Hub's quota. Falls back to GET only when the answer names no digest. */
  head(reference: Reference, side: Side, signal: AbortSignal): Promise<Lookup>;
  /** GET of the manifest. Fetched bytes are kept by digest for the run, so that a digest is never fetched twice. */
  manifest(
    reference: Reference,
    side: Side,
    signal: AbortSignal,
  ): Promise<FetchedManifest | Exclude<Lookup, { kind: 'found' }>>;
  tags(registry: string, repository: string, side: Side, signal: AbortSignal): Promise<TagList>;
  /** What refers to a manifest; perhaps more than this type, since registries may leave the filter out. */
  referrers(
    reference: Reference & { readonly digest: Digest },
    artifactType: string,
    side: Side,
    signal: AbortSignal,
  ): Promise<ReferrerList>;
  /** A whole blob in memory, digest checked, refused above `limit` bytes. */
  blob(reference: Reference, digest: Digest, limit: number, side: Side, signal: AbortSignal): Promise<Uint8Array>;
}

/** A repository as the control plane of its registry shows it. `unknown`: it may not be looked at, and may exist. */
export type RepositoryState =
  | { readonly kind: 'present'; readonly settings: ExistingSettings; readonly createdAt: Date | undefined }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly detail: string };

/** What stands under a tag. `archived`: it exists, but cannot be pulled before it is restored. */
export type TagState = FetchedManifest | Exclude<Lookup, { kind: 'found' }> | { readonly kind: 'archived' };

/** Whether blobs that another repository of the registry has are mounted in place of uploaded. */
export type BlobMounting = 'on' | 'off' | 'unknown';

/**
 * What became of a creation. `lacks`: the repository is there, but not with all its settings. `existed`: somebody else was
 * first, and its settings are theirs.
 */
export type Creation =
  | { readonly kind: 'created'; readonly lacks: MirrorError | undefined }
  | { readonly kind: 'existed' };

/**
 * The control plane of a registry whose repositories have to exist before anything is pushed. Names are those after the
 * registry's host. Throttling is waited for; what remains is thrown as MirrorError.
 */
export interface Repositories {
  /** Of each repository only those policies are read that are wanted. What could not be read, for a right that is missing, is undefined. */
  describe(
    wanted: ReadonlyMap<string, RepositorySettings>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, RepositoryState>>;
  /** Creates with all settings. Throws when the repository was not created. */
  create(name: string, settings: RepositorySettings, signal: AbortSignal): Promise<Creation>;
  /** Changes these settings of an existing repository. Tags are added, none is removed. */
  change(
    name: string,
    settings: RepositorySettings,
    changes: readonly SettingName[],
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * What stands under tags, many in one request; undefined where the registry has no such request. Left out are tags when
   * there is no identity to ask with: they have to be asked for one by one, as the login of the run may read them.
   */
  readonly lookUp:
    | ((name: string, tags: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, TagState>>)
    | undefined;
  mounting(signal: AbortSignal): Promise<BlobMounting>;
  /** How often each request was sent so far, by its name. */
  calls(): Readonly<Record<string, number>>;
}

/** One manifest of a repository, as its registry lists it. */
export interface ListedImage {
  readonly digest: Digest;
  readonly tags: readonly string[];
  readonly mediaType: string;
  /** `artifactType`, or the media type of the config. */
  readonly artifactType: string | undefined;
  /** The manifest that this one is about, for signatures and the like; undefined also where the list does not tell it. */
  readonly subject: Digest | undefined;
  readonly pushedAt: Date;
  readonly isArchived: boolean;
}

/** A manifest that could not be removed, and why. */
export interface RemovalFailure {
  readonly digest: Digest;
  readonly reason: string;
}

/** Reads a whole registry, and removes from it. */
export interface RegistryContents {
  repositories(signal: AbortSignal): Promise<readonly string[]>;
  /** Whether the repository carries the mark of this tool. */
  isOurs(repository: string, signal: AbortSignal): Promise<boolean>;
  images(repository: string, signal: AbortSignal): Promise<readonly ListedImage[]>;
  /** The manifests' bytes; digests that cannot be read are left out. */
  manifests(
    repository: string,
    digests: readonly Digest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Digest, FetchedManifest>>;
  /** Removes manifests with all their tags, in this order. What is gone already counts as removed. */
  remove(repository: string, digests: readonly Digest[], signal: AbortSignal): Promise<readonly RemovalFailure[]>;
}

/** One version of a chart as an index names it. URLs are absolute. The digest is undefined where the index gives none. */
export interface ChartIndexEntry {
  readonly version: string;
  readonly urls: readonly string[];
  readonly digest: Digest | 'unreadable' | undefined;
}

/** The classic HTTP chart repository. */
export interface ChartRepository {
  /** The entries of one chart, in the index's order; undefined when the index has no such chart. One fetch per repository and run. */
  entries(repository: string, chart: string, signal: AbortSignal): Promise<readonly ChartIndexEntry[] | undefined>;
  /** All chart names of the repository, for "did you mean". */
  charts(repository: string, signal: AbortSignal): Promise<readonly string[]>;
  /** An archive's bytes, at most `limit` of them. */
  archive(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The provenance file beside the archive of a URL, at most `limit` bytes; undefined where there is none. */
  provenance(archive: string, limit: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** One image to move. `source.digest` is what is copied; `destination.tag` is what it is called there. */
export interface CopyJob {
  readonly source: Reference & { readonly digest: Digest };
  readonly destination: Reference & { readonly tag: string };
}

/** Moves one manifest with everything it refers to, byte for byte. */
export interface Copier {
  /** Resolves when the destination has accepted the tag; `onBytes` hears of every chunk that left the source. */
  copy(job: CopyJob, onBytes: (count: number) => void, signal: AbortSignal): Promise<void>;
}

/** Pushes a packed chart. */
export interface ChartPusher {
  /** Pushes the archive to `oci://registry/path/<chart>:<version>`; chart and version are those of its Chart.yaml. */
  push(archive: string, registry: string, path: string, signal: AbortSignal): Promise<void>;
}

/** What one `helm template` run is given. Paths are absolute. */
export interface RenderRequest {
  readonly archive: string;
  readonly release: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly valuesFiles: readonly string[];
  readonly skipSchema: boolean;
}

/**
 * The rendered text, or the reason in one line. `lasting`: it lies in the chart and its values, so another try would end the
 * same way. `isBroken`: helm could not be started or was killed from elsewhere, which says nothing about the chart.
 */
export type RenderResult =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly lasting: boolean; readonly isBroken: boolean };

/**
 * What earlier runs found out, for one helm and one set of our rules. It is a help and never a need: what cannot be read is
 * not there, and what cannot be kept is told of once.
 */
export interface ResultCache {
  /** The day, counted from 1970. */
  readonly today: number;
  /** What was kept for a chart, by the digest of its archive. */
  load(chart: Digest): Promise<string | undefined>;
  store(chart: Digest, text: string): Promise<void>;
}

/** Renders charts, cut off from the user's machine and from the network. */
export interface Helm {
  readonly version: string;
  render(request: RenderRequest, signal: AbortSignal): Promise<RenderResult>;
}

/** Chart archives in memory. */
export interface Archives {
  /** @throws MirrorError CHART_ARCHIVE_REFUSED for links, `..`, absolute names, bombs and the like. */
  unpack(name: string, bytes: Uint8Array): Promise<ArchiveTree>;
  /** Reproducible: same tree, same bytes. Packed subcharts unchanged against `before` keep their bytes. */
  pack(tree: ArchiveTree, before?: ArchiveTree): Promise<Buffer>;
  /** The same, packed fast and not small: for archives that are rendered and thrown away. */
  packScratch(tree: ArchiveTree, before?: ArchiveTree): Promise<Buffer>;
  /** Equal for equal files, whatever the packing. */
  contentDigest(tree: ArchiveTree): Digest;
}

/** Charts on the local disk: a directory is packed by helm's rules (.helmignore), an archive is read as it is. */
export interface LocalCharts {
  archive(path: string, signal: AbortSignal): Promise<Uint8Array>;
  /** The provenance file beside an archive, at most `limit` bytes; undefined where there is none, as for directories. */
  provenance(archive: string, limit: number): Promise<Uint8Array | undefined>;
}

/** Scratch files of one run, gone at its end. */
export interface Workspace {
  /** Writes a file below the workspace, readable by the user alone, and returns its absolute path. */
  write(name: string, data: string | Uint8Array): Promise<string>;
}

/** What stays: files below the output directory, written whole or not at all. */
export interface Output {
  write(path: string, data: string | Uint8Array): Promise<void>;
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
