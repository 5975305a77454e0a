import { expect } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { allActions } from './actions.ts';

/** Expects that the command line takes these arguments. */
export async function takesArguments(argv: readonly string[]): Promise<void> {
  let ran = 0;
  const program = createProgram(
    '0.0.0',
    allActions(async () => ++ran),
    () => undefined,
  );
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(argv, { from: 'user' });
  expect(ran, argv.join(' ')).toBe(1);
}
