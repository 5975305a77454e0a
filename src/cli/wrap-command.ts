import { Command } from 'commander';
import { addList, addPlatforms, type CarryFlags, CHART_FORMS, type PlatformFlags } from './carry-options.ts';
import { addSignatures, type SignatureFlags } from './signature-options.ts';

/** The flags of `wrap`, as commander reads them. */
export interface WrapFlags extends CarryFlags, PlatformFlags, SignatureFlags {
  readonly fetchArtifacts: boolean;
  readonly outputDir?: string;
  readonly outputFile?: string;
  readonly concurrency?: string;
}

/** What the command does; the number is the exit code. */
export interface WrapActions {
  readonly wrap: (charts: readonly string[], flags: WrapFlags) => Promise<number>;
}

const EXAMPLES = `
${CHART_FORMS}

Examples:
  $ airgap-charts wrap oci://registry.example.com/charts/web:1.2.3
  $ airgap-charts wrap ./web ./api --platforms linux/amd64 --output-dir wraps
  $ SOURCE_DATE_EPOCH=0 airgap-charts wrap web:1.2.3 --repo https://charts.example.com --output-file web.wrap.tgz

A wrap has the form that dt (distribution tooling for Helm) reads, too. Exit codes: 0 done; 1 a chart or an image cannot be
fetched, rendered or written; 2 bad input or a missing tool; 130 interrupted: run again, and what was fetched is kept.`;

/** The command `wrap`. `done` receives the exit code. */
export function wrapCommand(actions: WrapActions, done: (code: number) => void): Command {
  const command = new Command('wrap')
    .description('put charts and all their images into files, one for each chart')
    .argument('<charts...>', 'the charts')
    .option('--fetch-artifacts', 'take along signatures and what else refers to the images', false)
    .option('--output-dir <directory>', 'where the wraps go, as NAME-VERSION.wrap.tgz (default: the working directory)')
    .option('--output-file <file>', 'the wrap of a single chart')
    .option('--concurrency <number>', 'layers fetched at once (default: 8)');
  return addList(addSignatures(addPlatforms(command)))
    .addHelpText('after', EXAMPLES)
    .action(async (charts: readonly string[], flags: WrapFlags) => done(await actions.wrap(charts, flags)));
}
