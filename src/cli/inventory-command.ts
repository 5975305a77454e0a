import { Command } from 'commander';
import {
  addEcr,
  addLogins,
  addNetwork,
  type EcrFlags,
  type LoginFlags,
  type NetworkFlags,
  repeatable,
} from './options.ts';

/** The flags of `inventory`, as commander reads them. */
export interface InventoryFlags extends NetworkFlags, EcrFlags, LoginFlags {
  readonly targetRegistry: string;
  readonly repository: readonly string[];
  readonly config?: string;
  readonly verbose: boolean;
}

/** What the command does; the number is the exit code. */
export interface InventoryActions {
  readonly inventory: (flags: InventoryFlags) => Promise<number>;
}

const EXAMPLES = `
Examples:
  $ airgap-charts inventory --target-registry registry.internal/platform > inventory.json
  $ airgap-charts inventory --target-registry registry.internal --repository team/app --repository team/web

The output is what --since of bundle create takes. Exit codes: 0 everything was looked through; 1 something could not be read,
and nothing is printed; 2 bad input; 130 interrupted. Nothing is written.`;

/** The command `inventory`. `done` receives the exit code. */
export function inventoryCommand(actions: InventoryActions, done: (code: number) => void): Command {
  const command = new Command('inventory')
    .description('list what a registry has, so that bundles for it can leave that out')
    .requiredOption('--target-registry <host[/path]>', 'the registry; with a path, what is below it')
    .addOption(repeatable('--repository <name>', 'this repository, where the registry does not list them (repeatable)'))
    .option('--config <file>', 'settings (default: ./airgap-charts.yaml if there)')
    .option('--verbose', 'print the stack of unexpected errors', false);
  addEcr(addNetwork(command), 'its AWS region');
  return addLogins(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: InventoryFlags) => done(await actions.inventory(flags)));
}
