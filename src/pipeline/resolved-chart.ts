import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import type { ChartTree, DependencyFact } from '../domain/chart/chart-tree.ts';
import type { DeclaredImage } from '../domain/images/annotations.ts';
import type { Digest, Reference } from '../domain/reference.ts';
import type { WorkspaceFile } from './workspace-file.ts';

/** Where a resolved chart version is fetched from. `promised` is the digest that an HTTP index gives for a chart in a registry. */
export type ChartLocator =
  | { readonly kind: 'http'; readonly urls: readonly string[]; readonly digest: Digest | undefined }
  | { readonly kind: 'oci'; readonly reference: Reference; readonly promised: Digest | undefined }
  | { readonly kind: 'local'; readonly path: string };

/** A version chosen for an addon. */
export interface ResolvedVersion {
  readonly version: string;
  readonly how: 'exact' | 'range' | 'newest' | 'local';
  /** Other versions that differ only in build metadata or spelling: none of them is newer. */
  readonly equals: readonly string[];
  readonly locator: ChartLocator;
}

/** An archive that its publisher has signed, as it was fetched, with its provenance file. `file` is its name in that file. */
export interface SignedArchive {
  readonly file: string;
  readonly archive: Uint8Array;
  readonly provenance: Uint8Array;
}

/** A chart in memory, complete with its dependencies. `digest` is that of the archive as it was fetched. */
export interface PulledChart {
  readonly digest: Digest;
  readonly original: ArchiveTree;
  /** The original plus the dependencies this run has fetched. */
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
  readonly dependencies: readonly DependencyFact[];
  readonly excluded: readonly string[];
  /** What is rendered, and what is probed (without NOTES.txt, whose guards refuse markers). */
  readonly archive: WorkspaceFile;
  readonly probe: WorkspaceFile;
  readonly declared: readonly DeclaredImage[];
  /** Undefined where the source has no provenance file of the archive. */
  readonly signed: SignedArchive | undefined;
}
