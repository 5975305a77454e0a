import { resolve } from 'node:path';
import type { ReportFlags } from '../cli/report-options.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Report } from '../domain/report/report.ts';
import { readReport } from './read-report.ts';

/** Where events go. Paths are absolute. */
export type EventsTo =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string };

/** What a run writes beside its report, and what it is compared with. Paths are absolute. */
export interface RunOutputs {
  readonly markdown: string | undefined;
  readonly junit: string | undefined;
  readonly events: EventsTo;
  readonly previous: Report | undefined;
  /** What is to be said of it. */
  readonly notes: readonly string[];
}

function eventsOf(flag: string | undefined, cwd: string): EventsTo {
  if (flag === undefined) return { kind: 'nowhere' };
  return flag === '-' ? { kind: 'stdout' } : { kind: 'file', path: resolve(cwd, flag) };
}

async function fileProblems(flag: string, file: string | undefined, cwd: string): Promise<readonly Problem[]> {
  if (file === undefined) return [];
  if (file === '' || file === '-') {
    return [flagProblem(flag, { what: 'this is no file', instead: 'name a file' })];
  }
  const isDirectory = (await diskFiles.kindOf(resolve(cwd, file))) === 'directory';
  return isDirectory ? [flagProblem(flag, { what: `${file} is a directory`, instead: 'name a file' })] : [];
}

/** Whether two flags name one file. */
function sameFile({ markdown, junit, events }: ReportFlags, cwd: string): readonly Problem[] {
  const named = [
    ['--markdown', markdown],
    ['--junit', junit],
    ['--events', events === '-' ? undefined : events],
  ] as const;
  const paths = named.flatMap(([flag, file]) => (file === undefined ? [] : [{ flag, path: resolve(cwd, file) }]));
  return paths
    .filter(({ path }, index) => paths.findIndex((other) => other.path === path) < index)
    .map(({ flag }) => flagProblem(flag, { what: 'another flag names the same file', instead: 'name one for each' }));
}

/** Reads and checks what the flags say of outputs. A previous report that is not there is told, and is no problem. */
export async function readOutputs(
  flags: ReportFlags & { readonly json: boolean },
  cwd: string,
): Promise<{ readonly outputs: RunOutputs; readonly problems: readonly Problem[] }> {
  const { markdown, junit, events, previous } = flags;
  const read = previous === undefined ? undefined : await readReport(previous, cwd);
  const both = {
    what: 'the report and the events would both go to standard output',
    instead: 'name a file for the events',
  };
  const problems = [
    ...(await fileProblems('--markdown', markdown, cwd)),
    ...(await fileProblems('--junit', junit, cwd)),
    ...(events === '-' ? [] : await fileProblems('--events', events, cwd)),
    ...(events === '-' && flags.json ? [flagProblem('--events', both)] : []),
    ...sameFile(flags, cwd),
    ...(read?.kind === 'problem' ? [read.problem] : []),
  ];
  const outputs: RunOutputs = {
    markdown: markdown === undefined ? undefined : resolve(cwd, markdown),
    junit: junit === undefined ? undefined : resolve(cwd, junit),
    events: eventsOf(events, cwd),
    previous: read?.kind === 'report' ? read.report : undefined,
    notes: read?.kind === 'absent' ? [`there is no earlier report at ${previous}: nothing is compared`] : [],
  };
  return { outputs, problems };
}
