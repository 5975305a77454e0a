import { Command } from 'commander';
import {
  addEcr,
  addLogins,
  addOutput,
  addSources,
  type EcrFlags,
  type LoginFlags,
  type OutputFlags,
  repeatable,
  type SourceFlags,
} from './options.ts';

/** The flags of `doctor`, as commander reads them. Strings stay strings. */
export interface DoctorFlags extends SourceFlags, EcrFlags, LoginFlags, OutputFlags {
  readonly catalog: readonly string[];
  readonly values?: string;
  readonly report?: string;
  readonly targetRegistry?: string;
  readonly config?: string;
  readonly outputDir?: string;
  readonly engine?: string;
}

/** What the command does; the number is the exit code. */
export interface DoctorActions {
  readonly doctor: (flags: DoctorFlags) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts doctor --catalog catalog.yaml --target-registry registry.example.com/platform
  $ airgap-charts doctor --target-registry registry.example.com

Looks at programs, proxies, certificates, clocks, every source and the target, with the logins and settings that a run would use.
Nothing is changed or left anywhere. Exit codes: 0 nothing is wrong; 1 something is; 2 bad input.`;

/** The command `doctor`. `done` receives the exit code. */
export function doctorCommand(actions: DoctorActions, done: (code: number) => void): Command {
  const command = new Command('doctor')
    .description('look whether a run could do: programs, network, logins, rights; each finding with its remedy')
    .addOption(repeatable('--catalog <file>', 'catalogs whose sources are asked (repeatable)'))
    .option('--values <file>', 'a values file whose sources are asked')
    .option('--report <file>', 'the report of a scan or run: its images tell further sources')
    .option('--target-registry <host[/path]>', 'the target')
    .option('--engine <native|crane>', 'what would copy images (default: native)')
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--output-dir <directory>', 'where results would go (default: the working directory)');
  addEcr(addSources(command, 'registry or chart repository'), 'its AWS region');
  return addOutput(addLogins(command), 'findings')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: DoctorFlags) => done(await actions.doctor(flags)));
}
