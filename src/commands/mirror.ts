import type { MirrorFlags } from '../cli/program.ts';
import { sentence } from '../pipeline/graph.ts';
import type { Step } from '../pipeline/progress.ts';
import type { Run } from '../pipeline/run.ts';
import type { Redactor } from '../redaction.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { keptToLock } from './locked-inputs.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { findOwnRegistry } from './own-registry.ts';
import { runMirror, speechOf } from './run-mirror.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Mirrors what the inputs name. Exit code 0 when all is done, 1 when something failed, was refused or is not proven,
 * 2 for bad input or a missing tool (nothing is written then), 130 when interrupted.
 */
export async function mirror(flags: MirrorFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  if (flags.plan !== undefined) {
    const { mirrorPlan } = await import('./mirror-plan.ts');
    return mirrorPlan(flags, flags.plan, around, redactor);
  }
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { line } = speechOf(flags, around, redactor);
  const ownRegistry = findOwnRegistry({ around, explicit, redactor, say: line });
  const read = await readMirrorInputs(flags, around, problems, ownRegistry);
  const kept = await keptToLock(read, flags, around);
  if (kept.kind === 'problems') return refuse(kept.problems, around, redactor);
  const { inputs, lock } = kept;
  const steps = (run: Run): readonly Step[] => {
    run.lock = lock;
    return sentence(run);
  };
  return (await runMirror({ inputs, flags, around, redactor, explicit, steps })).exitCode;
}
