import type { SignatureResult } from '../../domain/signatures/result.ts';
import type { ArtifactRequests } from '../artifacts/artifact-item.ts';
import type { ImageItem } from '../image-item.ts';

/** How often registries were asked for signatures, beside what was asked about artifacts in any case. */
export interface SignatureRequests extends ArtifactRequests {
  blobs: number;
}

/** What is known of the signatures of a run's images. Images that were not looked at are not in it. */
export interface SignatureWork {
  readonly results: Map<ImageItem, SignatureResult>;
  readonly requests: SignatureRequests;
}

/** Nothing known yet. */
export function startSignatureWork(): SignatureWork {
  return { results: new Map(), requests: { tags: 0, referrers: 0, heads: 0, manifests: 0, blobs: 0 } };
}
