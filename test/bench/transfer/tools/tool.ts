import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** An image that is to be copied, as full references. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** What a tool is to do. */
export interface TransferJob {
  readonly pairs: readonly Pair[];
  /** The hosts of the sources. */
  readonly sourceHosts: readonly string[];
  readonly targetHost: string;
  /** The path at the target below which everything goes. */
  readonly prefix: string;
  /** A directory of the tool's own; it is kept from a cold run to a warm one. */
  readonly directory: string;
}

/** A program with its arguments. */
export interface ToolCommand {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Programs that do a job, so many at once. */
export interface Batch {
  readonly commands: readonly ToolCommand[];
  readonly atOnce: number;
}

/** Something that copies images between registries. */
export interface TransferTool {
  readonly name: string;
  readonly version: string;
  /** Whether it is this project's. */
  readonly isOurs: boolean;
  /** Writes what the tool is to be told in files. The time for this does not count. */
  prepare(job: TransferJob): Batch;
}

/** Where programs are looked for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How many images at once, for tools that copy one with each process. */
export const PROCESSES = 8;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a program: what the variable names, else what PATH has; undefined when there is none. */
export function findProgram(name: string, environment: Environment, variable?: string): string | undefined {
  const named = variable === undefined ? undefined : environment[variable];
  if (named !== undefined && named !== '') return named;
  const directories = (environment.PATH ?? '').split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

/** The first thing in a program's answer that looks like a version. */
export function versionOf(file: string, argv: readonly string[]): string {
  const { stdout, stderr } = spawnSync(file, argv, { encoding: 'utf8', timeout: 30_000 });
  return /(?<=^|\s)v?\d+\.\d+[^\s",]*/m.exec(`${stdout ?? ''}\n${stderr ?? ''}`)?.[0] ?? 'of an unknown version';
}
