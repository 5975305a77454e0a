import { Command } from 'commander';
import {
  addEcr,
  addLogins,
  addNetwork,
  addOutput,
  type EcrFlags,
  type LoginFlags,
  type NetworkFlags,
  type OutputFlags,
  repeatable,
} from './options.ts';
import { addReports, type ReportFlags } from './report-options.ts';

/** The flags of commands that push what a file holds, as commander reads them. Strings stay strings. */
export interface PushFlags extends NetworkFlags, EcrFlags, LoginFlags, ReportFlags, OutputFlags {
  readonly yes: boolean;
  readonly scanOnly: boolean;
  readonly imagePath?: string;
  readonly kubeVersion?: string;
  readonly config?: string;
  readonly switches?: boolean;
  readonly templatePatches?: boolean;
  readonly imagePullSecret?: string;
  readonly pullSecretInChart?: boolean;
  readonly chartVersionSuffix?: string;
  readonly overwriteExisting: boolean;
  readonly pushUnproven: boolean;
  readonly applyRepositorySettings?: boolean;
  readonly outputDir?: string;
  readonly cache?: boolean;
  readonly cacheDir?: string;
  readonly concurrency?: string;
  readonly engine?: string;
}

/** The flags of `unwrap`. */
export interface UnwrapFlags extends PushFlags {
  readonly chartOverrides: readonly string[];
  readonly values: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
}

/** What the command does; the number is the exit code. */
export interface UnwrapActions {
  readonly unwrap: (file: string, registry: string, flags: UnwrapFlags) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts unwrap web-1.2.3.wrap.tgz registry.example.com/platform
  $ airgap-charts unwrap web-1.2.3.wrap.tgz oci://registry.example.com/platform --yes --image-pull-secret pull
  $ airgap-charts unwrap web-1.2.3.wrap.tgz registry.example.com --scan-only

Nothing is asked for but FILE and the registry. Wraps of dt and charts-syncer are read, too. Exit codes: 0 all done; 1
something failed, was refused or is not proven; 2 bad input, a refused file or a missing tool, nothing written; 130
interrupted: run again, and what is there is not pushed again.`;

/** The options of commands that push what a file holds. */
export function addPush(command: Command): Command {
  command
    .option('--yes', 'do not ask before something is pushed', false)
    .option('--scan-only', 'do everything but push; what is at the target is not asked', false)
    .option(
      '--image-path <source|host|flat|flat-host>',
      'keep the source path of images, or the source host too; flat: as one name, charts below no namespace (default: source)',
    )
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .option('--switches', 'turn every switch that is off on once, to prove what it brings (default)')
    .option('--no-switches', 'do not look behind switches')
    .option('--template-patches', 'patch references that templates and other files spell out (default)')
    .option('--no-template-patches', 'leave them; such charts are not proven')
    .option('--image-pull-secret <name>', 'the secret that every pod is to name: found out, written, and proven')
    .option('--pull-secret-in-chart', 'write it into the relocated charts, too, and not only into the consumer values')
    .option('--no-pull-secret-in-chart', 'write it into the consumer values only (default)')
    .option('--chart-version-suffix <+suffix>', 'publish charts under a version with this suffix')
    .option('--overwrite-existing', 'replace tags that hold other content', false)
    .option('--push-unproven', 'push charts that are not proven; the run still ends with exit code 1', false)
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where archives, values and report.json go (default: the working directory)')
    .option('--cache-dir <directory>', "where results are kept between runs (default: the user's cache directory)")
    .option('--cache', 'keep results, so that what did not change is not rendered again (default)')
    .option('--no-cache', 'keep and use no results')
    .option('--concurrency <number>', 'images copied at once (default: 32; with crane 8)')
    .option('--engine <native|crane>', 'what copies images: this tool itself, or crane (default: native)')
    .option('--apply-repository-settings', 'change existing repositories of Amazon ECR to the configured settings');
  addNetwork(command);
  addEcr(command, 'its AWS region');
  return addOutput(addReports(addLogins(command)), 'report');
}

/** The command `unwrap`. `done` receives the exit code. */
export function unwrapCommand(actions: UnwrapActions, done: (code: number) => void): Command {
  const command = new Command('unwrap')
    .description('push a wrapped chart and its images into a registry, rewritten and proven')
    .argument('<file>', 'the wrap')
    .argument('<registry>', 'where everything goes: [oci://]HOST[/PATH]')
    .addOption(repeatable('-f, --values <file>', 'values of the chart (repeatable, later ones win)'))
    .addOption(repeatable('--chart-overrides <file>', 'values without which charts do not render (repeatable)'))
    .option('--release <name>', 'the name of the release (default: the name of the chart)')
    .option('--namespace <name>', 'its namespace (default: the name of the release)');
  return addPush(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, registry: string, flags: UnwrapFlags) =>
      done(await actions.unwrap(file, registry, flags)),
    );
}
