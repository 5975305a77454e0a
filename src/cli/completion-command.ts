import { Argument, Command } from 'commander';
import { commandWords } from './command-words.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';

const EXAMPLES = `
Examples:
  $ source <(airgap-charts completion bash)
  $ airgap-charts completion fish > ~/.config/fish/completions/airgap-charts.fish`;

/** The command `completion`, which prints the script of `program` for a shell. */
export function completionCommand(
  program: () => Command,
  print: (text: string) => void,
  done: (code: number) => void,
): Command {
  return new Command('completion')
    .description('print a script that completes commands and flags in a shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => {
      print(completionScript(shell, commandWords(program())));
      done(0);
    });
}
