import { dirname, resolve } from 'node:path';
import { openKeptLayers } from '../adapters/files/kept-layers.ts';
import { createWrapWriter, type WrapPlace } from '../adapters/wrap-output.ts';
import type { WrapFlags } from '../cli/wrap-command.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import { wrapSteps } from '../pipeline/carry/wrap-steps.ts';
import type { Redactor } from '../redaction.ts';
import { carry, tell } from './carry.ts';
import { readCarryInputs } from './carry-inputs.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { refuse } from './scrubbed.ts';
import { sourceDate } from './source-date.ts';
import type { Surroundings } from './surroundings.ts';

function placeOf({ outputDir, outputFile }: WrapFlags, cwd: string): WrapPlace {
  if (outputFile !== undefined) return { kind: 'file', path: resolve(cwd, outputFile) };
  return { kind: 'directory', path: resolve(cwd, outputDir ?? '.') };
}

function placeProblems(charts: readonly string[], { outputDir, outputFile }: WrapFlags): readonly Problem[] {
  if (outputFile === undefined) return [];
  const wrong = (what: string, instead: string): Problem => flagProblem('--output-file', { what, instead });
  return [
    ...(charts.length > 1 ? [wrong('it is for a single chart, and several are named', 'give --output-dir')] : []),
    ...(outputDir === undefined ? [] : [wrong('it is given beside --output-dir', 'leave one of them out')]),
  ];
}

/**
 * Wraps charts with all their images, each into a file of its own. Exit code 0 when all are written, 1 when one is not, 2 for
 * bad input or a missing tool, 130 when interrupted. What was fetched is kept for the next run until all are written.
 */
export async function wrap(
  charts: readonly string[],
  flags: WrapFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { time, problems } = sourceDate(around);
  const logins = explicitCredentials(flags, around.env).problems;
  const wrong = [...logins, ...problems, ...placeProblems(charts, flags)];
  const reading = await readCarryInputs(charts, flags, around, wrong, true);
  if (reading.kind === 'problems') return refuse(reading.problems, around, redactor);
  const { inputs } = reading;
  const place = placeOf(flags, around.cwd);
  const kept = await openKeptLayers(place.kind === 'file' ? dirname(place.path) : place.path);
  const call = { flags, inputs, around, redactor };
  const width = inputs.configuration.settings.concurrency;
  let isWhole = false;
  try {
    const { report } = await carry(call, {
      command: 'wrap',
      quiet: false,
      artifacts: flags.fetchArtifacts,
      steps: (carrying, blobs) => {
        const writer = createWrapWriter(place);
        return wrapSteps({ carrying, contents: kept.contents, blobs, writer, time, width });
      },
    });
    isWhole = report.exitCode === 0;
    return tell(report, call);
  } finally {
    await kept.close(isWhole ? 'remove' : 'keep');
  }
}
