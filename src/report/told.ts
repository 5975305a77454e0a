import type { Block } from './fit-parts.ts';

/** What a summary says of one subject, by how much it matters. */
export interface Told {
  readonly failed: readonly Block[];
  readonly doubtful: readonly Block[];
  /** What a scan lists. */
  readonly listed: readonly Block[];
  readonly totals: readonly string[];
}

/** Where there is nothing to say. */
export const NOTHING_TOLD: Told = { failed: [], doubtful: [], listed: [], totals: [] };
