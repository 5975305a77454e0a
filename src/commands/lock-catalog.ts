import { basename, dirname, resolve } from 'node:path';
import { createOutput } from '../adapters/output.ts';
import type { LockCatalogFlags } from '../cli/catalog-command.ts';
import { type CatalogLock, catalogLockText } from '../domain/catalog-lock/catalog-lock.ts';
import { counted } from '../domain/report/counted.ts';
import { lockGaps, lockSteps, makeLock } from '../pipeline/locked/make-lock.ts';
import type { Run } from '../pipeline/run.ts';
import type { Redactor } from '../redaction.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { runMirror, speechOf } from './run-mirror.ts';
import { scanFlags } from './scan-flags.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

function told({ charts, images }: CatalogLock, name: string): string {
  const unseen = images.filter(({ digest }) => digest === null).length;
  const doubt = unseen === 0 ? '' : `, ${unseen} of them NOT seen at their source`;
  const what = `${counted(charts.length, 'chart', 'charts')} and ${counted(images.length, 'image', 'images')}`;
  return `${name}: ${what} locked${doubt}`;
}

/**
 * Writes down the versions and digests that the inputs come to now. Nothing is written at a registry. Exit code 0 when the lock is
 * written, 1 when something could not be looked at (a lock that was there stays), 2 for bad input or a missing tool, 130 when
 * interrupted.
 */
export async function lockCatalog(flags: LockCatalogFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const path = resolve(around.cwd, flags.out);
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const inputs = await readMirrorInputs(
    { ...scanFlags(flags), outputDir: dirname(path) },
    around,
    problems,
    async () => undefined,
  );
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const { line } = speechOf(flags, around, redactor);
  const write = async (run: Run): Promise<number> => {
    if (around.signal.aborted) return 130;
    const gaps = lockGaps(run);
    for (const gap of gaps) line(`not locked: ${gap}`);
    if (gaps.length > 0) {
      line(`${flags.out} is not written: mend what is named above, and lock again`);
      return 1;
    }
    const lock = makeLock(run, path);
    await createOutput(dirname(path), '--out').write(basename(path), redactor.scrub(catalogLockText(lock)));
    if (flags.json) around.print(scrubbedJson(lock, redactor));
    line(told(lock, flags.out));
    return 0;
  };
  const { exitCode } = await runMirror({
    ...{ inputs, flags, around, redactor, explicit },
    steps: lockSteps,
    work: { journalFile: null, instead: write },
  });
  return exitCode;
}
