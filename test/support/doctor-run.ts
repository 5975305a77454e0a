import type { DoctorReport, Finding } from '../../src/domain/doctor/finding.ts';
import type { CliResult } from './e2e-machine.ts';

/** What a run of `doctor --json` found. */
export interface Diagnosis {
  readonly code: number | undefined;
  readonly report: DoctorReport;
  /** The findings of an area. */
  of(area: Finding['area']): readonly Finding[];
  /** `subject judgement` of an area. */
  rows(area: Finding['area']): readonly string[];
}

/** Reads what `doctor --json` has printed. */
export function diagnosisOf({ code, stdout, stderr }: CliResult): Diagnosis {
  if (stdout === '') throw new Error(`nothing was printed (exit code ${code}):\n${stderr}`);
  const report: DoctorReport = JSON.parse(stdout);
  const of: Diagnosis['of'] = (area) => report.findings.filter((one) => one.area === area);
  return { code, report, of, rows: (area) => of(area).map(({ subject, judgement }) => `${subject} ${judgement}`) };
}
