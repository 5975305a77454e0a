import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type ChartParts, chartFiles } from './e2e-charts.ts';
import { CLI, COMPILED } from './e2e-cli.ts';
import type { CliResult, Machine } from './e2e-machine.ts';
import { ROOT } from './shared-charts.ts';

/** What a program is started with on a machine. */
export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
}

/** Runs a program in the working directory of a machine, with the machine's PATH. */
export function runProgram(
  { home, temporary, work }: Machine,
  [file = '', ...argv]: readonly string[],
  { env, input = '' }: ProgramOptions = {},
): Promise<CliResult> {
  const own = { HOME: home, TMPDIR: temporary, PATH: join(work, '..', 'bin'), NODE_COMPILE_CACHE: COMPILED };
  const child = spawn(file, argv, { cwd: work, env: { ...own, ...env }, stdio: 'pipe' });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stderr += chunk;
  });
  // a program that reads no input may be gone before it is written
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? undefined, ...texts }));
  });
}

/** Writes a shell script that can be run; its name is relative to the machine's working directory. */
export async function installScript(machine: Machine, name: string, lines: string): Promise<void> {
  await chmod(await machine.write(name, `#!/bin/sh\n${lines}`), 0o755);
}

/** Puts the tool on the PATH of a machine, as `airgap-charts`. */
export async function installCli(machine: Machine): Promise<void> {
  const command = [process.execPath, ...CLI].map((word) => `"${word}"`).join(' ');
  await installScript(machine, '../bin/airgap-charts', `exec ${command} "$@"\n`);
}

/** Writes a chart into a directory of its name, below `folder` of the machine's working directory. */
export async function writeChart(machine: Machine, name: string, parts: ChartParts, folder = '.'): Promise<void> {
  for (const [file, content] of Object.entries(chartFiles(name, parts)))
    await machine.write(join(folder, name, file), content);
}

/** The result that a command printed with `--json`, which must fit its schema in `schemas/` and the exit code. */
export function printedReport<R extends { readonly exitCode: number }>(result: CliResult, schemaFile: string): R {
  const { code, stdout, stderr } = result;
  if (stdout === '') throw new Error(`there is no result (exit code ${code}):\n${stderr}`);
  const report: R = JSON.parse(stdout);
  const schema: object = JSON.parse(readFileSync(join(ROOT, 'schemas', schemaFile), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(report);
  const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  if (problems.length > 0) throw new Error(`the result does not fit its schema: ${problems.join('; ')}`);
  if (report.exitCode !== code) throw new Error(`exit code ${code}, the result: ${report.exitCode}`);
  return report;
}

/** The shell examples of a document in `docs/`. */
export function shellExamples(document: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs', document), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script = '']) => script);
}
