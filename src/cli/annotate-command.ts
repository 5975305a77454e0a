import { Command } from 'commander';
import { addList, type CarryFlags, CHART_FORMS } from './carry-options.ts';

/** The flags of `annotate`, as commander reads them. */
export interface AnnotateFlags extends CarryFlags {
  readonly outputFile?: string;
}

/** What the command does; the number is the exit code. */
export interface AnnotateActions {
  readonly annotate: (chart: string, flags: AnnotateFlags) => Promise<number>;
}

const EXAMPLES = `
${CHART_FORMS}

Examples:
  $ airgap-charts annotate ./web
  $ airgap-charts annotate oci://registry.example.com/charts/web:1.2.3 --output-file web-annotated.tgz
  $ airgap-charts annotate ./web --annotations-key artifacthub.io/images --images all

Exit codes: 0 done; 1 the chart cannot be fetched, rendered or written; 2 bad input or a missing tool; 130 interrupted.`;

/** The command `annotate`. `done` receives the exit code. */
export function annotateCommand(actions: AnnotateActions, done: (code: number) => void): Command {
  const command = new Command('annotate')
    .description('write the images that a chart needs into its Chart.yaml, and into those of its subcharts')
    .argument('<chart>', 'the chart; a directory is changed where it is')
    .option(
      '--output-file <file>',
      'the archive to write (default: NAME-VERSION.tgz here; has to be named for an archive on disk)',
    );
  return addList(command)
    .addHelpText('after', EXAMPLES)
    .action(async (chart: string, flags: AnnotateFlags) => done(await actions.annotate(chart, flags)));
}
