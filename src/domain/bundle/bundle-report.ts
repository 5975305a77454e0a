import type { BundlePart } from './bundle-entry.ts';

/** What came of making a bundle. `parts` is empty where there is none. */
export interface BundleOutcome {
  readonly parts: readonly BundlePart[];
  readonly charts: readonly string[];
  /** Charts that are not in it, with the reason. */
  readonly missing: readonly { readonly chart: string; readonly reason: string }[];
  /** Images that their sources do not have, and that nobody surely pulls, with the reason. */
  readonly unconfirmed: readonly { readonly image: string; readonly reason: string }[];
  readonly images: number;
  readonly artifacts: number;
  /** The bytes of all different blobs that the charts and images need, and of those that were left out. */
  readonly neededBytes: number;
  readonly omittedBytes: number;
  readonly omitted: number;
}
