import { Command } from 'commander';
import { type AnnotateActions, annotateCommand } from './annotate-command.ts';
import { type BundleActions, bundleCommand } from './bundle-commands.ts';
import { type CatalogActions, catalogCommand } from './catalog-command.ts';
import { type CheckActions, checkCommand } from './check-command.ts';
import { completionCommand } from './completion-command.ts';
import { type CopyActions, copyCommand } from './copy-command.ts';
import { type DoctorActions, doctorCommand } from './doctor-command.ts';
import { type EmitActions, emitCommand, postRenderCommand } from './emit-command.ts';
import { type ErrorsActions, errorsCommand } from './errors-command.ts';
import { type ExplainActions, explainCommand } from './explain-command.ts';
import { type FileActions, infoCommand, verifyCommand } from './file-commands.ts';
import { type InventoryActions, inventoryCommand } from './inventory-command.ts';
import { type LockActions, lockCommand } from './lock-command.ts';
import { addCache, addChoices, addExisting, addInputs, type InputFlags } from './mirror-options.ts';
import {
  addEcr,
  addLogins,
  addNaming,
  addNetwork,
  addOutput,
  addSources,
  type EcrFlags,
  type LoginFlags,
  type NamingFlags,
  type NetworkFlags,
  type OutputFlags,
  type SourceFlags,
} from './options.ts';
import { type PlanActions, planCommand } from './plan-command.ts';
import { type PruneActions, pruneCommand } from './prune-command.ts';
import { addReports, type ReportFlags } from './report-options.ts';
import { addSignatures, type SignatureFlags } from './signature-options.ts';
import { type UnwrapActions, unwrapCommand } from './unwrap-command.ts';
import { type WrapActions, wrapCommand } from './wrap-command.ts';

/** The flags of `mirror`, as commander reads them. Strings stay strings. */
export interface MirrorFlags
  extends InputFlags,
    NamingFlags,
    SourceFlags,
    EcrFlags,
    LoginFlags,
    SignatureFlags,
    ReportFlags,
    OutputFlags {
  readonly scanOnly: boolean;
  readonly pushImages: boolean;
  readonly includeDependencies?: boolean;
  readonly excludeDependencies?: boolean;
  readonly kubeVersion?: string;
  readonly config?: string;
  readonly strict?: boolean;
  readonly trustJournal?: boolean;
  readonly images?: string;
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
  readonly outputDir?: string;
  readonly cache?: boolean;
  readonly cacheDir?: string;
  readonly concurrency?: string;
  readonly engine?: string;
  readonly artifacts?: string;
  readonly plan?: string;
  /** True where no lock is named. */
  readonly locked?: true | string;
  /** True where no report is named. */
  readonly finish?: true | readonly string[];
}

/** What each command does; the number is the exit code. */
export interface Actions
  extends CopyActions,
    PruneActions,
    CheckActions,
    ExplainActions,
    AnnotateActions,
    LockActions,
    WrapActions,
    UnwrapActions,
    FileActions,
    BundleActions,
    InventoryActions,
    ErrorsActions,
    DoctorActions,
    PlanActions,
    EmitActions,
    CatalogActions {
  /** Prints on standard output. */
  readonly print: (text: string) => void;
  readonly mirror: (flags: MirrorFlags) => Promise<number>;
  readonly installTools: (names: readonly string[], flags: NetworkFlags) => Promise<number>;
}

const MIRROR_EXAMPLES = `
Examples:
  $ airgap-charts mirror --catalog catalog.yaml --target-registry registry.example.com/platform
  $ airgap-charts mirror --values addons.yaml --scan-only --target-registry registry.example.com
  $ airgap-charts mirror --catalog catalog.yaml --target-registry localhost:5000 --plain-http --only-addon argo-cd
  $ airgap-charts mirror --catalog catalog.yaml --locked --target-registry registry.example.com/platform
  $ airgap-charts mirror --plan plan.json

Exit codes: 0 all done; 1 something failed, was refused or is not proven; 2 bad input or a missing tool, nothing
written; 130 interrupted.`;

function mirrorCommand(actions: Actions, done: (code: number) => void): Command {
  const command = new Command('mirror')
    .description('copy charts and their images into a private registry, rewritten and proven')
    .option('--plan <file>', 'do exactly what this plan says; what decides anything is given to airgap-charts plan')
    .option('--locked [file]', 'take the versions and digests of this lock, and no others (default: catalog.lock.yaml)')
    .option('--finish [report...]', 'with a plan whose shards have run: join their reports, push the charts');
  addInputs(command);
  addNaming(command, 'where everything goes')
    .option('--scan-only', 'do everything but push; what is at the target is not asked', false)
    .option('--push-images', 'push (this is the default)', false);
  addExisting(command).option(
    '--trust-journal',
    'believe what earlier runs noted in the output directory: tags that never change',
  );
  addChoices(command, (own) =>
    own.option('--images <rendered|conditional|all>', 'which images are mirrored (default: rendered)'),
  )
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where archives, values and report.json go (default: the working directory)');
  addCache(command)
    .option('--concurrency <number>', 'images copied at once (default: 32; with crane 8)')
    .option('--artifacts <none|signatures|all>', 'what is taken along of what belongs to images (default: all)')
    .option('--engine <native|crane>', 'what copies images: this tool itself, or crane (default: native)');
  addSources(addSignatures(command), 'registry or chart repository');
  addEcr(command, 'its AWS region; without a target, the region of the own registry');
  command.option(
    '--apply-repository-settings',
    'change existing repositories of Amazon ECR to the configured settings',
  );
  return addOutput(addReports(addLogins(command)), 'report')
    .addHelpText('after', MIRROR_EXAMPLES)
    .action(async (flags: MirrorFlags) => done(await actions.mirror(flags)));
}

function toolsCommand(actions: Actions, done: (code: number) => void): Command {
  const install = new Command('install')
    .description('provide helm and crane where none recent enough is on PATH')
    .argument('[names...]', 'helm, crane (default: both)');
  addNetwork(install)
    .addHelpText('after', '\nExample:\n  $ airgap-charts tools install')
    .action(async (names: readonly string[], flags: NetworkFlags) => done(await actions.installTools(names, flags)));
  return new Command('tools').description('the programs this tool runs').addCommand(install);
}

/** The command line. `done` receives the exit code of the command that ran. */
export function createProgram(version: string, actions: Actions, done: (code: number) => void): Command {
  const program: Command = new Command('airgap-charts');
  return (
    program
      .description('Mirrors Helm charts and every image they use into a private registry, and proves it.')
      .version(version)
      // a --version behind a command is that of a chart
      .enablePositionalOptions()
      .addCommand(mirrorCommand(actions, done))
      .addCommand(planCommand(actions, done))
      .addCommand(copyCommand(actions, done))
      .addCommand(pruneCommand(actions, done))
      .addCommand(checkCommand(actions, done))
      .addCommand(explainCommand(actions, done))
      .addCommand(emitCommand(actions, done))
      .addCommand(postRenderCommand(actions, done))
      .addCommand(wrapCommand(actions, done))
      .addCommand(unwrapCommand(actions, done))
      .addCommand(bundleCommand(actions, done))
      .addCommand(inventoryCommand(actions, done))
      .addCommand(infoCommand(actions, done))
      .addCommand(verifyCommand(actions, done))
      .addCommand(lockCommand(actions, done))
      .addCommand(annotateCommand(actions, done))
      .addCommand(catalogCommand(actions, done))
      .addCommand(toolsCommand(actions, done))
      .addCommand(doctorCommand(actions, done))
      .addCommand(errorsCommand(actions, done))
      .addCommand(completionCommand(() => program, actions.print, done))
  );
}
