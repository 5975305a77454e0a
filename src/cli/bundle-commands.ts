import { Command } from 'commander';
import { addInputs, type InputFlags } from './mirror-options.ts';
import {
  addLogins,
  addOutput,
  addProfile,
  addSources,
  type LoginFlags,
  type OutputFlags,
  repeatable,
  type SourceFlags,
} from './options.ts';
import { addSignatures, type SignatureFlags } from './signature-options.ts';
import { addPush, type PushFlags } from './unwrap-command.ts';

/** The flags of `bundle create`, as commander reads them. Strings stay strings. */
export interface BundleCreateFlags extends InputFlags, SourceFlags, LoginFlags, SignatureFlags, OutputFlags {
  readonly locked?: true | string;
  readonly output: string;
  readonly split?: string;
  readonly since?: string;
  readonly artifacts: string;
  readonly withTools: readonly string[];
  readonly platform?: string;
  readonly images?: string;
  readonly switches?: boolean;
  readonly templatePatches?: boolean;
  readonly kubeVersion?: string;
  readonly includeDependencies?: boolean;
  readonly excludeDependencies?: boolean;
  readonly strict?: boolean;
  readonly config?: string;
  readonly outputDir?: string;
  readonly cache?: boolean;
  readonly cacheDir?: string;
  readonly concurrency?: string;
}

/** The flags of `bundle info`. */
export interface BundleInfoFlags extends OutputFlags {
  readonly check: boolean;
}

/** The flags of `bundle push`. */
export type BundlePushFlags = PushFlags & {
  readonly targetRegistry: string;
  readonly targetPrefix?: string;
};

/** What the commands do; the number is the exit code. */
export interface BundleActions {
  readonly bundleCreate: (flags: BundleCreateFlags) => Promise<number>;
  readonly bundleInfo: (files: readonly string[], flags: BundleInfoFlags) => Promise<number>;
  readonly bundlePush: (files: readonly string[], flags: BundlePushFlags) => Promise<number>;
}

const CREATE_EXAMPLES = `
Examples:
  $ airgap-charts bundle create --catalog catalog.yaml --output platform.tar
  $ airgap-charts bundle create --catalog catalog.yaml --output platform.tar --split 4GiB
  $ airgap-charts bundle create --catalog catalog.yaml --output update.tar --since inventory.json
  $ airgap-charts bundle create --catalog catalog.yaml --locked --output platform.tar
  $ airgap-charts bundle create --catalog catalog.yaml --output platform.tar --with-tools linux/amd64

Exit codes: 0 the bundle is there and holds everything; 1 a chart is not in it, or there is none; 2 bad input or a missing
tool; 130 interrupted: run again, and it goes on where it stopped.`;

const INFO_EXAMPLES = `
Examples:
  $ airgap-charts bundle info platform.tar
  $ airgap-charts bundle info platform.tar.001 --check

Exit codes: 0 told; 2 it is no bundle, or damaged, or a part is missing; 130 interrupted.`;

const PUSH_EXAMPLES = `
FILE is a bundle, or its parts; of parts in one directory the first will do.

Examples:
  $ airgap-charts bundle push platform.tar --target-registry registry.internal/platform
  $ airgap-charts bundle push platform.tar.001 --target-registry registry.internal --yes

Nothing is asked for but FILE and the registry. Exit codes: 0 all done; 1 something failed, was refused or is not proven;
2 bad input, a refused file or a missing tool, nothing written; 130 interrupted: run again, and what is there is not pushed
again.`;

function createCommand(actions: BundleActions, done: (code: number) => void): Command {
  const command = new Command('create').description(
    'put all charts of a catalog and their images into one file, or a set of parts',
  );
  addInputs(command)
    .option('--locked [file]', 'take the versions and digests of this lock, and no others (default: catalog.lock.yaml)')
    .requiredOption('--output <file>', 'the bundle to write')
    .option('--split <size>', 'write parts of this size, such as 4GiB or 650MB (FILE.001, FILE.002, …)')
    .option('--since <inventory>', 'leave out layers that the closed side has, by the file that inventory wrote there')
    .option('--artifacts <none|all>', 'signatures and what else belongs to images (default: all)', 'all')
    .addOption(
      repeatable(
        '--with-tools <platforms>',
        'add Node, this tool, helm and crane for this platform, such as linux/amd64',
      ),
    )
    .option('--platform <auto|linux/amd64|linux/arm64>', 'carry one platform instead of whole images (default: auto)')
    .option('--include-dependencies', 'fetch dependencies that an archive lacks (default)')
    .option('--exclude-dependencies', 'leave them out; such charts are not proven')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .option('--images <rendered|conditional|all>', 'which images are carried (default: rendered)')
    .option('--switches', 'turn every switch that is off on once, to see which images it brings (default)')
    .option('--no-switches', 'do not look for images behind switches')
    .option('--template-patches', 'patch references that templates and other files spell out (default)')
    .option('--no-template-patches', 'leave them; such charts are not proven')
    .option('--strict', 'fail also for addons that cannot be mirrored')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where report.json goes (default: the working directory)')
    .option('--cache-dir <directory>', "where results are kept between runs (default: the user's cache directory)")
    .option('--cache', 'keep results, so that what did not change is not rendered again (default)')
    .option('--no-cache', 'keep and use no results')
    .option('--concurrency <number>', 'layers fetched at once (default: 8)');
  addProfile(addSources(addSignatures(command), 'registry or chart repository'));
  return addOutput(addLogins(command), 'report')
    .addHelpText('after', CREATE_EXAMPLES)
    .action(async (flags: BundleCreateFlags) => done(await actions.bundleCreate(flags)));
}

function infoCommand(actions: BundleActions, done: (code: number) => void): Command {
  const command = new Command('info')
    .description('tell what a bundle holds')
    .argument('<files...>', 'the bundle, or its parts')
    .option('--check', 'read everything and check it against its digests', false);
  return addOutput(command, 'contents')
    .addHelpText('after', INFO_EXAMPLES)
    .action(async (files: readonly string[], flags: BundleInfoFlags) => done(await actions.bundleInfo(files, flags)));
}

function pushCommand(actions: BundleActions, done: (code: number) => void): Command {
  const command = new Command('push')
    .description('push what a bundle holds into a registry, rewritten and proven there')
    .argument('<files...>', 'the bundle, or its parts')
    .requiredOption('--target-registry <host[/path]>', 'where everything goes')
    .option('--target-prefix <path>', 'a path before the path of every image');
  return addPush(command)
    .addHelpText('after', PUSH_EXAMPLES)
    .action(async (files: readonly string[], flags: BundlePushFlags) => done(await actions.bundlePush(files, flags)));
}

/** The commands below `bundle`. `done` receives the exit code. */
export function bundleCommand(actions: BundleActions, done: (code: number) => void): Command {
  return new Command('bundle')
    .description('carry a whole catalog to a site without a network')
    .addCommand(createCommand(actions, done))
    .addCommand(infoCommand(actions, done))
    .addCommand(pushCommand(actions, done));
}
