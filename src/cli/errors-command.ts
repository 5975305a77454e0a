import { Command } from 'commander';

/** What the command does; the number is the exit code. */
export interface ErrorsActions {
  readonly errors: (code: string | undefined) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts errors CHART_TAG_TAKEN
  $ airgap-charts errors`;

/** The command `errors`. `done` receives the exit code. */
export function errorsCommand(actions: ErrorsActions, done: (code: number) => void): Command {
  return new Command('errors')
    .description('explain an error code: what it means, its causes, what to do')
    .argument('[code]', 'the code, such as NOT_PROVEN (default: list all)')
    .addHelpText('after', EXAMPLES)
    .action(async (code: string | undefined) => done(await actions.errors(code)));
}
