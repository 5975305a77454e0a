import type { Descriptor } from '../manifest.ts';
import type { Digest } from '../reference.ts';

/**
 * What a manifest refers to. `unread`: its bytes were not to be had (or say nothing that is understood); `mayHaveChildren`
 * when it is, or could be, an index.
 */
export type ManifestContent =
  | { readonly kind: 'image'; readonly blobs: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly children: readonly Digest[] }
  | { readonly kind: 'unread'; readonly mayHaveChildren: boolean };

/** One manifest of a repository. */
export interface StoredManifest {
  /** The name after the registry's host. */
  readonly repository: string;
  readonly digest: Digest;
  readonly tags: readonly string[];
  readonly pushedAt: Date;
  readonly isArchived: boolean;
  /** Whether it is a chart, or may be one as far as can be told. */
  readonly isChart: boolean;
  /** Undefined where nothing tells it. */
  readonly artifactType: string | undefined;
  /** The manifest that this one is about. */
  readonly subject: Digest | undefined;
  readonly content: ManifestContent;
}

/** A repository with all its manifests. Nothing is ever removed from one that is out of reach. */
export interface StoredRepository {
  readonly name: string;
  readonly reach: 'in-reach' | 'elsewhere' | 'not-ours';
  readonly manifests: readonly StoredManifest[];
}

/** What a manifest is known by in the whole registry. */
export function manifestKey({ repository, digest }: Pick<StoredManifest, 'repository' | 'digest'>): string {
  return `${repository}@${digest}`;
}

/** How a manifest is named to people: by its tags, or else by its digest. */
export function manifestName({
  repository,
  digest,
  tags,
}: Pick<StoredManifest, 'repository' | 'digest' | 'tags'>): string {
  return tags.length === 0 ? `${repository}@${digest}` : `${repository}:${tags.join(', ')}`;
}

// cosign's .sig, .att and .sbom, our .images, and the plain one of OCI distribution-spec v1.1, "Referrers Tag Schema"
const FOLLOWER_TAG = /^sha256-([0-9a-f]{64})(?:[.-][A-Za-z0-9_.-]+)?$/;

/** The manifests that one is about: its subject, and those that its tags are made of. */
export function subjectsOf({ subject, tags }: Pick<StoredManifest, 'subject' | 'tags'>): readonly string[] {
  const tagged = tags.flatMap((tag) => {
    const hex = FOLLOWER_TAG.exec(tag)?.[1];
    return hex === undefined ? [] : [`sha256:${hex}`];
  });
  return [...(subject === undefined ? [] : [subject]), ...tagged];
}
