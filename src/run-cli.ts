import { readFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { createProgram } from './cli/program.ts';
import { annotate } from './commands/annotate.ts';
import { bundleCreate } from './commands/bundle-create.ts';
import { bundleInfo } from './commands/bundle-info.ts';
import { bundlePush } from './commands/bundle-push.ts';
import { check } from './commands/check.ts';
import { explain as explainImages } from './commands/explain.ts';
import { generate } from './commands/generate.ts';
import { info } from './commands/info.ts';
import { provideTools } from './commands/install-tools.ts';
import { inventory } from './commands/inventory.ts';
import { lock } from './commands/lock.ts';
import { mirror } from './commands/mirror.ts';
import { prune } from './commands/prune.ts';
import type { Surroundings } from './commands/surroundings.ts';
import { unwrap } from './commands/unwrap.ts';
import { verify } from './commands/verify.ts';
import { wrap } from './commands/wrap.ts';

import { MirrorError, oneLine, toMirrorError } from './errors.ts';
import { Redactor } from './redaction.ts';

/** What of the process the command line works on. */
export interface ProcessFacts {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: string;
  readonly arch: string;
  readonly terminal: boolean;
  /** Standard input, which is opened by whoever reads it. */
  readonly input: () => Readable;
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

const NOTHING_DONE: ReadonlySet<string> = new Set([
  'INPUT_INVALID',
  'TOOL_MISSING',
  'TARGET_UNKNOWN',
  'CREDENTIALS_UNREADABLE',
  'CACHE_REFUSED',
  'FILE_REFUSED',
]);

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}

/** Some users have no entry in the user database, and Node then throws. Nothing needs a home that is not there. */
function homeOf(): string {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
}

function toSurroundings(facts: ProcessFacts): Surroundings {
  const { env, terminal } = facts;
  const drawable = terminal && env.TERM !== 'dumb';
  const color = drawable && (env.NO_COLOR ?? '') === '';
  return {
    ...facts,
    drawable,
    home: env.HOME || homeOf(),
    temporary: env.TMPDIR || tmpdir(),
    cores: availableParallelism(),
    color,
    now: () => new Date(),
  };
}

function explain(thrown: unknown, verbose: boolean, redactor: Redactor): string {
  const error = toMirrorError(thrown);
  const hint = error.hint === undefined ? '' : `\n  → ${error.hint}`;
  const stack =
    verbose && error.code === 'INTERNAL' && error.cause instanceof Error ? `\n${error.cause.stack ?? ''}` : '';
  return redactor.scrub(`${error.code}: ${oneLine(error.message)}${hint}${stack}\n`);
}

function exitCodeFor(thrown: unknown, signal: AbortSignal): number {
  if (signal.aborted) return 130;
  return thrown instanceof MirrorError && NOTHING_DONE.has(thrown.code) ? 2 : 1;
}

/** The arguments without the values of flags that no command has: a mistyped `--…-password=…` would be printed whole. */
function withoutUnknownValues(argv: readonly string[], commands: readonly Command[]): readonly string[] {
  const known = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)));
  return argv.map((argument) => {
    const [name = ''] = argument.split('=', 1);
    return argument.startsWith('--') && name !== argument && !known.has(name) ? name : argument;
  });
}

/** Runs one command line and returns its exit code; everything that can go wrong ends here as one line. */
export async function runCli(facts: ProcessFacts): Promise<number> {
  const redactor = new Redactor();
  const around = toSurroundings(facts);
  let code = 0;
  const program = createProgram(
    packageVersion(),
    {
      mirror: (flags) => mirror(flags, around, redactor),
      prune: (flags) => prune(flags, around, redactor),
      check: (chart, flags) => check({ chart, flags, input: facts.input }, around, redactor),
      explain: (subject, flags) => explainImages(subject, flags, around, redactor),
      wrap: (charts, flags) => wrap(charts, flags, around, redactor),
      unwrap: (file, registry, flags) => unwrap(file, registry, flags, around, redactor),
      bundleCreate: (flags) => bundleCreate(flags, around, redactor),
      bundleInfo: (files, flags) => bundleInfo(files, flags, around, redactor),
      bundlePush: (files, flags) => bundlePush(files, flags, around, redactor),
      inventory: (flags) => inventory(flags, around, redactor),
      info: (file, flags) => info(file, flags, around, redactor),
      verify: (subject, registry, flags) => verify(subject, registry, flags, around, redactor),
      lock: (chart, flags) => lock(chart, flags, around, redactor),
      annotate: (chart, flags) => annotate(chart, flags, around, redactor),
      generate: (flags) => generate(flags, around),
      installTools: (names, flags) => provideTools(names, flags, around, redactor),
    },
    (result) => {
      code = result;
    },
  );
  const commands = [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)];
  for (const command of commands) {
    command.exitOverride().configureOutput({ writeOut: facts.print, writeErr: facts.complain });
    command.showHelpAfterError('(run with --help for all flags)');
    // the descriptions name defaults where they matter
    command.configureHelp({ optionDescription: ({ description }) => description });
  }
  try {
    await program.parseAsync(withoutUnknownValues(facts.argv, commands), { from: 'user' });
    return code;
  } catch (thrown) {
    // help and version end as errors of commander too; real usage errors were printed by it already
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    facts.complain(explain(thrown, facts.argv.includes('--verbose'), redactor));
    return exitCodeFor(thrown, facts.signal);
  }
}
