import type { ChartFile } from '../chart/archive-tree.ts';
import type { Digest } from '../reference.ts';

/**
 * One entry of a wrap that is to be written, with its whole name. The bytes of a `blob` come from elsewhere, by digest; a
 * `packed` one does not get smaller, so no time is spent on it.
 */
export type WrapEntry =
  | { readonly kind: 'directory'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string; readonly mode: number; readonly data: Uint8Array }
  | {
      readonly kind: 'blob';
      readonly name: string;
      readonly digest: Digest;
      readonly size: number;
      readonly packed: boolean;
    };

/** A blob of a wrap that was read: its bytes have this digest, as its name says. */
export interface WrappedBlob {
  readonly digest: Digest;
  readonly size: number;
}

/**
 * What a wrap holds, as it was read, without its leading directory. Names that lead outside, links, devices and two entries
 * of one name are refused before.
 */
export interface WrapFiles {
  /** The leading directory. */
  readonly top: string;
  /** The files below `chart/`, by their path below it, in the order of the wrap. */
  readonly chart: ReadonlyMap<string, ChartFile>;
  /** Other small files, such as `images/<hex>.layout/index.json`, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that are named for their digest, `<…>/blobs/sha256/<hex>`, by name. */
  readonly blobs: ReadonlyMap<string, WrappedBlob>;
}
