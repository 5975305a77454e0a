import type { Digest } from '../reference.ts';

/**
 * One file in a bundle, whose size is known before anything is fetched. A `text` is at hand when the bundle is planned; the
 * bytes of a `blob` come later, in any order.
 */
export type BundleEntry =
  | { readonly kind: 'text'; readonly name: string; readonly data: Uint8Array }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: Digest; readonly size: number };

/** A file of a finished bundle. `sha256` is that of the whole file, in hex. */
export interface BundlePart {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}
