import { Command } from 'commander';
import { addFetch, type ChartFlags } from './chart-options.ts';
import { type OutputFlags, repeatable } from './options.ts';

/** The flags of `info`. */
export interface InfoFlags extends OutputFlags {
  readonly yaml: boolean;
  readonly detailed: boolean;
}

/** The flags of `verify`. */
export interface VerifyFlags extends ChartFlags {
  readonly version?: string;
  readonly imagePath?: string;
}

/** What the commands do; the number is the exit code. */
export interface FileActions {
  readonly info: (file: string, flags: InfoFlags) => Promise<number>;
  readonly verify: (subject: string, registry: string, flags: VerifyFlags) => Promise<number>;
}

const INFO_EXAMPLES = `
Examples:
  $ airgap-charts info web-1.2.3.wrap.tgz
  $ airgap-charts info web-1.2.3.wrap.tgz --detailed
  $ airgap-charts info web-1.2.3.wrap.tgz --yaml

The file is read once as a stream, and everything in it is checked against its digest; nothing is written. Exit codes: 0
told; 2 it is no wrap, or damaged; 130 interrupted.`;

/** The command `info`. `done` receives the exit code. */
export function infoCommand(actions: FileActions, done: (code: number) => void): Command {
  return new Command('info')
    .description('tell what a wrap holds: chart, images, platforms, digests, sizes')
    .argument('<file>', 'the wrap')
    .option('--yaml', 'print its Images.lock', false)
    .option('--json', 'print everything as JSON', false)
    .option('--detailed', 'print digests and sizes of every platform', false)
    .option('--verbose', 'print the stack of unexpected errors', false)
    .addHelpText('after', INFO_EXAMPLES)
    .action(async (file: string, flags: InfoFlags) => done(await actions.info(file, flags)));
}

const VERIFY_EXAMPLES = `
FILE is a wrap, a bundle or an Images.lock. CHART is a chart that has an Images.lock: a directory, an archive,
oci://HOST/PATH/CHART[:VERSION], or with --repo CHART[:VERSION].

Examples:
  $ airgap-charts verify web-1.2.3.wrap.tgz registry.example.com/platform
  $ airgap-charts verify oci://registry.example.com/platform/web:1.2.3 registry.example.com/platform

Exit codes: 0 every image is there as it is locked; 1 one is not, or could not be asked for; 2 bad input or a refused file;
130 interrupted. Nothing is written.`;

/** The command `verify`. `done` receives the exit code. */
export function verifyCommand(actions: FileActions, done: (code: number) => void): Command {
  const command = new Command('verify')
    .description('tell whether a registry has every image of a lock, with its digest and platforms')
    .argument('<file|chart>', 'what has the lock')
    .argument('<registry>', 'where the images are: [oci://]HOST[/PATH]')
    .option('--version <version>', 'the version of the chart, where its name does not say it')
    .option('--repo <url>', 'the chart repository that CHART is in')
    .option('--image-path <source|host|flat|flat-host>', 'how images are named there (default: source)')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .addOption(repeatable('-f, --values <file>', 'no meaning here').hideHelp())
    .addOption(repeatable('--api-versions <names>', 'no meaning here').hideHelp());
  return addFetch(command)
    .addHelpText('after', VERIFY_EXAMPLES)
    .action(async (subject: string, registry: string, flags: VerifyFlags) =>
      done(await actions.verify(subject, registry, flags)),
    );
}
