import { basename, dirname, join, resolve } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { AnnotateFlags } from '../cli/annotate-command.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon } from '../domain/addon.ts';
import type { Carrying } from '../pipeline/carry/carry-run.ts';
import { changedFiles } from '../pipeline/carry/changed-files.ts';
import { annotateSteps } from '../pipeline/carry/lock-steps.ts';
import type { ChartItem } from '../pipeline/chart-item.ts';
import { pulledOf } from '../pipeline/find-uses.ts';
import type { Redactor } from '../redaction.ts';
import { carry, tell } from './carry.ts';
import { readCarryInputs } from './carry-inputs.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** The directory of a chart that stands in one; undefined for all others. */
export async function chartDirectory({ source }: Addon): Promise<string | undefined> {
  if (source.kind !== 'local') return undefined;
  return (await diskFiles.kindOf(source.path)) === 'directory' ? source.path : undefined;
}

/** Changes a directory where it is. */
async function intoDirectory(chart: ChartItem, directory: string, carrying: Carrying): Promise<string> {
  const cargo = carrying.cargo.get(chart);
  const { original } = pulledOf(chart);
  const { changed, added } = await changedFiles(original, cargo?.tree ?? original, carrying.run.ports.archives);
  const output = createOutput(directory);
  for (const { path, data } of changed) await output.write(path, data);
  const notes = chart.releases[0]?.notes;
  for (const path of added)
    notes?.push(`${path} is not in the directory, so its images are not listed: run helm dependency build first`);
  if (cargo !== undefined) cargo.written = { file: directory, bytes: 0 };
  return changed.length === 0 ? 'nothing to change' : `→ ${changed.map(({ path }) => path).join(', ')}`;
}

/** Writes an archive. */
async function intoArchive(chart: ChartItem, file: string, carrying: Carrying): Promise<string> {
  const cargo = carrying.cargo.get(chart);
  const { original } = pulledOf(chart);
  const bytes = await carrying.run.ports.archives.pack(cargo?.tree ?? original, original);
  await createOutput(dirname(file)).write(basename(file), bytes);
  if (cargo !== undefined) cargo.written = { file, bytes: bytes.length };
  return `→ ${file}`;
}

function outputProblems(
  file: string | undefined,
  directory: string | undefined,
  addon: Addon | undefined,
): readonly Problem[] {
  if (file === undefined && directory === undefined && addon?.source.kind === 'local') {
    const what = 'the chart is an archive on this machine, which might be written over';
    return [flagProblem('--output-file', { what, instead: 'name the archive to write' })];
  }
  if (file === undefined || directory === undefined) return [];
  const what = 'the chart is a directory, which is changed where it is';
  return [flagProblem('--output-file', { what, instead: 'leave it out, or name an archive of the chart' })];
}

/**
 * Writes the images of a chart into its Chart.yaml, and into those of its subcharts. Exit code 0 when it is done, 1 when it is
 * not, 2 for bad input or a missing tool, 130 when interrupted.
 */
export async function annotate(
  chart: string,
  flags: AnnotateFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const logins = explicitCredentials(flags, around.env).problems;
  const reading = await readCarryInputs([chart], flags, around, logins);
  if (reading.kind === 'problems') return refuse(reading.problems, around, redactor);
  const { inputs } = reading;
  const [addon] = inputs.catalog.addons;
  const directory = addon === undefined ? undefined : await chartDirectory(addon);
  const problems = outputProblems(flags.outputFile, directory, addon);
  if (problems.length > 0) return refuse(problems, around, redactor);
  const call = { flags, inputs, around, redactor };
  const { report } = await carry(call, {
    command: 'annotate',
    quiet: false,
    steps: (carrying) =>
      annotateSteps(carrying, (item) => {
        if (directory !== undefined) return intoDirectory(item, directory, carrying);
        const { name, version } = pulledOf(item).chart.metadata;
        return intoArchive(
          item,
          resolve(around.cwd, flags.outputFile ?? join('.', `${name}-${version}.tgz`)),
          carrying,
        );
      }),
  });
  return tell(report, call);
}
