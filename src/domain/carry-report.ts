import type { Digest } from './reference.ts';
import type { ReportedError } from './report/reported-error.ts';

/** One image in the list of a chart. `digest` is what its reference names at the source, and null where nobody asked. */
export interface ReportedListed {
  readonly chart: string;
  readonly name: string;
  readonly image: string;
  readonly digest: Digest | null;
  readonly platforms: readonly { readonly arch: string; readonly digest: Digest }[];
  /** Whether unwrapping gives this digest back. */
  readonly whole: boolean | null;
}

/** What was done for one chart. `file` is what was written, or null. */
export interface ReportedCargo {
  readonly chart: string;
  readonly version: string | null;
  readonly source: string;
  readonly file: string | null;
  readonly bytes: number | null;
  readonly images: readonly ReportedListed[];
  /** Carried beside the list, since it has no platform. */
  readonly artifacts: readonly string[];
  /** What was left out, and why. */
  readonly left: readonly { readonly image: string; readonly reason: string }[];
  readonly notes: readonly string[];
  readonly error: ReportedError | null;
}

/** What a command did that lists, locks or wraps charts. */
export interface CarryReport {
  readonly command: 'annotate' | 'lock' | 'wrap';
  readonly exitCode: 0 | 1 | 130;
  readonly charts: readonly ReportedCargo[];
}
