import type { Argument, Command, Option } from 'commander';
import { ERROR_CODES } from '../errors.ts';

/** What may stand behind a flag, or in place of an argument. */
export type Expected =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'anything' };

/** A flag as a shell has to know it. */
export interface FlagWords {
  /** `--catalog`, and its short form where it has one. */
  readonly names: readonly string[];
  readonly description: string;
  readonly expected: Expected;
}

/** A command as a shell has to know it. */
export interface CommandWords {
  /** Without the program's name: empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly string[];
  readonly flags: readonly FlagWords[];
  readonly arguments: Expected;
}

const FILE = /file|path|wrap|bundle|report|plan/;

/** Told from how the help writes it: `<a|b>` are words, `<file>` is a file, `<code>` a code of an error. */
function expectedOf(text: string | undefined): Expected {
  if (text === undefined) return { kind: 'nothing' };
  if (text === 'code') return { kind: 'words', words: ERROR_CODES };
  const words = text.split('|');
  if (words.length > 1 && words.every((word) => /^[a-z][a-z0-9/-]*$/.test(word))) {
    return FILE.test(text) ? { kind: 'file' } : { kind: 'words', words };
  }
  if (/director|dir$/.test(text)) return { kind: 'directory' };
  return FILE.test(text) ? { kind: 'file' } : { kind: 'anything' };
}

function flagOf({ long, short, flags, description }: Option): FlagWords {
  const [, needed, possible] = /<(.+?)(?:\.\.\.)?>|\[(.+?)(?:\.\.\.)?\]/.exec(flags) ?? [];
  const names = [short, long].flatMap((name) => (name === undefined ? [] : [name]));
  return { names, description, expected: expectedOf(needed ?? possible) };
}

function argumentOf(argument: Argument | undefined): Expected {
  if (argument === undefined) return { kind: 'nothing' };
  const { argChoices } = argument;
  return argChoices === undefined ? expectedOf(argument.name()) : { kind: 'words', words: argChoices };
}

/** Every command with its flags, the program first. */
export function commandWords(program: Command, path: readonly string[] = []): readonly CommandWords[] {
  const [first] = program.registeredArguments;
  const help: FlagWords = { names: ['-h', '--help'], description: 'display help', expected: { kind: 'nothing' } };
  const own: CommandWords = {
    path,
    description: program.description(),
    commands: program.commands.map((command) => command.name()),
    flags: [...program.options.map(flagOf), help],
    arguments: argumentOf(first),
  };
  return [own, ...program.commands.flatMap((command) => commandWords(command, [...path, command.name()]))];
}
