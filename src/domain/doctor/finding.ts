/** What a finding is about. */
export type Area = 'program' | 'proxy' | 'certificates' | 'clock' | 'source' | 'target' | 'disk';

/** `fine`; `doubt`: it may do, and somebody should know; `wrong`: a run would fail, or an image would be missed. */
export type Judgement = 'fine' | 'doubt' | 'wrong';

/** One thing that was looked at. */
export interface Finding {
  readonly area: Area;
  readonly subject: string;
  readonly judgement: Judgement;
  readonly what: string;
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null;
}

/** All that was found: what `doctor --json` prints. */
export interface DoctorReport {
  readonly version: 1;
  /** Whether nothing is wrong. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

/** The report of these findings; healthy unless one of them is wrong. */
export function doctorReport(findings: readonly Finding[]): DoctorReport {
  return { version: 1, healthy: findings.every(({ judgement }) => judgement !== 'wrong'), findings };
}

/** A finding that needs nothing. */
export function fine(area: Area, subject: string, what: string): Finding {
  return { area, subject, judgement: 'fine', what, remedy: null };
}
