import { Command } from 'commander';
import { plainHttp, repeatable } from './options.ts';

/** The flags of `prune`, as commander reads them. Strings stay strings. */
export interface PruneFlags {
  readonly targetRegistry?: string;
  readonly keepCatalog: readonly string[];
  readonly keepCharts?: string;
  readonly olderThan?: string;
  readonly all: boolean;
  readonly yes: boolean;
  readonly config?: string;
  readonly outputDir?: string;
  readonly plainHttp: readonly string[];
  readonly caFile?: string;
  readonly registryType?: string;
  readonly ecrAccount?: string;
  readonly ecrRegion?: string;
  readonly profile?: string;
  readonly privateEcrPassword?: string;
  readonly json: boolean;
  readonly verbose: boolean;
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
  return new Command('prune')
    .description('remove charts that no rule keeps from a private Amazon ECR, and the images that only they need')
    .option('--target-registry <host[/path]>', 'the registry; only repositories below the path are touched')
    .addOption(repeatable('--keep-catalog <file>', 'keep the charts that this catalog names (repeatable)'))
    .option('--keep-charts <number>', 'keep so many of the newest versions of every chart')
    .option('--older-than <age>', 'remove only what was pushed longer ago, such as 30d (default, and least: 24h)')
    .option('--all', 'touch repositories without the tag chart-syncer=true as well', false)
    .option('--yes', 'remove it; without this flag it is only shown', false)
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where prune.json goes (default: the working directory)')
    .addOption(plainHttp())
    .option('--ca-file <file>', 'certificates to trust beside those of the system')
    .option('--registry-type <ecr|generic>', 'what the target is (default: told from its name)')
    .option('--ecr-account <digits>', 'the AWS account of the target, where its name does not tell it')
    .option('--ecr-region <region>', 'its AWS region, where its name does not tell it')
    .option('--profile <name>', 'the AWS profile to log in with at Amazon ECR')
    .option('--private-ecr-password <password>', 'or ECR_PRIVATE_PASSWORD')
    .option('--json', 'print the report on standard output', false)
    .option('--verbose', 'print the stack of unexpected errors', false)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: PruneFlags) => done(await actions.prune(flags)));
}
