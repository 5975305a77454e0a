/** An image that the relocated chart names by digest wherever it renders it. */
export interface ReportedPin {
  readonly image: string;
  readonly digest: string;
  /** The keys that say so, and the lines (`file:line`). */
  readonly by: readonly string[];
}

/** An image that keeps its tag alone, at some place at least, and why. */
export interface ReportedUnpinned {
  readonly image: string;
  readonly reason: string;
}
