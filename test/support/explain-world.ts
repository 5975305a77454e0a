import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ExplainedImage, ExplainedPlace, ExplainReport } from '../../src/domain/explain/report.ts';
import { type ChartParts, chartFiles } from './e2e-charts.ts';
import { CLI } from './e2e-cli.ts';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
import { ROOT } from './shared-charts.ts';
import { requireTool } from './tools.ts';

/** An explanation that has ended. */
export interface Explained extends CliResult {
  readonly report: ExplainReport;
  /** The only row of an image. */
  row(image: string): ExplainedImage;
}

/** A machine with helm, from which every way out leads to a port where nobody listens. */
export interface ExplainWorld {
  readonly machine: Machine;
  /** Writes a chart into a directory of its name, below `folder` of the machine's working directory. */
  write(name: string, parts: ChartParts, folder?: string): Promise<void>;
  run(argv: readonly string[]): Promise<CliResult>;
  /** The same with `--json`, which must fit its schema. */
  explain(argv: readonly string[]): Promise<Explained>;
  /** Runs a shell script in the machine's working directory, with `airgap-charts` and helm on its PATH. */
  script(text: string): Promise<CliResult>;
  /** Makes a helm that hangs in every render: the directory to put on PATH, and the file that it writes first. */
  hang(): Promise<{ readonly path: string; readonly rendering: string }>;
}

const NO_WAY_OUT = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };

function schemaProblems(report: unknown): readonly string[] {
  const schema: object = JSON.parse(readFileSync(join(ROOT, 'schemas', 'explain.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function asExplained(result: CliResult): Explained {
  if (result.stdout === '') throw new Error(`there is no result (exit code ${result.code}):\n${result.stderr}`);
  const report: ExplainReport = JSON.parse(result.stdout);
  const problems = schemaProblems(report);
  if (problems.length > 0) throw new Error(`the result does not fit its schema: ${problems.join('; ')}`);
  if (report.exitCode !== result.code) throw new Error(`exit code ${result.code}, the result: ${report.exitCode}`);
  const images = report.releases.flatMap((release) => release.images);
  const row = (image: string): ExplainedImage => {
    const [only, ...more] = images.filter((one) => one.image === image);
    if (only === undefined || more.length > 0)
      throw new Error(`${image} is not there once, but of ${images.map((one) => one.image).join(', ')}`);
    return only;
  };
  return { ...result, report, row };
}

/** `key = text (file:line)`, a question mark behind what was not measured; then lines that spell it out, then needs. */
export function told({ values, literals, needs }: ExplainedPlace): readonly string[] {
  const spot = (at: { file: string; line: number | null } | null): string =>
    at === null ? '' : `${at.file}:${at.line}`;
  return [
    ...values.map(({ key, text, measured, setBy }) => `${key} = ${text}${measured ? '' : '?'} (${spot(setBy)})`),
    ...literals.map((at) => `in ${spot(at)}`),
    ...needs.map((need) => `needs ${need}`),
  ];
}

/** Makes it. */
export async function createExplainWorld(): Promise<ExplainWorld> {
  const machine = await createMachine({ helm: 'helm', crane: false });
  const bin = join(machine.work, '..', 'bin');
  const command = [process.execPath, ...CLI].map((word) => `"${word}"`).join(' ');
  await writeFile(join(bin, 'airgap-charts'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });

  function run(argv: readonly string[]): Promise<CliResult> {
    return machine.run(['explain', ...argv], { env: NO_WAY_OUT });
  }

  return {
    machine,
    async write(name, parts, folder = '.') {
      for (const [file, content] of Object.entries(chartFiles(name, parts)))
        await machine.write(join(folder, name, file), content);
    },
    run,
    explain: async (argv) => asExplained(await run([...argv, '--json'])),
    script(text) {
      const env = { HOME: machine.home, TMPDIR: machine.temporary, PATH: bin, ...NO_WAY_OUT };
      const child = spawn('/bin/sh', ['-e', '-c', text], { cwd: machine.work, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const texts = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        texts.stdout += chunk;
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        texts.stderr += chunk;
      });
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve({ code: code ?? undefined, ...texts }));
      });
    },
    async hang() {
      const directory = join(machine.work, '..', 'slow');
      const rendering = join(machine.work, '..', 'rendering');
      const script = `#!/bin/sh\nif [ "$1" = template ]; then : > "${rendering}"; exec /bin/sleep 60; fi\nexec "${requireTool('helm')}" "$@"\n`;
      await machine.write('../slow/helm', script);
      await chmod(join(directory, 'helm'), 0o755);
      return { path: directory, rendering };
    },
  };
}
