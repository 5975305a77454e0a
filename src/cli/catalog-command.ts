import { Command } from 'commander';
import { addCache, addInputs, type InputFlags } from './mirror-options.ts';
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

/** Where the lock of a catalog stands, if nothing else is said. */
export const LOCK_FILE = 'catalog.lock.yaml';

/** The flags of `catalog generate`. */
export interface GenerateFlags {
  readonly values?: string;
  readonly manifests: readonly string[];
  readonly checkout: readonly string[];
  readonly helmfile: readonly string[];
  readonly helmfileEnvironment: string;
  readonly chart: readonly string[];
  readonly list: readonly string[];
  readonly helmList: readonly string[];
  readonly repositories?: string;
  readonly out: string;
  readonly onlyAddon: readonly string[];
  readonly excludeAddons: readonly string[];
}

/** What commands that look at the charts of a catalog have in common. */
export interface LookFlags extends InputFlags, SourceFlags, LoginFlags, OutputFlags {
  readonly kubeVersion?: string;
  readonly includeDependencies?: boolean;
  readonly excludeDependencies?: boolean;
  readonly config?: string;
  readonly cache?: boolean;
  readonly cacheDir?: string;
}

/** The flags of `catalog lock`. */
export interface LockCatalogFlags extends LookFlags {
  readonly out: string;
  readonly images?: string;
  readonly switches?: boolean;
}

/** The flags of `catalog outdated`. */
export interface OutdatedFlags extends LookFlags {
  /** True where no lock is named. */
  readonly locked?: true | string;
}

/** What the commands below `catalog` do; the number is the exit code. */
export interface CatalogActions {
  readonly outdated: (flags: OutdatedFlags) => Promise<number>;
  readonly lockCatalog: (flags: LockCatalogFlags) => Promise<number>;
  readonly generate: (flags: GenerateFlags) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts catalog generate --values addons.yaml --out catalog.yaml
  $ airgap-charts catalog generate --manifests gitops/ --out catalog.yaml
  $ airgap-charts catalog generate --helmfile helmfile.yaml --chart umbrella/ --out catalog.yaml
  $ helm list -A -o json | airgap-charts catalog generate --helm-list - --repositories repositories.yaml --out catalog.yaml`;

function hasInput(flags: GenerateFlags): boolean {
  const lists = [flags.manifests, flags.helmfile, flags.chart, flags.list, flags.helmList];
  return flags.values !== undefined || lists.some((list) => list.length > 0);
}

function generateCommand(actions: CatalogActions, done: (code: number) => void): Command {
  const command = new Command('generate')
    .description('write a catalog from what installs charts elsewhere')
    .option('--values <file>', 'a values file that names addons')
    .addOption(
      repeatable(
        '--manifests <path>',
        'a file or directory with objects of Argo CD and Flux, or kustomizations (repeatable)',
      ),
    )
    .addOption(repeatable('--checkout <[url=]dir>', 'a checkout of a Git repository that these name (repeatable)'))
    .addOption(repeatable('--helmfile <path>', 'a helmfile, or a directory of them (repeatable)'))
    .option('--helmfile-environment <name>', 'the environment of helmfiles', 'default')
    .addOption(repeatable('--chart <dir>', 'a chart whose dependencies are read (repeatable)'))
    .addOption(repeatable('--list <file>', 'a list of charts, one a line; - is standard input (repeatable)'))
    .addOption(repeatable('--helm-list <file>', 'what helm list -A -o json prints; - is standard input (repeatable)'))
    .option('--repositories <file>', 'where the charts of --helm-list are published')
    .requiredOption('--out <file>', 'the catalog to write; - is standard output')
    .addOption(repeatable('--only-addon <charts>', 'only these charts'))
    .addOption(repeatable('--exclude-addons <charts>', 'all but these charts'))
    .addHelpText('after', EXAMPLES);
  return command.action(async (flags: GenerateFlags) => {
    if (!hasInput(flags)) {
      command.error('error: no input is named: give --values, --manifests, --helmfile, --chart, --list or --helm-list');
    }
    done(await actions.generate(flags));
  });
}

const LOCK_EXAMPLES = `
Examples:
  $ airgap-charts catalog lock --catalog catalog.yaml
  $ airgap-charts mirror --catalog catalog.yaml --locked --target-registry registry.example.com/platform

Exit codes: 0 the lock is written; 1 a chart or an image could not be looked at, and a lock that was there stays; 2 bad input
or a missing tool; 130 interrupted.`;

/** How charts are fetched and rendered. */
function addLook(command: Command): Command {
  command
    .option('--include-dependencies', 'fetch dependencies that an archive lacks (default)')
    .option('--exclude-dependencies', 'leave them out')
    .option('--kube-version <version>', 'render for this Kubernetes version (default: 1.34.0)')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)');
  return addProfile(addLogins(addSources(addCache(command), 'registry or chart repository')));
}

function lockCommand(actions: CatalogActions, done: (code: number) => void): Command {
  const command = addInputs(
    new Command('lock').description('write down the versions and digests that a catalog comes to now'),
  )
    .option('--out <file>', 'the lock to write', LOCK_FILE)
    .option('--images <rendered|conditional|all>', 'which images are mirrored (default: rendered)')
    .option('--switches', 'turn every switch that is off on once, to see which images it brings (default)')
    .option('--no-switches', 'do not look for images behind switches');
  return addOutput(addLook(command), 'lock')
    .addHelpText('after', LOCK_EXAMPLES)
    .action(async (flags: LockCatalogFlags) => done(await actions.lockCatalog(flags)));
}

const OUTDATED_EXAMPLES = `
Examples:
  $ airgap-charts catalog outdated --catalog catalog.yaml
  $ airgap-charts catalog outdated --catalog catalog.yaml --locked --json

Exit codes: 0 told, whether something is outdated or not; 1 a chart could not be looked at; 2 bad input or a missing tool; 130
interrupted. Nothing is written.`;

function outdatedCommand(actions: CatalogActions, done: (code: number) => void): Command {
  const command = addInputs(
    new Command('outdated').description('tell newer versions of charts, and the images that they add and remove'),
  ).option('--locked [file]', 'compare with the versions of this lock (default: catalog.lock.yaml)');
  return addOutput(addLook(command), 'versions')
    .addHelpText('after', OUTDATED_EXAMPLES)
    .action(async (flags: OutdatedFlags) => done(await actions.outdated(flags)));
}

/** The commands that work with catalogs. */
export function catalogCommand(actions: CatalogActions, done: (code: number) => void): Command {
  return new Command('catalog')
    .description('work with catalogs')
    .addCommand(generateCommand(actions, done))
    .addCommand(lockCommand(actions, done))
    .addCommand(outdatedCommand(actions, done));
}
