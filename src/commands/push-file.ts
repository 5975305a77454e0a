import type { MirrorFlags } from '../cli/program.ts';
import type { Addon } from '../domain/addon.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import type { LeftOut } from '../domain/wrap/dt-artifacts.ts';
import { sentence } from '../pipeline/graph.ts';
import type { Redactor } from '../redaction.ts';
import { unwrapSummary } from '../report/unwrap-summary.ts';
import { catalogOf } from './chart-catalog.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import type { FileSource } from './file-source.ts';
import { findTools } from './find-tools.ts';
import { findOwnRegistry } from './own-registry.ts';
import { readConfiguration } from './read-configuration.ts';
import { mirrorInputsFor, settingsOf } from './run-inputs.ts';
import { type RunWork, runMirror, speechOf } from './run-mirror.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** A mirror run whose only source is a file. */
export interface FilePush {
  readonly addons: readonly Addon[];
  readonly flags: MirrorFlags;
  /** What takes the place of every source, for the target's host. */
  readonly file: (host: string) => FileSource;
  /** What the file has and is not pushed. */
  readonly left?: readonly LeftOut[];
  /** Runs when the input is good, before anything is pushed. */
  readonly check?: (say: (line: string) => void) => Promise<void>;
  readonly work?: (host: string, network: NetworkSettings) => RunWork;
}

/**
 * Looks at configuration and programs before a large file is read: the exit code when that is the end already.
 *
 * @throws MirrorError when a program is missing or too old.
 */
export async function checkPush(
  flags: MirrorFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number | undefined> {
  const configured = await readConfiguration(flags, settingsOf(flags), around.cwd);
  if (configured.kind === 'problems') return refuse(configured.problems, around, redactor);
  await findTools(around, configured.configuration.settings.engine);
  return undefined;
}

/** Pushes the charts and images of a file, and tells of each what it became. */
export async function pushFile(
  { addons, flags, file: fileFor, left = [], check, work }: FilePush,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { line } = speechOf(flags, around, redactor);
  const ownRegistry = findOwnRegistry({ around, explicit, redactor, say: line });
  const notes = left.map(({ what, why }) => `left out: ${what}: ${why}`);
  const loaded = { kind: 'ok', catalog: { ...catalogOf(addons), notes } } as const;
  const inputs = await mirrorInputsFor(loaded, flags, around, problems, ownRegistry);
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  await check?.(line);
  const { host } = splitTarget(inputs.options.naming.registry);
  const file = fileFor(host);
  const call = { inputs, flags, around, redactor, explicit, file, steps: sentence };
  const { report, exitCode } = await runMirror({
    ...call,
    work: { ...work?.(host, inputs.configuration.network), ownNext: !flags.scanOnly },
  });
  around.complain(redactor.scrub(unwrapSummary(report, file.shelf, around.color)));
  return exitCode;
}
