import { Command } from 'commander';
import { type AnnotateActions, annotateCommand } from './annotate-command.ts';
import { type BundleActions, bundleCommand } from './bundle-commands.ts';
import { type CheckActions, checkCommand } from './check-command.ts';
import { type CopyActions, copyCommand } from './copy-command.ts';
import { type ExplainActions, explainCommand } from './explain-command.ts';
import { type FileActions, infoCommand, verifyCommand } from './file-commands.ts';
import { type InventoryActions, inventoryCommand } from './inventory-command.ts';
import { type LockActions, lockCommand } from './lock-command.ts';
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
  repeatable,
  type SourceFlags,
} from './options.ts';
import { type PruneActions, pruneCommand } from './prune-command.ts';
import { type UnwrapActions, unwrapCommand } from './unwrap-command.ts';
import { type WrapActions, wrapCommand } from './wrap-command.ts';

/** The flags of `mirror`, as commander reads them. Strings stay strings. */
export interface MirrorFlags extends NamingFlags, SourceFlags, EcrFlags, LoginFlags, OutputFlags {
  readonly values?: string;
  readonly catalog: readonly string[];
  readonly chartOverrides: readonly string[];
  readonly latest: boolean;
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
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
  readonly applyRepositorySettings?: boolean;
  readonly outputDir?: string;
  readonly cache?: boolean;
  readonly cacheDir?: string;
  readonly concurrency?: string;
  readonly engine?: string;
  readonly artifacts?: string;
}

/** The flags of `catalog generate`. */
export interface GenerateFlags {
  readonly values: string;
  readonly out: string;
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
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
    InventoryActions {
  readonly mirror: (flags: MirrorFlags) => Promise<number>;
  readonly generate: (flags: GenerateFlags) => Promise<number>;
  readonly installTools: (names: readonly string[], flags: NetworkFlags) => Promise<number>;
}

const MIRROR_EXAMPLES = `
Examples:
  $ airgap-charts mirror --catalog catalog.yaml --target-registry registry.example.com/platform
  $ airgap-charts mirror --values addons.yaml --scan-only --target-registry registry.example.com
  $ airgap-charts mirror --catalog catalog.yaml --target-registry localhost:5000 --plain-http --only-addon argo-cd

Exit codes: 0 all done; 1 something failed, was refused or is not proven; 2 bad input or a missing tool, nothing
written; 130 interrupted.`;

function mirrorCommand(actions: Actions, done: (code: number) => void): Command {
  const command = new Command('mirror')
    .description('copy charts and their images into a private registry, rewritten and proven')
    .addOption(repeatable('--catalog <file>', 'a catalog of charts (repeatable, or separated by commas)'))
    .option('--values <file>', 'a values file that names addons, as Argo CD repositories have them')
    .addOption(repeatable('--chart-overrides <file>', 'values without which charts do not render (repeatable)'))
    .option('--latest', 'take the newest stable version of every chart, whatever the inputs say', false);
  addNaming(command, 'where everything goes')
    .option('--scan-only', 'do everything but push; what is at the target is not asked', false)
    .option('--push-images', 'push (this is the default)', false)
    .option('--push-unproven', 'push charts that are not proven; the run still ends with exit code 1', false)
    .option('--platform <auto|linux/amd64|linux/arm64>', 'copy one platform instead of whole images (default: auto)')
    .option('--skip-existing', 'leave alone what the target has (default)')
    .option('--no-skip-existing', 'copy again what the target has')
    .option('--verify-existing-digest', 'compare the digest of existing tags (default)')
    .option('--no-verify-existing-digest', 'trust existing tags')
    .option('--trust-journal', 'believe what earlier runs noted in the output directory: tags that never change')
    .option('--overwrite-existing', 'replace tags that hold other content', false)
    .option('--chart-version-suffix <+suffix>', 'publish charts under a version with this suffix')
    .addOption(repeatable('--only-addon <names>', 'only these: charts of a values file, releases of a catalog'))
    .addOption(repeatable('--exclude-addons <names>', 'all but these'))
    .option('--include-dependencies', 'fetch dependencies that an archive lacks (default)')
    .option('--exclude-dependencies', 'leave them out; such charts are not proven')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .option('--images <rendered|conditional|all>', 'which images are mirrored (default: rendered)')
    .option('--switches', 'turn every switch that is off on once, to see which images it brings (default)')
    .option('--no-switches', 'do not look for images behind switches')
    .option('--template-patches', 'patch references that templates and other files spell out (default)')
    .option('--no-template-patches', 'leave them; such charts are not proven')
    .option('--pin-digests', 'write digests beside tags in relocated charts, where their templates allow')
    .option('--no-pin-digests', 'leave tags as they are (default)')
    .option('--image-pull-secret <name>', 'the secret that every pod is to name: found out, written, and proven')
    .option('--pull-secret-in-chart', 'write it into the relocated charts, too, and not only into the consumer values')
    .option('--no-pull-secret-in-chart', 'write it into the consumer values only (default)')
    .option('--strict', 'fail also for addons that cannot be mirrored, and images that a scan could not look up')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where archives, values and report.json go (default: the working directory)')
    .option('--cache-dir <directory>', "where results are kept between runs (default: the user's cache directory)")
    .option('--cache', 'keep results, so that what did not change is not rendered again (default)')
    .option('--no-cache', 'keep and use no results')
    .option('--concurrency <number>', 'images copied at once (default: 32; with crane 8)')
    .option('--artifacts <none|signatures|all>', 'what is taken along of what belongs to images (default: all)')
    .option('--engine <native|crane>', 'what copies images: this tool itself, or crane (default: native)');
  addSources(command, 'registry or chart repository');
  addEcr(command, 'its AWS region; without a target, the region of the own registry');
  command.option(
    '--apply-repository-settings',
    'change existing repositories of Amazon ECR to the configured settings',
  );
  return addOutput(addLogins(command), 'report')
    .addHelpText('after', MIRROR_EXAMPLES)
    .action(async (flags: MirrorFlags) => done(await actions.mirror(flags)));
}

function catalogCommand(actions: Actions, done: (code: number) => void): Command {
  const generate = new Command('generate')
    .description('write a catalog from a values file')
    .requiredOption('--values <file>', 'the values file')
    .requiredOption('--out <file>', 'the catalog to write')
    .addOption(repeatable('--only-addon <charts>', 'only these charts'))
    .addOption(repeatable('--exclude-addons <charts>', 'all but these charts'))
    .addHelpText('after', '\nExample:\n  $ airgap-charts catalog generate --values addons.yaml --out catalog.yaml')
    .action(async (flags: GenerateFlags) => done(await actions.generate(flags)));
  return new Command('catalog').description('work with catalogs').addCommand(generate);
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
  return (
    new Command('airgap-charts')
      .description('Mirrors Helm charts and every image they use into a private registry, and proves it.')
      .version(version)
      // a --version behind a command is that of a chart
      .enablePositionalOptions()
      .addCommand(mirrorCommand(actions, done))
      .addCommand(copyCommand(actions, done))
      .addCommand(pruneCommand(actions, done))
      .addCommand(checkCommand(actions, done))
      .addCommand(explainCommand(actions, done))
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
  );
}
