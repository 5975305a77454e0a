import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import type { Digest } from '../domain/reference.ts';

/** One version of a chart as an index names it. URLs are absolute. The digest is undefined where the index gives none. */
export interface ChartIndexEntry {
  readonly version: string;
  readonly urls: readonly string[];
  readonly digest: Digest | 'unreadable' | undefined;
}

/** The classic HTTP chart repository. */
export interface ChartRepository {
  /** The entries of one chart, in the index's order; undefined when the index has no such chart. One fetch per repository and run. */
  entries(repository: string, chart: string, signal: AbortSignal): Promise<readonly ChartIndexEntry[] | undefined>;
  /** All chart names of the repository, for "did you mean". */
  charts(repository: string, signal: AbortSignal): Promise<readonly string[]>;
  /** An archive's bytes, at most `limit` of them. */
  archive(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The provenance file beside the archive of a URL, at most `limit` bytes; undefined where there is none. */
  provenance(archive: string, limit: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** Charts on the local disk: a directory is packed by helm's rules (.helmignore), an archive is read as it is. */
export interface LocalCharts {
  archive(path: string, signal: AbortSignal): Promise<Uint8Array>;
  /** The provenance file beside an archive, at most `limit` bytes; undefined where there is none, as for directories. */
  provenance(archive: string, limit: number): Promise<Uint8Array | undefined>;
}

/** Chart archives in memory. */
export interface Archives {
  /** @throws MirrorError CHART_ARCHIVE_REFUSED for links, `..`, absolute names, bombs and the like. */
  unpack(name: string, bytes: Uint8Array): Promise<ArchiveTree>;
  /** Reproducible: same tree, same bytes. Packed subcharts unchanged against `before` keep their bytes. */
  pack(tree: ArchiveTree, before?: ArchiveTree): Promise<Buffer>;
  /** The same, packed fast and not small: for archives that are rendered and thrown away. */
  packScratch(tree: ArchiveTree, before?: ArchiveTree): Promise<Buffer>;
  /** Equal for equal files, whatever the packing. */
  contentDigest(tree: ArchiveTree): Digest;
}

/** Pushes a packed chart. */
export interface ChartPusher {
  /** Pushes the archive to `oci://registry/path/<chart>:<version>`; chart and version are those of its Chart.yaml. */
  push(archive: string, registry: string, path: string, signal: AbortSignal): Promise<void>;
}
