import type { Digest, Reference } from '../../domain/reference.ts';
import type { MirrorError } from '../../errors.ts';
import type { FetchedManifest } from '../../ports/registry.ts';
import type { ImageItem } from '../image-item.ts';

/** Where an artifact stands. `moved` is what really left the source for it. */
export type ArtifactState =
  | { readonly kind: 'to-copy'; readonly replaces: boolean }
  | { readonly kind: 'present' }
  /** The target has something else under its tag, and keeps it. */
  | { readonly kind: 'kept'; readonly reason: string }
  /** A list names it, and its source does not show it. */
  | { readonly kind: 'unconfirmed'; readonly reason: string }
  | { readonly kind: 'copied'; readonly replaced: boolean; readonly moved: number }
  | { readonly kind: 'failed'; readonly error: MirrorError };

/** A signature, an attestation or anything else that stands beside an image and is about it. */
export interface ArtifactItem {
  /** How it is found: by a tag that is made of a digest, or by what it refers to. */
  readonly kind: 'tag' | 'referrer';
  readonly images: Set<ImageItem>;
  /** The artifact that it is about; undefined where that is an image. */
  readonly parent: ArtifactItem | undefined;
  /** With a tag, or else by its digest. */
  readonly source: Reference;
  readonly destination: Reference;
  digest: Digest | undefined;
  artifactType: string | undefined;
  bytes: number | undefined;
  /** The digests that others can be about: its own, and those below it. */
  below: readonly Digest[];
  state: ArtifactState;
}

/** Where the list of what refers to a manifest stands. `unneeded`: the target makes such lists itself. */
export type ListState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'unneeded' }
  | { readonly kind: 'present'; readonly digest: Digest }
  | { readonly kind: 'copied'; readonly digest: Digest; readonly replaced: boolean }
  | { readonly kind: 'kept'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: MirrorError };

/** The list of what refers to one manifest, under its tag: OCI distribution-spec v1.1, "Referrers Tag Schema". */
export interface ReferrersList {
  readonly images: Set<ImageItem>;
  readonly subject: Digest;
  readonly source: Reference;
  readonly destination: Reference & { readonly tag: string };
  /** What the source has there; undefined where it makes such lists itself. */
  readonly original: FetchedManifest | undefined;
  readonly referrers: Set<ArtifactItem>;
  state: ListState;
}

/** A repository whose artifacts could not all be looked for, and what it did not tell. */
export interface SearchRefusal {
  readonly registry: string;
  readonly repository: string;
  readonly what: 'tags' | 'referrers' | 'manifests';
  readonly reason: string;
  /** Undefined where the registry answered, and refused. */
  readonly error: MirrorError | undefined;
  readonly images: Set<ImageItem>;
}

/** How often registries were asked about artifacts; what copying them takes is not in it. */
export interface ArtifactRequests {
  tags: number;
  referrers: number;
  heads: number;
  manifests: number;
}

/** What is known of the artifacts of a run, by the text of their references at the target. */
export interface ArtifactWork {
  readonly items: Map<string, ArtifactItem>;
  readonly lists: Map<string, ReferrersList>;
  readonly refusals: Map<string, SearchRefusal>;
  readonly requests: ArtifactRequests;
}

/** Nothing known yet. */
export function startArtifactWork(): ArtifactWork {
  const requests = { tags: 0, referrers: 0, heads: 0, manifests: 0 };
  return { items: new Map(), lists: new Map(), refusals: new Map(), requests };
}

/** Whether an artifact is at the target. */
export function isThere({ state }: ArtifactItem): boolean {
  return state.kind === 'present' || state.kind === 'copied';
}
