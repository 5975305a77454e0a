import type { OutdatedFlags } from '../cli/catalog-command.ts';
import { outdatedReport, outdatedSteps, withNewest } from '../pipeline/outdated/outdated.ts';
import type { Redactor } from '../redaction.ts';
import { outdatedTable } from '../report/outdated-table.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { keptToLock } from './locked-inputs.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { runMirror } from './run-mirror.ts';
import { scanFlags } from './scan-flags.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Tells which charts have newer versions, and the images that these would add and remove. Nothing is written. Exit code 0 when all
 * is told, 1 when a chart could not be looked at, 2 for bad input or a missing tool, 130 when interrupted.
 */
export async function outdated(flags: OutdatedFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { locked: _locked, ...own } = flags;
  const read = await readMirrorInputs(scanFlags(own), around, problems, async () => undefined);
  const kept = await keptToLock(read, flags, around);
  if (kept.kind === 'problems') return refuse(kept.problems, around, redactor);
  const { inputs } = kept;
  const { exitCode } = await runMirror({
    ...{ flags, around, redactor, explicit },
    inputs: { ...inputs, catalog: withNewest(inputs.catalog) },
    steps: outdatedSteps,
    work: {
      journalFile: null,
      async instead(run) {
        if (around.signal.aborted) return 130;
        const report = outdatedReport(run);
        if (flags.json) around.print(scrubbedJson(report, redactor));
        else around.print(redactor.scrub(outdatedTable(report, around.color)));
        return report.exitCode;
      },
    },
  });
  return exitCode;
}
