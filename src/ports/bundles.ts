import type { BundlePart } from '../domain/bundle/bundle-entry.ts';
import type { Digest } from '../domain/reference.ts';
import type { Contents } from './contents.ts';

/** A bundle that is being written, each blob at the place that was planned for it. */
export interface BundleWriter {
  /** The blobs that are there already: those of an interrupted run, if it planned the same bundle. */
  readonly done: ReadonlySet<Digest>;
  /**
   * Writes a blob, whole or not at all; several at once are fine.
   *
   * @throws MirrorError CONTENT_DAMAGED when digest or size differ, WORKSPACE_FAILED when the disk refuses.
   */
  write(digest: Digest, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /**
   * Reads everything once more, checks every blob, and puts the bundle in its place. A blob that is not right on the disk is
   * forgotten, so that the next run fetches it again.
   *
   * @throws MirrorError CONTENT_DAMAGED, WORKSPACE_FAILED; RangeError when a blob was not written.
   */
  finish(signal: AbortSignal): Promise<readonly BundlePart[]>;
  /** Lets go of the files. What is not finished stays for the next run. */
  close(): Promise<void>;
}

/** A bundle that is there, to be read in place. */
export interface OpenBundle {
  /** The parts, in their order. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** The texts of the bundle by name; undefined where there is none. At most `limit` bytes are read. */
  text(name: string, limit: number): Promise<Uint8Array | undefined>;
  /** The blobs of the bundle. Nothing can be taken in. */
  readonly contents: Contents;
  /** The digests of all blobs, with their sizes. */
  readonly blobs: ReadonlyMap<Digest, number>;
  /**
   * Reads everything once and checks it: every text and every blob.
   *
   * @throws MirrorError FILE_REFUSED, naming the file and the entry.
   */
  check(onBytes: (count: number) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
