import { resolve } from 'node:path';
import { schemaFaults } from '../config/documents.ts';
import type { Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Report } from '../domain/report/report.ts';

const NO_REPORT = 'name a report.json that mirror, copy, unwrap or bundle push has written';

/** What reading a report gives. */
export type ReportReading =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problem'; readonly problem: Problem };

function wrong(file: string, what: string): ReportReading {
  return { kind: 'problem', problem: { file, line: undefined, column: undefined, what, instead: NO_REPORT } };
}

/** Reports of the first version may lack what was added to it since. */
function withLaterKeys(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { changes: null, layers: null, ...value } : value;
}

/** Reads a report and checks it against its schema. `file` is the name as it was given, below `cwd` if it is relative. */
export async function readReport(file: string, cwd: string): Promise<ReportReading> {
  const path = resolve(cwd, file);
  if ((await diskFiles.kindOf(path)) === 'absent') return { kind: 'absent' };
  let value: unknown;
  try {
    value = withLaterKeys(JSON.parse(await diskFiles.readText(path)));
  } catch (error) {
    return wrong(file, `this report cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [fault] = schemaFaults(value, 'report');
  if (fault !== undefined) return wrong(file, `this is no report: ${fault}`);
  // a checked boundary: the schema has just been met
  return { kind: 'report', report: value as Report };
}
