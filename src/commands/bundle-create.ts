import { basename, resolve } from 'node:path';
import { createBlobSource } from '../adapters/blob-source.ts';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import { openBundleWriter } from '../adapters/files/bundle-writer.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import type { OpenCache } from '../adapters/result-cache.ts';
import { machinePlatform, packTools } from '../adapters/tools/pack-tools.ts';
import { openWorkspace } from '../adapters/workspace.ts';
import type { BundleCreateFlags } from '../cli/bundle-commands.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { parseByteSize } from '../config/byte-size.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { START_NAME } from '../domain/bundle/bundle-contents.ts';
import { formatSize } from '../domain/report/size.ts';
import { bundleOutcome } from '../pipeline/bundle/bundle-outcome.ts';
import { type Bundling, type CarriedTools, startBundling } from '../pipeline/bundle/bundle-run.ts';
import { bundleSteps } from '../pipeline/bundle/bundle-steps.ts';
import type { HeldLock } from '../pipeline/locked/held-lock.ts';
import { type RecordingCache, recordingCache } from '../pipeline/results/travelling.ts';
import type { Redactor } from '../redaction.ts';
import { bundleSummary } from '../report/bundle-summary.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { findTools } from './find-tools.ts';
import { keptToLock } from './locked-inputs.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { type InventoryRead, readInventory } from './read-inventory.ts';
import type { MirrorInputs } from './run-inputs.ts';
import { runMirror, speechOf } from './run-mirror.ts';
import { refuse } from './scrubbed.ts';
import { sourceDate } from './source-date.ts';
import type { Surroundings } from './surroundings.ts';

/** The target of a bundle, which is known only when it is pushed: no reference leads there. */
const NO_TARGET = 'bundle.invalid';

const DAY_MS = 86_400_000;
const SMALLEST_PART = 2 ** 20;

function scanFlags(flags: BundleCreateFlags): MirrorFlags {
  return {
    ...flags,
    targetRegistry: NO_TARGET,
    // looked for when it is known what is carried
    artifacts: 'none',
    plainHttp: flags.plainHttp,
    scanOnly: true,
    pushImages: false,
    overwriteExisting: false,
    pushUnproven: false,
  };
}

interface Wishes {
  readonly partBytes: number | undefined;
  readonly artifacts: boolean;
  readonly time: number | undefined;
  /** The platform whose tools are packed: that of this machine, or none. */
  readonly tools: string | undefined;
  readonly problems: readonly Problem[];
}

/** Programs are taken from this machine, and started before they are packed: there are none of another platform. */
function toolProblems(platforms: readonly string[], own: string | undefined): readonly Problem[] {
  const others = [...new Set(platforms)].filter((platform) => platform !== own);
  return others.map((platform) =>
    flagProblem('--with-tools', {
      what: `${shown(platform)} is not the platform of this machine`,
      instead: own === undefined ? 'run it on Linux, amd64 or arm64' : `run it on such a machine, or write ${own}`,
    }),
  );
}

function readWishes({ split, artifacts, withTools }: BundleCreateFlags, around: Surroundings): Wishes {
  const { time, problems } = sourceDate(around);
  const partBytes = split === undefined ? undefined : parseByteSize(split);
  const wrong: Problem[] = [...problems];
  if (split !== undefined && partBytes === undefined)
    wrong.push(
      flagProblem('--split', { what: `${shown(split ?? '')} is no size`, instead: 'write it like 4GiB or 650MB' }),
    );
  if (partBytes !== undefined && partBytes < SMALLEST_PART)
    wrong.push(flagProblem('--split', { what: `${shown(split ?? '')} is too small`, instead: 'write 1MiB or more' }));
  if (artifacts !== 'all' && artifacts !== 'none')
    wrong.push(flagProblem('--artifacts', { what: `${shown(artifacts)} is no choice`, instead: 'write all or none' }));
  const own = machinePlatform(around.platform, around.arch);
  const platforms = withTools.flatMap((text) => text.split(','));
  wrong.push(...toolProblems(platforms, own));
  const tools = platforms.length === 0 ? undefined : own;
  return { partBytes, artifacts: artifacts !== 'none', time, tools, problems: wrong };
}

/** The tools of this machine, packed below `scratch`, with the programs that the run uses. */
async function packed(
  platform: string,
  scratch: string,
  around: Surroundings,
  say: (line: string) => void,
): Promise<CarriedTools> {
  const { helm, crane } = await findTools(around, 'crane');
  if (crane === undefined) throw new RangeError('crane was asked for');
  say(`packing the tools for ${platform}: Node, airgap-charts, helm and crane`);
  const tools = await packTools({ platform, helm, crane, scratch, signal: around.signal });
  const { node, tool, size } = tools.about;
  const versions = `Node ${node}, airgap-charts ${tool}, helm ${helm.version ?? 'of unknown version'}`;
  say(`packed ${formatSize(size)}: ${versions}, crane ${crane.version ?? 'of unknown version'}`);
  if (tools.needs.length > 0) say(`on the closed side they need ${tools.needs.join(', ')}`);
  return tools;
}

/** Everything that a bundle is made from. */
interface Making {
  readonly inputs: Extract<MirrorInputs, { kind: 'ok' }>;
  readonly lock: HeldLock | undefined;
  readonly wishes: Wishes;
  readonly known: InventoryRead['blobs'];
  readonly explicit: ExplicitCredentials;
  readonly tools: readonly CarriedTools[];
}

async function make(
  { inputs, lock, wishes, known, explicit, tools }: Making,
  flags: BundleCreateFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const path = resolve(around.cwd, flags.output);
  let cache: RecordingCache | undefined;
  let stamp: OpenCache['stamp'] | undefined;
  let bundling: Bundling | undefined;
  const { network } = inputs.configuration;
  const { exitCode } = await runMirror({
    ...{ inputs, flags, around, redactor, explicit },
    steps: (run, { access }) => {
      run.lock = lock;
      bundling = startBundling(run, {
        blobs: createBlobSource({ access, settings: network, clock: SYSTEM_CLOCK }),
        open: (entries, time) =>
          openBundleWriter(path, entries, {
            mtimeSeconds: Math.floor(time / 1000),
            partBytes: wishes.partBytes,
          }),
        artifacts: wishes.artifacts,
        known,
        time: wishes.time,
        resultsOf: (archive) => cache?.readings(archive),
        stamp,
        tools,
      });
      return bundleSteps(bundling, inputs.configuration.settings.concurrency);
    },
    work: {
      ownSummary: true,
      cache: (own) => {
        stamp = own?.stamp;
        cache = recordingCache(own, Math.floor(around.now().getTime() / DAY_MS));
        return cache;
      },
    },
  }).finally(() => bundling?.writer?.close());
  if (bundling === undefined) return exitCode;
  around.complain(redactor.scrub(bundleSummary(bundleOutcome(bundling), around.color)));
  const [first] = bundling.parts;
  if (first === undefined) return Math.max(exitCode, 1);
  if (tools.length > 0)
    around.complain(
      redactor.scrub(`how to begin on the closed side: tar -xOf ${basename(first.file)} ${START_NAME}\n`),
    );
  return exitCode;
}

/**
 * Puts all charts of the inputs and their images into a bundle. Exit code 0 when it holds everything, 1 when something is not in
 * it or there is none, 2 for bad input or a missing tool, 130 when interrupted; then the next run goes on.
 *
 * @throws MirrorError before anything is fetched, when tools are wanted and cannot be packed.
 */
export async function bundleCreate(
  flags: BundleCreateFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const wishes = readWishes(flags, around);
  const inventory = await readInventory(flags.since, around.cwd);
  const before = [...problems, ...wishes.problems, ...inventory.problems];
  const read = await readMirrorInputs(scanFlags(flags), around, before, async () => undefined);
  const kept = await keptToLock(read, flags, around);
  if (kept.kind === 'problems') return refuse(kept.problems, around, redactor);
  const { inputs, lock } = kept;
  const making = { inputs, lock, wishes, known: inventory.blobs, explicit };
  if (wishes.tools === undefined) return make({ ...making, tools: [] }, flags, around, redactor);
  const scratch = await openWorkspace(around.temporary);
  try {
    const tools = await packed(wishes.tools, scratch.root, around, speechOf(flags, around, redactor).line);
    return await make({ ...making, tools: [tools] }, flags, around, redactor);
  } finally {
    await scratch.close();
  }
}
