import { Command } from 'commander';
import { addCache, addChoices, addExisting, addInputs, type InputFlags } from './mirror-options.ts';
import {
  addEcr,
  addLogins,
  addNaming,
  addOutput,
  addSources,
  type EcrFlags,
  type LoginFlags,
  type NamingFlags,
  type OutputFlags,
  type SourceFlags,
} from './options.ts';
import { addSignatures, type SignatureFlags } from './signature-options.ts';

/** The flags of `plan` as commander reads them. Strings stay strings. */
export interface PlanFlags
  extends InputFlags,
    NamingFlags,
    SourceFlags,
    EcrFlags,
    LoginFlags,
    SignatureFlags,
    OutputFlags {
  readonly locked?: true | string;
  /** A list of images where no chart is named, else the choice of images. */
  readonly images?: string;
  readonly artifacts?: string;
  readonly from?: string;
  readonly out?: string;
  readonly outputDir?: string;
  readonly shards?: string;
  readonly includeDependencies?: boolean;
  readonly excludeDependencies?: boolean;
  readonly kubeVersion?: string;
  readonly strict?: boolean;
  readonly switches?: boolean;
  readonly templatePatches?: boolean;
  readonly pinDigests?: boolean;
  readonly imagePullSecret?: string;
  readonly pullSecretInChart?: boolean;
  readonly chartVersionSuffix?: string;
  readonly platform?: string;
  readonly skipExisting?: boolean;
  readonly verifyExistingDigest?: boolean;
  readonly overwriteExisting: boolean;
  readonly pushUnproven: boolean;
  readonly applyRepositorySettings?: boolean;
  readonly config?: string;
  readonly cache?: boolean;
  readonly cacheDir?: string;
}

/** What the command does; the number is the exit code. */
export interface PlanActions {
  readonly plan: (flags: PlanFlags) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts plan --catalog catalog.yaml --target-registry registry.example.com/platform
  $ airgap-charts plan --catalog catalog.yaml --locked --target-registry registry.example.com/platform
  $ airgap-charts plan --images images.txt --target-registry registry.example.com/platform --out images.json
  $ airgap-charts plan --from plan.json --shards 4
  $ airgap-charts mirror --plan plan.json

Exit codes: 0 all is planned; 1 something would be refused or fail: the plan says what, and is not run; 2 bad input or a
missing tool, nothing written; 130 interrupted, nothing written.`;

/** The command `plan`. `done` receives the exit code. */
export function planCommand(actions: PlanActions, done: (code: number) => void): Command {
  const command = new Command('plan').description('write down what mirror or copy would do, to be looked at and run');
  addInputs(command)
    .option('--locked [file]', 'take the versions and digests of this lock, and no others (default: catalog.lock.yaml)')
    .option('--out <file>', 'the plan to write (default: plan.json)')
    .option('--output-dir <directory>', 'where plan.json goes, in place of --out (default: the working directory)')
    .option('--shards <number>', 'split it, too: into so many plans that are run by themselves')
    .option('--from <file>', 'split this plan, and make none');
  addExisting(addNaming(command, 'where everything goes'));
  addChoices(command, (own) =>
    own.option(
      '--images <choice or file>',
      'of charts: rendered, conditional or all (default: rendered); without charts a list of images, - for standard input',
    ),
  )
    .option('--artifacts <none|signatures|all>', 'what is taken along of what belongs to images (default: all)')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)');
  addSources(addSignatures(addCache(command)), 'registry or chart repository');
  addEcr(command, 'its AWS region; without a target, the region of the own registry');
  command.option(
    '--apply-repository-settings',
    'change existing repositories of Amazon ECR to the configured settings',
  );
  return addOutput(addLogins(command), 'plan')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: PlanFlags) => done(await actions.plan(flags)));
}
