import { Command } from 'commander';
import {
  addEcr,
  addNetwork,
  addOutput,
  type EcrFlags,
  type LoginFlags,
  type NetworkFlags,
  type OutputFlags,
  repeatable,
} from './options.ts';

type PruneLogin = Pick<LoginFlags, 'profile' | 'privateEcrPassword'>;

/** The flags of `prune`, as commander reads them. Strings stay strings. */
export interface PruneFlags extends NetworkFlags, EcrFlags, PruneLogin, OutputFlags {
  readonly targetRegistry?: string;
  readonly keepCatalog: readonly string[];
  readonly keepCharts?: string;
  readonly olderThan?: string;
  readonly all: boolean;
  readonly yes: boolean;
  readonly config?: string;
  readonly outputDir?: string;
}

/** What the command does; the number is the exit code. */
export interface PruneActions {
  readonly prune: (flags: PruneFlags) => Promise<number>;
}

const EXAMPLES = `
At least one of --keep-catalog and --keep-charts is needed; what any of them keeps, stays. Without --yes it is only shown
what would go.

Examples:
  $ airgap-charts prune --target-registry 123456789012.dkr.ecr.eu-west-1.amazonaws.com/platform --keep-charts 3
  $ airgap-charts prune --target-registry 123456789012.dkr.ecr.eu-west-1.amazonaws.com/platform \\
      --keep-catalog catalog.yaml --older-than 30d --yes

Exit codes: 0 all done, or only shown; 1 something could not be removed, or the registry changed meanwhile; 2 bad input,
nothing removed; 130 interrupted.`;

/** The command `prune`. `done` receives the exit code. */
export function pruneCommand(actions: PruneActions, done: (code: number) => void): Command {
  const command = new Command('prune')
    .description('remove charts that no rule keeps from a private Amazon ECR, and the images that only they need')
    .option('--target-registry <host[/path]>', 'the registry; only repositories below the path are touched')
    .addOption(repeatable('--keep-catalog <file>', 'keep the charts that this catalog names (repeatable)'))
    .option('--keep-charts <number>', 'keep so many of the newest versions of every chart')
    .option('--older-than <age>', 'remove only what was pushed longer ago, such as 30d (default, and least: 24h)')
    .option('--all', 'touch repositories without the tag chart-syncer=true as well', false)
    .option('--yes', 'remove it; without this flag it is only shown', false)
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where prune.json goes (default: the working directory)');
  addEcr(addNetwork(command), 'its AWS region, where its name does not tell it');
  command.option('--private-ecr-password <password>', 'or ECR_PRIVATE_PASSWORD');
  return addOutput(command, 'report')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: PruneFlags) => done(await actions.prune(flags)));
}
