import { Command } from 'commander';
import { repeatable } from './options.ts';

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

/** What the commands below `catalog` do; the number is the exit code. */
export interface CatalogActions {
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
    .addOption(repeatable('--manifests <path>', 'a file or directory with objects of Argo CD and Flux (repeatable)'))
    .addOption(repeatable('--checkout <[url=]dir>', 'a checkout of a Git repository that these name (repeatable)'))
    .addOption(repeatable('--helmfile <path>', 'a helmfile, or a directory of them (repeatable)'))
    .option('--helmfile-environment <name>', 'the environment of helmfiles', 'default')
    .addOption(repeatable('--chart <dir>', 'a chart whose dependencies are read (repeatable)'))
    .addOption(repeatable('--list <file>', 'a list of charts, one a line; - is standard input (repeatable)'))
    .addOption(repeatable('--helm-list <file>', 'what helm list -A -o json prints; - is standard input (repeatable)'))
    .option('--repositories <file>', 'where the charts of --helm-list are published')
    .requiredOption('--out <file>', 'the catalog to write')
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

/** The commands that work with catalogs. */
export function catalogCommand(actions: CatalogActions, done: (code: number) => void): Command {
  return new Command('catalog').description('work with catalogs').addCommand(generateCommand(actions, done));
}
