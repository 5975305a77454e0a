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
import { nextStep } from '../report/next-step.ts';
import { folded, rowsOf, without } from '../report/screen.ts';
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
  /** Whether what to do after a success is said by whoever called. */
  readonly ownNext: boolean;
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

/** Where the files are, and which are missing. Paths stay whole: a terminal breaks them where it must. */
function fileLines(
  { outputs, outputDir, reportFile }: Conclusion,
  failures: Awaited<ReturnType<typeof writeAll>>,
): readonly string[] {
  const own = join(outputDir, reportFile);
  const page = join(outputDir, pageOf(reportFile));
  const isThere = (file: string): boolean => failures.every(({ name }) => name !== file);
  return [
    ...outputs.notes.map((note) => `note: ${note}`),
    ...(isThere(own) ? [`report: ${own}`] : []),
    ...(isThere(page) ? [`to read: ${page}`] : []),
    ...failures.map(({ name, error }) => {
      const what = name === own ? 'THERE IS NO REPORT FILE OF THIS RUN' : `${name} IS MISSING`;
      return `${error.code}: ${error.message}: ${what}`;
    }),
  ];
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
  const { outputDir, reportFile, ownSummary, ownNext } = conclusion;
  const json = scrubbedJson(conclusion.report, redactor);
  // a checked boundary: it is the report again, with secrets taken out of its strings
  const report = JSON.parse(json) as Report;
  const failures = await writeAll(files(conclusion, report, json));
  if (flags.json) around.print(json);
  const own = join(outputDir, reportFile);
  const next =
    ownSummary || (ownNext && report.exitCode === 0) ? undefined : nextStep(report, { outputDir, report: own });
  const below = [
    ...fileLines(conclusion, failures),
    ...(next === undefined ? [] : folded(next, around.screen, true)),
  ].map((line) => redactor.scrub(line));
  if (!ownSummary) {
    // a blank line before, and below the line on which the shell asks for more
    const taken = below.reduce((sum, line) => sum + rowsOf(line, around.screen), 2);
    around.complain(`\n${redactor.scrub(summaryText(report, around.color, without(around.screen, taken)))}`);
  }
  for (const line of below) around.complain(`${line}\n`);
  return failures.length === 0 ? report.exitCode : Math.max(report.exitCode, 1);
}
