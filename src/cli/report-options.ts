import type { Command } from 'commander';

/** What a run writes beside its report, and what it is compared with. Paths may be relative. */
export interface ReportFlags {
  readonly markdown?: string;
  readonly junit?: string;
  /** `-` for standard output. */
  readonly events?: string;
  readonly previous?: string;
}

/** `--previous`, `--markdown`, `--junit` and `--events`. */
export function addReports(command: Command): Command {
  return command
    .option('--previous <file>', 'a report.json of an earlier run: tell what has changed since')
    .option('--markdown <file>', 'also write one page of Markdown, for the summary of a job or a comment')
    .option('--junit <file>', 'also write the outcome as JUnit XML')
    .option('--events <file>', 'write what happens as it happens, one JSON object a line; - for standard output');
}
