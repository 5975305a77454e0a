import { resolve } from 'node:path';
import { schemaFaults } from '../config/documents.ts';
import type { Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Report } from '../domain/report/report.ts';
import { oneLine } from '../errors.ts';

const NO_REPORT = 'name a report.json that mirror, copy, unwrap or bundle push has written';

/** The version of reports that is read here. */
const VERSION: Report['version'] = 1;

interface WrongReport {
  readonly kind: 'problem';
  readonly problem: Problem;
}

/** What reading a report gives. */
export type ReportReading =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'absent' }
  | WrongReport;

function wrong(file: string, what: string, instead = NO_REPORT): WrongReport {
  return { kind: 'problem', problem: { file, line: undefined, column: undefined, what: oneLine(what), instead } };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reports of the first version may lack what was added to it since. */
function withLaterKeys(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) return value;
  const whole = { changes: null, layers: null, ...value };
  const { changes }: { readonly changes: unknown } = whole;
  const isCompared = typeof changes === 'object' && changes !== null && !Array.isArray(changes);
  return isCompared ? { ...whole, changes: { sameFailures: false, ...changes } } : whole;
}

/** The version that a file says it has, where it is not ours. */
function otherVersion(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
  const { version } = value;
  return typeof version === 'number' && version !== VERSION ? String(version) : undefined;
}

function readText(text: string, file: string): ReportReading {
  let value: unknown;
  try {
    value = withLaterKeys(JSON.parse(text));
  } catch (error) {
    return wrong(file, `this is no report, and no JSON: ${reasonOf(error)}`);
  }
  const version = otherVersion(value);
  if (version !== undefined) {
    const what = `this report has version ${version}, and this program reads version ${VERSION}`;
    return wrong(file, what, 'run the command with the release of airgap-charts that wrote it');
  }
  const [fault] = schemaFaults(value, 'report');
  if (fault !== undefined) return wrong(file, `this is no report: ${fault}`);
  // a checked boundary: the schema has just been met
  return { kind: 'report', report: value as Report };
}

/**
 * Reads a report and checks it against its schema. `file` is the name as it was given, below `cwd` if it is relative. A file that
 * cannot be read, is no JSON, is no report, or has another version is a problem.
 */
export async function readReport(file: string, cwd: string): Promise<ReportReading> {
  const path = resolve(cwd, file);
  if ((await diskFiles.kindOf(path)) === 'absent') return { kind: 'absent' };
  try {
    return readText(await diskFiles.readText(path), file);
  } catch (error) {
    return wrong(file, `this report cannot be read: ${reasonOf(error)}`);
  }
}

/** The same where there has to be one: that there is none is a problem, too. */
export async function readNamedReport(file: string, cwd: string): Promise<Exclude<ReportReading, { kind: 'absent' }>> {
  const read = await readReport(file, cwd);
  return read.kind === 'absent' ? wrong(file, 'this report cannot be read: it does not exist') : read;
}
