import { readFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { wrapText } from './cli/help-width.ts';
import { createProgram } from './cli/program.ts';
import type { Surroundings } from './commands/surroundings.ts';
import { problemsEnd } from './config/problems.ts';

import { MirrorError, oneLine, toMirrorError } from './errors.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { Redactor } from './redaction.ts';
import { screenOf } from './report/screen.ts';

/** What of the process the command line works on. */
export interface ProcessFacts {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: string;
  readonly arch: string;
  /** The version of Node. */
  readonly node: string;
  readonly terminal: boolean;
  /** How wide standard output is, where that is a terminal. */
  readonly columns?: number | undefined;
  /** How high it is. */
  readonly rows?: number | undefined;
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
  'OUTPUT_IN_USE',
  'FILE_REFUSED',
]);

function packageVersion(): string {
  const text = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8');
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
  // a log that a terminal is lent to, as CI systems do, keeps every line that is drawn over
  const isLog = !['', 'false', '0'].includes(env.CI ?? '');
  const drawable = terminal && !isLog && env.TERM !== 'dumb';
  const color = drawable && (env.NO_COLOR ?? '') === '';
  return {
    ...facts,
    drawable,
    home: env.HOME || homeOf(),
    temporary: env.TMPDIR || tmpdir(),
    version: packageVersion(),
    cores: availableParallelism(),
    color,
    screen: screenOf(terminal && !isLog, facts.rows, facts.columns),
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
    around.version,
    {
      mirror: async (flags) => (await import('./commands/mirror.ts')).mirror(flags, around, redactor),
      plan: async (flags) => (await import('./commands/plan.ts')).plan({ flags, input: facts.input }, around, redactor),
      copy: async (flags) => (await import('./commands/copy.ts')).copy({ flags, input: facts.input }, around, redactor),
      prune: async (flags) => (await import('./commands/prune.ts')).prune(flags, around, redactor),
      check: async (chart, flags) =>
        (await import('./commands/check.ts')).check({ chart, flags, input: facts.input }, around, redactor),
      explain: async (subject, flags) =>
        (await import('./commands/explain.ts')).explain(subject, flags, around, redactor),
      emit: async (kind, flags) => (await import('./commands/emit.ts')).emit(kind, flags, around, redactor),
      postRender: async (flags) =>
        (await import('./commands/post-render.ts')).postRender({ flags, input: facts.input }, around, redactor),
      wrap: async (charts, flags) => (await import('./commands/wrap.ts')).wrap(charts, flags, around, redactor),
      unwrap: async (file, registry, flags) =>
        (await import('./commands/unwrap.ts')).unwrap(file, registry, flags, around, redactor),
      bundleCreate: async (flags) =>
        (await import('./commands/bundle-create.ts')).bundleCreate(flags, around, redactor),
      bundleInfo: async (files, flags) =>
        (await import('./commands/bundle-info.ts')).bundleInfo(files, flags, around, redactor),
      bundlePush: async (files, flags) =>
        (await import('./commands/bundle-push.ts')).bundlePush(files, flags, around, redactor),
      inventory: async (flags) => (await import('./commands/inventory.ts')).inventory(flags, around, redactor),
      info: async (file, flags) => (await import('./commands/info.ts')).info(file, flags, around, redactor),
      verify: async (subject, registry, flags) =>
        (await import('./commands/verify.ts')).verify(subject, registry, flags, around, redactor),
      lock: async (chart, flags) => (await import('./commands/lock.ts')).lock(chart, flags, around, redactor),
      annotate: async (chart, flags) =>
        (await import('./commands/annotate.ts')).annotate(chart, flags, around, redactor),
      doctor: async (flags) => (await import('./commands/doctor.ts')).doctor(flags, around, redactor),
      errors: async (name) => (await import('./commands/errors.ts')).errors(name, around, redactor),
      print: facts.print,
      generate: async (flags) =>
        (await import('./commands/generate.ts')).generate({ flags, input: facts.input }, around, redactor),
      outdated: async (flags) => (await import('./commands/outdated.ts')).outdated(flags, around, redactor),
      lockCatalog: async (flags) => (await import('./commands/lock-catalog.ts')).lockCatalog(flags, around, redactor),
      installTools: async (names, flags) =>
        (await import('./commands/install-tools.ts')).provideTools(names, flags, around, redactor),
    },
    (result) => {
      code = result;
    },
  );
  const { columns } = facts;
  const printHelp = (text: string): void => facts.print(columns === undefined ? text : wrapText(text, columns));
  const commands = [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)];
  for (const command of commands) {
    command.exitOverride().configureOutput({ writeOut: printHelp, writeErr: facts.complain });
    command.showHelpAfterError('(run with --help for all flags)');
    // the descriptions name defaults where they matter
    command.configureHelp({ optionDescription: ({ description }) => description, minWidthToWrap: 20 });
  }
  try {
    await program.parseAsync(withoutUnknownValues(facts.argv, commands), { from: 'user' });
    return code;
  } catch (thrown) {
    // help and version end as errors of commander too; real usage errors were printed by it already
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return 0;
      if (thrown.code !== 'commander.help') facts.complain(`${problemsEnd()}\n`);
      return 2;
    }
    facts.complain(explain(thrown, facts.argv.includes('--verbose'), redactor));
    return exitCodeFor(thrown, facts.signal);
  }
}
