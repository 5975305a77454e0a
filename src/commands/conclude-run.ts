import { basename, dirname, join } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { OutputFlags } from '../cli/options.ts';
import { compareReports } from '../domain/report/compare.ts';
import type { Report } from '../domain/report/report.ts';
import { type MirrorError, toMirrorError } from '../errors.ts';
import type { Output } from '../ports/files.ts';
import type { Redactor } from '../redaction.ts';
import { reportPage } from '../report/html/page.ts';
import { junitText } from '../report/junit.ts';
import { markdownText } from '../report/markdown.ts';
import { summaryText } from '../report/summary.ts';
import type { RunOutputs } from './run-outputs.ts';
import { scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** What a run has to tell at its end, and to whom. */
export interface Conclusion {
  readonly report: Report;
  readonly output: Output;
  readonly outputs: RunOutputs;
  readonly outputDir: string;
  /** Below the output directory. */
  readonly reportFile: string;
  /** Whether the usual summary is left out, since another one follows. */
  readonly ownSummary: boolean;
}

interface File {
  readonly name: string;
  readonly write: () => Promise<void>;
}

/** A text for a file anywhere, whole or not at all. */
function fileAt(path: string, text: string): File {
  return { name: path, write: () => createOutput(dirname(path)).write(basename(path), text) };
}

/** The page for people, beside the report for programs. */
function pageOf(reportFile: string): string {
  return reportFile.replace(/\.json$/, '.html');
}

function files({ output, outputs, outputDir, reportFile }: Conclusion, report: Report, json: string): readonly File[] {
  const own: File = { name: join(outputDir, reportFile), write: () => output.write(reportFile, json) };
  const { markdown, junit } = outputs;
  const page = pageOf(reportFile);
  return [
    own,
    { name: join(outputDir, page), write: () => output.write(page, reportPage(report)) },
    ...(markdown === undefined ? [] : [fileAt(markdown, markdownText(report))]),
    ...(junit === undefined ? [] : [fileAt(junit, junitText(report))]),
  ];
}

/** Writes all that can be written; what could not, with why. */
async function writeAll(
  all: readonly File[],
): Promise<readonly { readonly name: string; readonly error: MirrorError }[]> {
  const results = await Promise.all(
    all.map(async ({ name, write }) => ({ name, error: await write().then(() => undefined, toMirrorError) })),
  );
  return results.flatMap(({ name, error }) => (error === undefined ? [] : [{ name, error }]));
}

/** The report, compared with the earlier one where one was named. */
export function comparedReport(report: Report, { previous }: RunOutputs): Report {
  return previous === undefined ? report : { ...report, changes: compareReports(previous, report) };
}

/**
 * Tells the outcome: what a run has done is said even where the report cannot be written. The exit code, which is not 0 when a
 * file is missing.
 */
export async function concludeRun(
  conclusion: Conclusion,
  flags: OutputFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { outputs, outputDir, reportFile, ownSummary } = conclusion;
  const json = scrubbedJson(conclusion.report, redactor);
  // a checked boundary: it is the report again, with secrets taken out of its strings
  const report = JSON.parse(json) as Report;
  const failures = await writeAll(files(conclusion, report, json));
  if (flags.json) around.print(json);
  if (!ownSummary) around.complain(`\n${redactor.scrub(summaryText(report, around.color))}`);
  for (const note of outputs.notes) around.complain(`note: ${note}\n`);
  const own = join(outputDir, reportFile);
  const isThere = (file: string): boolean => failures.every(({ name }) => name !== file);
  if (isThere(own)) around.complain(`report: ${own}\n`);
  const page = join(outputDir, pageOf(reportFile));
  if (isThere(page)) around.complain(`to read: ${page}\n`);
  for (const { name, error } of failures) {
    const what = name === own ? 'THERE IS NO REPORT FILE OF THIS RUN' : `${name} IS MISSING`;
    around.complain(redactor.scrub(`${error.code}: ${error.message}: ${what}\n`));
  }
  return failures.length === 0 ? report.exitCode : Math.max(report.exitCode, 1);
}
