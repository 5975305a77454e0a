import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { type Actions, createProgram } from '../../../src/cli/program.ts';
import { allActions } from '../../support/actions.ts';
import { commandLinesOf } from './command-lines.ts';
import { allDocuments, codeSpansOf } from './documents.ts';

const documents = allDocuments();

/** The commands of the tool, those below others too, set up to do nothing and print nothing. */
function quietProgram(actions: Actions): readonly [Command, ...Command[]] {
  const program = createProgram('0.0.0', actions, () => undefined);
  const below = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(below)];
  for (const command of below(program)) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  return [program, ...below(program).slice(1)];
}

/** What the parser says against a command line; undefined when it would run. */
async function complaintOf(argv: readonly string[]): Promise<string | undefined> {
  let ran = 0;
  const act = async (): Promise<number> => {
    ran += 1;
    return 0;
  };
  const [program] = quietProgram(allActions(act));
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error.message;
  }
  return ran === 1 ? undefined : 'no command runs';
}

function knownFlags(): ReadonlySet<string> {
  const act = async (): Promise<number> => 0;
  const commands = quietProgram(allActions(act));
  const flags = commands.flatMap((command) => command.options.flatMap(({ short, long }) => [short, long]));
  return new Set([...flags.filter((flag) => flag !== undefined), '--help']);
}

/** Flags of other programs that documents speak of. */
const OTHERS = new Set(['--keep', '--agent-image']);

describe('command lines in documents', () => {
  const lines = documents.flatMap((document) =>
    commandLinesOf(document).map(({ text, argv }) => [document.name, text, argv] as const),
  );

  it('are found', () => {
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.map(([, text]) => text)).toContain('airgap-charts tools install');
    expect(lines.some(([, , argv]) => argv.includes('--scan-only'))).toBe(true);
  });

  it.each(lines)('%s: %s', async (_, __, argv) => {
    expect(await complaintOf(argv)).toBeUndefined();
  });

  it('would be told apart from wrong ones', async () => {
    expect(await complaintOf(['mirror', '--no-such-flag'])).toContain('--no-such-flag');
    expect(await complaintOf(['catalog', 'generate', '--out', 'x'])).toContain('--values');
    expect(await complaintOf(['tools'])).toBeDefined();
  });
});

describe('flags in running text', () => {
  const flags = knownFlags();

  it.each(documents.map((document) => [document.name, document] as const))(
    '%s names flags that exist',
    (_, document) => {
      const named = codeSpansOf(document)
        .filter((span) => span.startsWith('-'))
        .flatMap((span) => span.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? []);
      expect([...new Set(named)].filter((flag) => !flags.has(flag) && !OTHERS.has(flag))).toEqual([]);
    },
  );
});
