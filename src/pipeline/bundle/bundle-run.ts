import type { BundledResults, BundledTools } from '../../domain/bundle/bundle-contents.ts';
import type { BundleEntry, BundlePart } from '../../domain/bundle/bundle-entry.ts';
import type { Digest } from '../../domain/reference.ts';
import type { MirrorError } from '../../errors.ts';
import type { BundleWriter } from '../../ports/bundles.ts';
import type { BlobSource } from '../../ports/contents.ts';
import type { CarriedArtifact } from '../carry/find-artifacts.ts';
import type { ImageContents } from '../carry/read-image.ts';
import type { ChartItem } from '../chart-item.ts';
import type { ImageItem } from '../image-item.ts';
import type { Run } from '../run.ts';

/** Opens the file of a bundle whose entries are known. `time` is in milliseconds since the epoch. */
export type OpenWriter = (entries: readonly BundleEntry[], time: number) => Promise<BundleWriter>;

/** The tools of one platform, packed. */
export interface CarriedTools {
  readonly about: BundledTools;
  /** What the machine that they run on has to have, in words. */
  readonly needs: readonly string[];
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** What bundling needs beside a run that scans. */
export interface BundleRequest {
  readonly blobs: BlobSource;
  readonly open: OpenWriter;
  /** Whether signatures and what else belongs to images is carried. */
  readonly artifacts: boolean;
  /** The blobs that the closed side has already, with the repository that has them. */
  readonly known: ReadonlyMap<Digest, string>;
  /** The time of everything in the bundle, in milliseconds since the epoch; undefined for the newest of all charts. */
  readonly time: number | undefined;
  /** What was read in the renders of a chart, by the digest of its archive. */
  readonly resultsOf: (archive: Digest) => string | undefined;
  /** For which helm and rules that holds; undefined where it does not travel. */
  readonly stamp: Omit<BundledResults, 'digest'> | undefined;
  readonly tools: readonly CarriedTools[];
}

/** What an image is made of, with what belongs to it. */
export interface BundledContents {
  readonly contents: ImageContents;
  readonly artifacts: readonly CarriedArtifact[];
}

/** A run that writes a bundle in place of a registry. */
export interface Bundling {
  readonly request: BundleRequest;
  readonly run: Run;
  /** The archives as they came, with the provenance files that were kept. */
  readonly archives: Map<ChartItem, Uint8Array>;
  readonly images: Map<ImageItem, BundledContents>;
  writer: BundleWriter | undefined;
  parts: readonly BundlePart[];
  /** Blobs that are left out, since the closed side has them. */
  omitted: ReadonlyMap<Digest, number>;
  /** The bytes of everything that is needed, with what is left out; each blob once. */
  neededBytes: number;
  failure: MirrorError | undefined;
}

/** Begins. */
export function startBundling(run: Run, request: BundleRequest): Bundling {
  return {
    request,
    run,
    archives: new Map(),
    images: new Map(),
    writer: undefined,
    parts: [],
    omitted: new Map(),
    neededBytes: 0,
    failure: undefined,
  };
}
