import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { readStream } from '../adapters/manifest-files.ts';
import type { CopyFlags } from '../cli/copy-command.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { foreignTargets, type ImageListResult, readImageList } from '../config/image-list.ts';
import { type Complaint, flagProblem, shown } from '../config/problems.ts';
import { diskFiles, systemCode } from '../config/read-text.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { listSteps } from '../pipeline/list-steps.ts';
import type { Run } from '../pipeline/run.ts';
import type { Redactor } from '../redaction.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { findOwnRegistry } from './own-registry.ts';
import { mirrorInputsFor } from './run-inputs.ts';
import { runMirror, speechOf } from './run-mirror.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** `--images -`. */
const STANDARD_INPUT = '-';

function unreadable(complaint: Complaint): ImageListResult {
  return { images: [], problems: [flagProblem('--images', complaint)] };
}

/** What the command is called with. `input` is standard input, which is read for `--images -` only. */
export interface CopyCall {
  readonly flags: CopyFlags;
  readonly input: () => Readable;
}

async function readList(
  { flags: { images: named }, input }: CopyCall,
  { cwd, signal }: Surroundings,
): Promise<ImageListResult> {
  if (named === STANDARD_INPUT) {
    const text = await readStream(input(), signal);
    if (text !== undefined) return readImageList(text, 'standard input');
    return unreadable({ what: 'standard input is not UTF-8 text', instead: 'look at what the program before it says' });
  }
  try {
    return readImageList(await diskFiles.readText(resolve(cwd, named)), named);
  } catch (error) {
    const code = systemCode(error) ?? 'unknown error';
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    const what = isText ? `${shown(named)} cannot be read (${code})` : `${shown(named)} is not UTF-8 text`;
    return unreadable({ what, instead: 'name a file with one reference a line, or - for standard input' });
  }
}

/** The flags of a mirror run without charts. */
function mirrorFlags({ images: _, ...flags }: CopyFlags): MirrorFlags {
  return {
    ...flags,
    catalog: [],
    chartOverrides: [],
    onlyAddon: [],
    excludeAddons: [],
    latest: false,
    pushImages: false,
    pushUnproven: false,
  };
}

/**
 * Copies a list of images. Exit code 0 when all is done, 1 when something failed or was refused, 2 for bad input or a missing
 * tool (nothing is written then), 130 when interrupted.
 */
export async function copy(call: CopyCall, around: Surroundings, redactor: Redactor): Promise<number> {
  const { flags } = call;
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { line } = speechOf(flags, around, redactor);
  const list = await readList(call, around);
  const ownRegistry = findOwnRegistry({ around, explicit, redactor, say: line });
  const catalog = { mode: 'list', addons: [], unmirrorable: [], moved: [], notes: [] } as const;
  const all = [...list.problems, ...problems];
  const loaded = { kind: 'ok', catalog } as const;
  const inputs = await mirrorInputsFor(loaded, mirrorFlags(flags), around, all, ownRegistry);
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const foreign = foreignTargets(list.images, splitTarget(inputs.options.naming.registry).host);
  if (foreign.length > 0) return refuse(foreign, around, redactor);
  const steps = (run: Run) => listSteps(list.images, run);
  const work = { withoutCharts: true };
  return (await runMirror({ inputs, flags, around, redactor, explicit, steps, work })).exitCode;
}
