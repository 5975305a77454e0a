import { chartOfRecordTag, RECORD_TYPE } from '../records/record-artifact.ts';
import type { Digest } from '../reference.ts';

/** What is taken along of what belongs to images. */
export type ArtifactChoice = 'none' | 'signatures' | 'all';

/** Every choice, from the least to the most. */
export const ARTIFACT_CHOICES: readonly ArtifactChoice[] = ['none', 'signatures', 'all'];

/** The tag of the list of what refers to a manifest: OCI distribution-spec v1.1, "Referrers Tag Schema". */
export function referrersTag(digest: Digest): string {
  return digest.replace(':', '-');
}

/**
 * Whether a tag is one of those that cosign and others give to what belongs to a manifest: `sha256-<hex>.sig`, `.att`, `.sbom`
 * and the like, and `sha256-<hex>` for the list of referrers.
 */
export function belongsTo(tag: string, digest: Digest): boolean {
  const stem = referrersTag(digest);
  return tag === stem || tag.startsWith(`${stem}.`) || tag.startsWith(`${stem}-`);
}

/** The tags that cosign gives to what belongs to a manifest, and that of the list of referrers: for registries that list no tags. */
export function usualTags(digest: Digest): readonly string[] {
  const stem = referrersTag(digest);
  return [stem, `${stem}.sig`, `${stem}.att`, `${stem}.sbom`];
}

/** Whether a tag is one that cosign moves when it signs or attests again (cosign v2, specs/SIGNATURE_SPEC.md). */
export function isSigningTag(tag: string): boolean {
  return /\.(?:sig|att)$/.test(tag);
}

/** The tags of a repository that belong to a manifest and are chosen. Lists of images of charts stay: they name another registry's images. */
export function chosenTags(tags: readonly string[], digest: Digest, choice: ArtifactChoice): readonly string[] {
  if (choice === 'none') return [];
  return tags
    .filter((tag) => belongsTo(tag, digest) && chartOfRecordTag(tag) === undefined)
    .filter((tag) => choice === 'all' || tag.endsWith('.sig') || tag === referrersTag(digest))
    .sort();
}

// cosign v2 (pkg/oci), sigstore bundles (sigstore/cosign specs/BUNDLE_SPEC.md), notation (notaryproject/specifications)
const SIGNATURES =
  /^application\/vnd\.(?:dev\.cosign\.artifact\.sig\.|dev\.cosign\.simplesigning\.|dev\.sigstore\.bundle|cncf\.notary\.signature)/;
// says nothing of the artifact: OCI image-spec v1.1, "Guidance for an Empty Descriptor"
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';

/** Whether what refers to a manifest is chosen by its type; undefined where the type does not tell. */
export function isChosenType(type: string | undefined, choice: ArtifactChoice): boolean | undefined {
  if (choice === 'none' || type === RECORD_TYPE) return false;
  if (choice === 'all') return true;
  if (type === undefined || type === '' || type === EMPTY_TYPE) return undefined;
  return SIGNATURES.test(type);
}
