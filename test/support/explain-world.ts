import { join } from 'node:path';
import type { ExplainedImage, ExplainedPlace, ExplainReport } from '../../src/domain/explain/report.ts';
import type { ChartParts } from './e2e-charts.ts';
import { installCli, installScript, printedReport, runProgram, writeChart } from './e2e-command.ts';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
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

function asExplained(result: CliResult): Explained {
  const report = printedReport<ExplainReport>(result, 'explain.schema.json');
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
  await installCli(machine);

  function run(argv: readonly string[]): Promise<CliResult> {
    return machine.run(['explain', ...argv], { env: NO_WAY_OUT });
  }

  return {
    machine,
    write: (name, parts, folder) => writeChart(machine, name, parts, folder),
    run,
    explain: async (argv) => asExplained(await run([...argv, '--json'])),
    script: (text) => runProgram(machine, ['/bin/sh', '-e', '-c', text], { env: NO_WAY_OUT }),
    async hang() {
      const rendering = join(machine.work, '..', 'rendering');
      const slow = `if [ "$1" = template ]; then : > "${rendering}"; exec /bin/sleep 60; fi\n`;
      await installScript(machine, '../slow/helm', `${slow}exec "${requireTool('helm')}" "$@"\n`);
      return { path: join(machine.work, '..', 'slow'), rendering };
    },
  };
}
