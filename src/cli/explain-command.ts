import { Command } from 'commander';
import { addFetch, addInstall, type ChartFlags } from './chart-options.ts';
import { addNaming, type NamingFlags, repeatable } from './options.ts';

/** The flags of `explain`, as commander reads them. Strings stay strings. */
export interface ExplainFlags extends ChartFlags, NamingFlags {
  readonly image?: string;
  readonly onlyAddon: readonly string[];
  readonly chartOverrides: readonly string[];
  /** Undefined where neither --switches nor --no-switches is given. */
  readonly switches?: boolean;
}

/** What the command does; the number is the exit code. */
export interface ExplainActions {
  readonly explain: (subject: string, flags: ExplainFlags) => Promise<number>;
}

const EXAMPLES = `
CHART is a directory, an archive, oci://HOST/PATH/CHART[:VERSION], or with --repo CHART[:VERSION]. Any other file is a
catalog.

Examples:
  $ airgap-charts explain ./web -f my-values.yaml --image redis
  $ airgap-charts explain catalog.yaml --only-addon argo-cd
  $ airgap-charts explain catalog.yaml --image 'quay.io/*' --json

Exit codes: 0 found; 1 nothing fits --image, or a chart cannot be fetched or rendered; 2 bad input or a missing tool; 130
interrupted. No registry is asked for images. Nothing is written.`;

/** The command `explain`. `done` receives the exit code. */
export function explainCommand(actions: ExplainActions, done: (code: number) => void): Command {
  const command = new Command('explain')
    .description('tell why an image is there: its places, the values that make it, what it needs')
    .argument('<chart|catalog>', 'a chart, or a catalog of charts')
    .option('--image <reference>', 'this image only; * stands for any characters (default: all)')
    .addOption(repeatable('-f, --values <file>', 'values of the chart (repeatable, later ones win)'))
    .addOption(repeatable('--only-addon <names>', 'only these releases of the catalog'))
    .addOption(repeatable('--chart-overrides <file>', 'values without which charts do not render (repeatable)'));
  addInstall(command)
    .option('--switches', 'turn switches to see which images they bring, and which images need them (default)')
    .option('--no-switches', 'leave switches as they are');
  addNaming(command, 'tell the names that images have there, too');
  command.option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)');
  return addFetch(command)
    .addHelpText('after', EXAMPLES)
    .action(async (subject: string, flags: ExplainFlags) => done(await actions.explain(subject, flags)));
}
