import type { Digest } from '../domain/reference.ts';

/** Scratch files of one run, gone at its end. */
export interface Workspace {
  /** Writes a file below the workspace, readable by the user alone, and returns its absolute path. */
  write(name: string, data: string | Uint8Array): Promise<string>;
}

/** What stays: files below the output directory, written whole or not at all. */
export interface Output {
  /** `mode` are the rights of the file, where they are not the usual ones. */
  write(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
}

/**
 * What earlier runs found out, for one helm and one set of our rules. It is a help and never a need: what cannot be read is
 * not there, and what cannot be kept is told of once.
 */
export interface ResultCache {
  /** The day, counted from 1970. */
  readonly today: number;
  /** What was kept for a chart, by the digest of its archive. */
  load(chart: Digest): Promise<string | undefined>;
  store(chart: Digest, text: string): Promise<void>;
}
