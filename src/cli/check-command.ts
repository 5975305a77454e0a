import { Command } from 'commander';
import { addFetch, addInstall, type ChartFlags } from './chart-options.ts';
import { repeatable } from './options.ts';

/** The flags of `check`, as commander reads them. Strings stay strings. */
export interface CheckFlags extends ChartFlags {
  readonly manifests?: string;
  readonly registry: readonly string[];
  readonly platforms: readonly string[];
  readonly strict: boolean;
  readonly concurrency?: string;
}

/** What the command does; the number is the exit code. */
export interface CheckActions {
  readonly check: (chart: string | undefined, flags: CheckFlags) => Promise<number>;
}

const EXAMPLES = `
CHART is a directory, an archive, oci://HOST/PATH/CHART[:VERSION], or with --repo CHART[:VERSION].

Examples:
  $ airgap-charts check oci://registry.example.com/platform/web:1.2.3 -f my-values.yaml --registry registry.example.com
  $ helm template web ./web -f my-values.yaml | airgap-charts check --manifests - --registry registry.example.com
  $ airgap-charts check ./web --registry registry.example.com/platform --platforms linux/amd64,linux/arm64

Exit codes: 0 everything is there; 1 something is not, or could not be asked; 2 bad input or a missing tool; 130
interrupted. Nothing is written.`;

/** The command `check`. `done` receives the exit code. */
export function checkCommand(actions: CheckActions, done: (code: number) => void): Command {
  const command = new Command('check')
    .description('tell whether an install would pull anything that is not in your registry')
    .argument('[chart]', 'the chart to install')
    .addOption(repeatable('-f, --values <file>', 'values that it is installed with (repeatable, later ones win)'))
    .option('--manifests <directory|->', 'check rendered manifests in place of a chart; - is standard input')
    .addOption(repeatable('--registry <host[/path]>', 'where images may come from (repeatable)'));
  addInstall(command)
    .addOption(repeatable('--platforms <names>', 'platforms that every image must have, such as linux/amd64'))
    .option('--strict', 'fail also when other registries are mentioned, and when there is no image', false)
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--concurrency <number>', 'requests at once to a registry (default: 8)');
  return addFetch(command)
    .addHelpText('after', EXAMPLES)
    .action(async (chart: string | undefined, flags: CheckFlags) => done(await actions.check(chart, flags)));
}
