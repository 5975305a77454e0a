import type { Digest, Reference } from '../reference.ts';

/** A manifest's bytes with its media type, as a file carries it. */
export interface ShelvedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What stands under a reference in a file. */
export interface ShelvedImage {
  readonly reference: Reference;
  readonly top: ShelvedManifest;
  /**
   * Whether `top` is what the source has under the reference. Else it was made anew from those platforms that the file has,
   * and has a digest of its own; `original` is that of the source, where the file tells it.
   */
  readonly isOriginal: boolean;
  readonly original: Digest | undefined;
}

/** The images of a file, and every manifest that they are made of. Their blobs are in its contents. */
export interface Shelf {
  readonly images: readonly ShelvedImage[];
  readonly manifests: ReadonlyMap<Digest, ShelvedManifest>;
}
