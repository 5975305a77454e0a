import type { Descriptor } from '../domain/manifest.ts';
import type { Digest, Reference } from '../domain/reference.ts';
import type { WrapEntry } from '../domain/wrap/wrap-entry.ts';

/** Content in files of this machine, by digest: blobs and manifests alike. What is there was checked when it came in. */
export interface Contents {
  /** The size in bytes; undefined where it is not there. */
  size(digest: Digest): Promise<number | undefined>;
  /** All of it, in memory. Throws RangeError above `limit` bytes, and for what is not there. */
  read(digest: Digest, limit: number): Promise<Uint8Array>;
  /** A stream of it, from the byte `from` on. Throws RangeError for what is not there. */
  open(digest: Digest, from?: number): AsyncIterable<Uint8Array>;
  /**
   * Takes content in: it is there when all of it has come, has the digest, and the size where one is given; else nothing
   * is. What is there already is read to its end and checked all the same, and kept.
   *
   * @throws MirrorError CONTENT_DAMAGED when digest or size differ.
   */
  write(
    digest: Digest,
    size: number | undefined,
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Sees bytes before whoever reads them does. What it throws ends their stream. */
export interface ByteWatch {
  chunk(bytes: Uint8Array): void;
  /** All have come. */
  end(): void;
}

/** Which bytes of a blob are read: those from `from` on, past the watch. */
export interface BlobReading {
  readonly from?: number;
  readonly watch?: ByteWatch;
}

/** Blobs of source registries, as streams. */
export interface BlobSource {
  /**
   * The bytes of a blob of this repository. A connection that breaks off is taken up again where it stopped, a few times. Whoever
   * reads them has to check the digest.
   *
   * @throws MirrorError, in the course of reading, when the source does not have it or cannot be reached.
   */
  open(repository: Reference, blob: Descriptor, signal: AbortSignal, reading?: BlobReading): AsyncIterable<Uint8Array>;
}

/** Writes wraps. */
export interface WrapWriter {
  /**
   * Writes the entries of a wrap, whole or not at all, and returns its file as a person would name it, and its size in
   * bytes. `time`, in milliseconds since the epoch, is that of every entry.
   */
  write(
    wrap: { readonly name: string; readonly version: string },
    entries: readonly WrapEntry[],
    contents: Contents,
    time: number,
    signal: AbortSignal,
  ): Promise<{ readonly file: string; readonly bytes: number }>;
}
