import type { ImageChoice } from '../images/evidence.ts';
import type { Digest } from '../reference.ts';

/** A values file of a release, with its text. */
export interface BundledLayer {
  readonly origin: 'shipped-override' | 'user-override' | 'values-file' | 'inline';
  readonly name: string;
  readonly text: string;
}

/** How a chart is installed: what a catalog says of it. References, platforms and patterns are written as in a catalog. */
export interface BundledRelease {
  readonly release: string;
  readonly namespace: string | null;
  readonly ociNamespace: string;
  readonly kubeVersion: string | null;
  readonly apiVersions: readonly string[];
  readonly layers: readonly BundledLayer[];
  readonly profiles: readonly { readonly name: string; readonly layers: readonly BundledLayer[] }[];
  readonly platforms: readonly string[];
  readonly images: readonly { readonly reference: string; readonly reason: string | null }[];
  readonly excluded: readonly { readonly pattern: string; readonly reason: string }[];
}

/** What was read in the renders of a chart, for the same helm and the same rules: the closed side need not render it again. */
export interface BundledResults {
  readonly digest: Digest;
  readonly helm: Digest;
  readonly rules: Digest;
}

/** A chart with everything that installs it. `archive` is complete with its dependencies. */
export interface BundledChart {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly archive: Digest;
  /** The provenance file of the archive; null where it has none. */
  readonly provenance: Digest | null;
  readonly results: BundledResults | null;
  readonly releases: readonly BundledRelease[];
  /** The references of the images that it pulls. */
  readonly images: readonly string[];
}

/** An image, or something that belongs to one. */
export interface BundledImage {
  readonly reference: string;
  readonly digest: Digest;
  /** The digest at the source, where `digest` was made of some of its platforms. */
  readonly madeFrom: Digest | null;
  /** The reference of the image that it belongs to; null for an image. */
  readonly of: string | null;
}

/** A blob that is not in a bundle, with the repository of the target that had it when its inventory was taken. */
export interface OmittedBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly repository: string;
}

/**
 * The programs for one platform, without which nothing begins on the closed side: a gzipped tar file of the directory
 * `toolsFolder(platform)`. Versions are those that the programs tell; null for a build that does not know its own.
 */
export interface BundledTools {
  readonly platform: string;
  readonly digest: Digest;
  readonly size: number;
  readonly node: string;
  readonly tool: string;
  readonly helm: string | null;
  readonly crane: string | null;
}

/** What is in a bundle, and what it needs to be pushed. */
export interface BundleContents {
  readonly version: 1;
  readonly generatedAt: string;
  readonly images: ImageChoice;
  readonly charts: readonly BundledChart[];
  readonly carried: readonly BundledImage[];
  /** Blobs that are not in it, since the target has them already. */
  readonly omitted: readonly OmittedBlob[];
  /** One for each platform that was asked for. */
  readonly tools: readonly BundledTools[];
}

/** Where the contents of a bundle are listed in it. */
export const CONTENTS_NAME = 'airgap-charts/bundle.json';

/** Where a bundle with tools tells a person how to begin. */
export const START_NAME = 'airgap-charts/START.txt';

/** The one directory that the tools of a platform (`os/arch`) are in. */
export function toolsFolder(platform: string): string {
  return `airgap-charts-${platform.replaceAll('/', '-')}`;
}
