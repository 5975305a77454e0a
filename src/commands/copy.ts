import type { Readable } from 'node:stream';
import type { CopyFlags } from '../cli/copy-command.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { foreignTargets } from '../config/image-list.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { listSteps } from '../pipeline/list-steps.ts';
import type { Run } from '../pipeline/run.ts';
import type { Redactor } from '../redaction.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { findOwnRegistry } from './own-registry.ts';
import { NO_CATALOG, NO_CHART_FLAGS, readListFile } from './read-list-file.ts';
import { mirrorInputsFor } from './run-inputs.ts';
import { runMirror, speechOf } from './run-mirror.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** What the command is called with. `input` is standard input, which is read for `--images -` only. */
export interface CopyCall {
  readonly flags: CopyFlags;
  readonly input: () => Readable;
}

/** The flags of a mirror run without charts. */
function mirrorFlags({ images: _, ...flags }: CopyFlags): MirrorFlags {
  return { ...flags, ...NO_CHART_FLAGS };
}

/**
 * Copies a list of images. Exit code 0 when all is done, 1 when something failed or was refused, 2 for bad input or a missing
 * tool (nothing is written then), 130 when interrupted.
 */
export async function copy(call: CopyCall, around: Surroundings, redactor: Redactor): Promise<number> {
  const { flags } = call;
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { line } = speechOf(flags, around, redactor);
  const list = await readListFile(flags.images, call.input, around);
  const ownRegistry = findOwnRegistry({ around, explicit, redactor, say: line });
  const all = [...list.problems, ...problems];
  const loaded = { kind: 'ok', catalog: NO_CATALOG } as const;
  const inputs = await mirrorInputsFor(loaded, mirrorFlags(flags), around, all, ownRegistry);
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const foreign = foreignTargets(list.images, splitTarget(inputs.options.naming.registry).host);
  if (foreign.length > 0) return refuse(foreign, around, redactor);
  const steps = (run: Run) => listSteps(list.images, run);
  const work = { withoutCharts: true };
  return (await runMirror({ inputs, flags, around, redactor, explicit, steps, work })).exitCode;
}
