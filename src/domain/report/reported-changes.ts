/** One release of a chart in a comparison. */
export interface ChangedChart {
  readonly chart: string;
  readonly release: string;
  /** Null where it is new, or no version was found. */
  readonly before: string | null;
  /** Null where it is gone, or no version was found. */
  readonly after: string | null;
  /** What else is different: `original archive`, `images`, `destination`. Empty for the new and the gone. */
  readonly what: readonly string[];
}

/** One image in a comparison: its digests at the target, null where not known or not there. */
export interface ChangedImage {
  readonly source: string;
  readonly destination: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Something that ended well before, or was not there, and does not now; or the other way round. */
export interface TurnedRow {
  readonly kind: 'chart' | 'image';
  readonly name: string;
  /** The status in the previous report; null where it is new. */
  readonly before: string | null;
  readonly after: string;
  /** The code of the error; null where there is none. */
  readonly code: string | null;
}

/** How a run differs from an earlier one. Everything in the lists is in the order of the reports. */
export interface ReportedChanges {
  readonly previous: {
    /** When the earlier run ended. */
    readonly finishedAt: string;
    readonly exitCode: number;
    readonly target: string;
    readonly scanOnly: boolean;
  };
  /** Whether there is no difference at all, both runs ended well, and nothing was written. */
  readonly nothing: boolean;
  /** Whether there is no difference and nothing was written, but the same failed in both runs, with the same errors. */
  readonly sameFailures: boolean;
  readonly charts: {
    readonly new: readonly ChangedChart[];
    readonly changed: readonly ChangedChart[];
    readonly gone: readonly ChangedChart[];
  };
  readonly images: {
    readonly new: readonly ChangedImage[];
    readonly changed: readonly ChangedImage[];
    readonly gone: readonly ChangedImage[];
  };
  readonly newlyFailing: readonly TurnedRow[];
  readonly stillFailing: readonly TurnedRow[];
  readonly recovered: readonly TurnedRow[];
}
