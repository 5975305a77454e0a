import { resolve } from 'node:path';
import { createBlobSource } from '../adapters/blob-source.ts';
import { openBundleWriter } from '../adapters/files/bundle-writer.ts';
import { SYSTEM_CLOCK } from '../adapters/http-retry.ts';
import type { OpenCache } from '../adapters/result-cache.ts';
import type { BundleCreateFlags } from '../cli/bundle-commands.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { parseByteSize } from '../config/byte-size.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { bundleOutcome } from '../pipeline/bundle/bundle-outcome.ts';
import { type Bundling, startBundling } from '../pipeline/bundle/bundle-run.ts';
import { bundleSteps } from '../pipeline/bundle/bundle-steps.ts';
import { type RecordingCache, recordingCache } from '../pipeline/results/travelling.ts';
import type { Redactor } from '../redaction.ts';
import { bundleSummary } from '../report/bundle-summary.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { readInventory } from './read-inventory.ts';
import { runMirror } from './run-mirror.ts';
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
  readonly problems: readonly Problem[];
}

function readWishes({ split, artifacts }: BundleCreateFlags, around: Surroundings): Wishes {
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
  return { partBytes, artifacts: artifacts !== 'none', time, problems: wrong };
}

/**
 * Puts all charts of the inputs and their images into a bundle. Exit code 0 when it holds everything, 1 when something is not in
 * it or there is none, 2 for bad input or a missing tool, 130 when interrupted; then the next run goes on.
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
  const mirrorFlags = scanFlags(flags);
  const inputs = await readMirrorInputs(mirrorFlags, around, before, async () => undefined);
  if (inputs.kind === 'problems') return refuse(inputs.problems, around, redactor);
  const path = resolve(around.cwd, flags.output);
  let cache: RecordingCache | undefined;
  let stamp: OpenCache['stamp'] | undefined;
  let bundling: Bundling | undefined;
  const { network } = inputs.configuration;
  const { exitCode } = await runMirror({
    ...{ inputs, flags, around, redactor, explicit },
    work: {
      ownSummary: true,
      cache: (own) => {
        stamp = own?.stamp;
        cache = recordingCache(own, Math.floor(around.now().getTime() / DAY_MS));
        return cache;
      },
      steps: (run, { access }) => {
        bundling = startBundling(run, {
          blobs: createBlobSource({ access, settings: network, clock: SYSTEM_CLOCK }),
          open: (entries, time) =>
            openBundleWriter(path, entries, {
              mtimeSeconds: Math.floor(time / 1000),
              partBytes: wishes.partBytes,
            }),
          artifacts: wishes.artifacts,
          known: inventory.blobs,
          time: wishes.time,
          resultsOf: (archive) => cache?.readings(archive),
          stamp,
        });
        return bundleSteps(bundling, inputs.configuration.settings.concurrency);
      },
    },
  }).finally(() => bundling?.writer?.close());
  if (bundling !== undefined) around.complain(redactor.scrub(bundleSummary(bundleOutcome(bundling), around.color)));
  return bundling === undefined || bundling.parts.length > 0 ? exitCode : Math.max(exitCode, 1);
}
