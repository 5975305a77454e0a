import { Command } from 'commander';
import { addList, addPlatforms, type CarryFlags, CHART_FORMS, type PlatformFlags } from './carry-options.ts';

/** The flags of `lock`, as commander reads them. */
export interface LockFlags extends CarryFlags, PlatformFlags {
  readonly outputFile?: string;
  readonly verify: boolean;
  readonly lockFile?: string;
}

/** What the command does; the number is the exit code. */
export interface LockActions {
  readonly lock: (chart: string, flags: LockFlags) => Promise<number>;
}

const EXAMPLES = `
${CHART_FORMS}

Examples:
  $ airgap-charts lock ./web
  $ airgap-charts lock oci://registry.example.com/charts/web:1.2.3 --platforms linux/amd64 --output-file web.lock
  $ airgap-charts lock ./web --verify

Exit codes: 0 done, or nothing differs; 1 something differs, or the chart or an image cannot be read; 2 bad input or a
missing tool; 130 interrupted.`;

/** The command `lock`. `done` receives the exit code. */
export function lockCommand(actions: LockActions, done: (code: number) => void): Command {
  const command = new Command('lock')
    .description('write Images.lock: every image of a chart with the digest of each platform')
    .argument('<chart>', 'the chart; the lock of a directory is written into it')
    .option(
      '--output-file <file|->',
      'where the lock goes; - is standard output (default: Images.lock in a directory, else -)',
    )
    .option('--verify', 'compare the lock with the chart and the registries in place of writing it', false)
    .option('--lock-file <file>', 'the lock to compare with (default: Images.lock in the chart)');
  return addList(addPlatforms(command))
    .addHelpText('after', EXAMPLES)
    .action(async (chart: string, flags: LockFlags) => done(await actions.lock(chart, flags)));
}
