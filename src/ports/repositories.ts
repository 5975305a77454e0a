import type { ExistingSettings, RepositorySettings, SettingName } from '../domain/ecr/repository-settings.ts';
import type { Digest } from '../domain/reference.ts';
import type { MirrorError } from '../errors.ts';
import type { FetchedManifest, Lookup } from './registry.ts';

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
