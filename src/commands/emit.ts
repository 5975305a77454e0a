import { basename, dirname, resolve } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { EmitFlags, EmitKind } from '../cli/emit-command.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Emitted } from '../domain/emit/emitted.ts';
import { mirroredOf } from '../domain/emit/mirrored.ts';
import { gapsOf } from '../domain/emit/whole.ts';
import { counted } from '../domain/report/counted.ts';
import type { Report } from '../domain/report/report.ts';
import type { Redactor } from '../redaction.ts';
import { EMIT_WAYS, type EmitWay } from './emit-kinds.ts';
import { readValues } from './emit-values.ts';
import { readNamedReport } from './read-report.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

function wrong(file: string, what: string, instead: string): Problem {
  return { file, line: undefined, column: undefined, what, instead };
}

/** What is wrong with where the files are to go. */
async function outProblems(flags: EmitFlags, { shape }: EmitWay, cwd: string): Promise<readonly Problem[]> {
  const { out } = flags;
  const flag = (what: string, instead: string): readonly Problem[] => [flagProblem('--out', { what, instead })];
  if (out === undefined || out === '-')
    return shape === 'file' ? [] : flag('these are several files', 'name the directory to write them to');
  const path = resolve(cwd, out);
  const before = await diskFiles.kindOf(path);
  if (shape === 'tree') return before === 'file' ? flag(`${out} is a file`, 'name a directory') : [];
  if (before === 'directory') return flag(`${out} is a directory`, 'name a file');
  const isReport = (await diskFiles.realPath(path)) === (await diskFiles.realPath(resolve(cwd, flags.report)));
  return isReport ? flag(`${out} is the report itself`, 'name another file') : [];
}

/** Why nothing can be made of a report, whatever was brought. */
function useProblems(report: Report, flags: EmitFlags): readonly Problem[] {
  if (!report.scanOnly) return [];
  return [
    wrong(
      flags.report,
      'this is the report of a scan, which brings nothing to the target',
      'name that of a run without --scan-only',
    ),
  ];
}

async function write({ files }: Emitted, flags: EmitFlags, { shape }: EmitWay, around: Surroundings): Promise<void> {
  const { out } = flags;
  if (out === undefined || out === '-') {
    around.print(files.map(({ text }) => text).join(''));
    return;
  }
  const path = resolve(around.cwd, out);
  const output = createOutput(shape === 'tree' ? path : dirname(path), '--out');
  let replaced = 0;
  for (const file of files) {
    const name = shape === 'tree' ? file.path : basename(path);
    if ((await diskFiles.kindOf(resolve(shape === 'tree' ? path : dirname(path), name))) === 'file') replaced += 1;
    await output.write(name, file.text, file.isExecutable ? 0o755 : undefined);
  }
  const before = replaced === 0 ? '' : `; ${counted(replaced, 'file', 'files')} that was there replaced`;
  around.complain(`${out}: ${counted(files.length, 'file', 'files')}${before}\n`);
}

/**
 * Writes files of a kind for those who use the target. Exit code 0 when they hold everything that the run was to bring; 1 when it
 * has not brought everything: then nothing is written, or with `--partial` files that name what is missing; 1, too, where there is
 * nothing to write; 2 for bad input.
 */
export async function emit(
  kind: EmitKind,
  flags: EmitFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const way = EMIT_WAYS[kind];
  const wrongOut = await outProblems(flags, way, around.cwd);
  const read = await readNamedReport(flags.report, around.cwd);
  if (read.kind === 'problem') return refuse([...wrongOut, read.problem], around, redactor);
  const { report } = read;
  const found = kind === 'values' ? await readValues(flags.report, report, around.cwd) : undefined;
  const problems = [...wrongOut, ...useProblems(report, flags), ...(found?.problems ?? [])];
  if (problems.length > 0) return refuse(problems, around, redactor);
  const tell = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  const mirrored = mirroredOf(report);
  const gaps = [...gapsOf(report), ...mirrored.unreadable, ...(found?.gaps ?? [])].map((line) => redactor.scrub(line));
  for (const line of gaps) tell(`missing: ${line}`);
  if (gaps.length > 0 && !flags.partial) {
    tell(
      `nothing is written: ${flags.report} is that of a run that is not all done; run it again, or write what is there with --partial`,
    );
    return 1;
  }
  const request = { mirrored, gaps, plainHttp: flags.plainHttp };
  const reportText = `${JSON.stringify(report, undefined, 2)}\n`;
  const emitted = way.make({ request, values: found?.values ?? [], reportText });
  if (way.about !== 'target' && mirrored[way.about].length === 0) {
    tell(`nothing is written: ${flags.report} tells of no ${way.about} at the target`);
    return 1;
  }
  for (const note of emitted.notes) tell(`note: ${note}`);
  if (emitted.files.length === 0) {
    const why = emitted.notes.length === 0 ? '' : ', for what the notes above say';
    tell(`nothing is written: no rule of ${kind} leads to what ${flags.report} tells of${why}`);
    return 1;
  }
  await write(emitted, flags, way, around);
  return gaps.length > 0 ? 1 : 0;
}
