import { Command } from 'commander';
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
import { addReports, type ReportFlags } from './report-options.ts';
import { addSignatures, type SignatureFlags } from './signature-options.ts';

/** The flags of `copy` as commander reads them. Strings stay strings. */
export interface CopyFlags
  extends NamingFlags,
    SourceFlags,
    EcrFlags,
    LoginFlags,
    SignatureFlags,
    ReportFlags,
    OutputFlags {
  readonly images: string;
  readonly scanOnly: boolean;
  readonly platform?: string;
  readonly skipExisting?: boolean;
  readonly verifyExistingDigest?: boolean;
  readonly overwriteExisting: boolean;
  readonly strict?: boolean;
  readonly trustJournal?: boolean;
  readonly applyRepositorySettings?: boolean;
  readonly config?: string;
  readonly outputDir?: string;
  readonly concurrency?: string;
  readonly engine?: string;
  readonly artifacts?: string;
}

/** What the command does; the number is the exit code. */
export interface CopyActions {
  readonly copy: (flags: CopyFlags) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts copy --images images.txt --target-registry registry.example.com/platform
  $ crane ls quay.io/team/app --full-ref | airgap-charts copy --images - --target-registry registry.example.com
  $ airgap-charts copy --images images.txt --target-registry registry.example.com --scan-only

One reference a line, or SOURCE TARGET; # begins a remark. Exit codes: 0 all done; 1 something failed or was refused; 2
bad input or a missing tool, nothing written; 130 interrupted: run again, and what is there is not copied again.`;

/** The command `copy`. `done` receives the exit code. */
export function copyCommand(actions: CopyActions, done: (code: number) => void): Command {
  const command = new Command('copy')
    .description('copy a plain list of images into a private registry, digest for digest')
    .requiredOption('--images <file>', 'the list: one reference a line, or SOURCE TARGET; - for standard input');
  addNaming(command, 'where everything goes')
    .option('--scan-only', 'do everything but copy; what is at the target is not asked', false)
    .option('--platform <auto|linux/amd64|linux/arm64>', 'copy one platform instead of whole images (default: auto)')
    .option('--skip-existing', 'leave alone what the target has (default)')
    .option('--no-skip-existing', 'copy again what the target has')
    .option('--verify-existing-digest', 'compare the digest of existing tags (default)')
    .option('--no-verify-existing-digest', 'trust existing tags')
    .option('--trust-journal', 'believe what earlier runs noted in the output directory: tags that never change')
    .option('--overwrite-existing', 'replace tags that hold other content', false)
    .option('--strict', 'fail also for images that a scan could not look up')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where report.json goes (default: the working directory)')
    .option('--concurrency <number>', 'images copied at once (default: 32; with crane 8)')
    .option('--artifacts <none|signatures|all>', 'what is taken along of what belongs to images (default: all)')
    .option('--engine <native|crane>', 'what copies images: this tool itself, or crane (default: native)')
    .option('--apply-repository-settings', 'change existing repositories of Amazon ECR to the configured settings');
  addSources(addSignatures(command), 'registry');
  addEcr(command, 'its AWS region; without a target, the region of the own registry');
  return addOutput(addReports(addLogins(command)), 'report')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: CopyFlags) => done(await actions.copy(flags)));
}
