import { basename, dirname, join, resolve } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { LockFlags } from '../cli/lock-command.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import { formatImagesLock, IMAGES_LOCK } from '../domain/lock/images-lock.ts';
import { lockSteps } from '../pipeline/carry/lock-steps.ts';
import type { Redactor } from '../redaction.ts';
import { chartDirectory } from './annotate.ts';
import { carry, tell } from './carry.ts';
import { readCarryInputs } from './carry-inputs.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { verifyLock } from './lock-verify.ts';
import { refuse } from './scrubbed.ts';
import { sourceDate } from './source-date.ts';
import type { Surroundings } from './surroundings.ts';

function flagProblems(
  { verify, outputFile, lockFile, json, platforms }: LockFlags,
  isDirectory: boolean,
): readonly Problem[] {
  const wrong = (flag: string, what: string): Problem => flagProblem(flag, { what, instead: 'leave it out' });
  const printed = outputFile === '-' || (outputFile === undefined && !isDirectory);
  return [
    ...(verify && outputFile !== undefined ? [wrong('--output-file', 'nothing is written with --verify')] : []),
    ...(verify && platforms.length > 0 ? [wrong('--platforms', 'with --verify the lock says which there are')] : []),
    ...(!verify && lockFile !== undefined ? [wrong('--lock-file', 'it is for --verify')] : []),
    ...(!verify && json && printed
      ? [wrong('--json', 'standard output has the lock: name a file with --output-file')]
      : []),
  ];
}

/**
 * Writes the lock of a chart, or compares it. Exit code 0 when it is written or nothing differs, 1 when something does or
 * cannot be read, 2 for bad input or a missing tool, 130 when interrupted.
 */
export async function lock(chart: string, flags: LockFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { time, problems } = sourceDate(around);
  const logins = explicitCredentials(flags, around.env).problems;
  const reading = await readCarryInputs([chart], flags, around, [...logins, ...problems]);
  if (reading.kind === 'problems') return refuse(reading.problems, around, redactor);
  const { inputs } = reading;
  const [addon] = inputs.catalog.addons;
  const directory = addon === undefined ? undefined : await chartDirectory(addon);
  const wrong = flagProblems(flags, directory !== undefined);
  if (wrong.length > 0) return refuse(wrong, around, redactor);
  const call = { flags, inputs, around, redactor };
  if (flags.verify) return verifyLock(call, flags);
  const named = flags.outputFile === undefined ? undefined : resolve(around.cwd, flags.outputFile);
  const own = directory === undefined ? undefined : join(directory, IMAGES_LOCK);
  const file = flags.outputFile === '-' ? undefined : (named ?? own);
  let text = '';
  const { report } = await carry(call, {
    command: 'lock',
    quiet: false,
    steps: (carrying) =>
      lockSteps(carrying, time, async (item) => {
        const cargo = carrying.cargo.get(item);
        if (cargo?.lock === undefined) return undefined;
        text = formatImagesLock(cargo.lock);
        if (file !== undefined) await createOutput(dirname(file)).write(basename(file), text);
        cargo.written = { file: file ?? 'standard output', bytes: Buffer.byteLength(text) };
        return file === undefined ? undefined : `→ ${file}`;
      }),
  });
  if (file === undefined && report.exitCode === 0) around.print(text);
  return tell(report, call);
}
