import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import type { PlanFlags } from '../cli/plan-command.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { foreignTargets } from '../config/image-list.ts';
import { readPlanFile } from '../config/plan-file.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { ListedImage } from '../domain/listed-image.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import type { PlanHints } from '../domain/run-plan/hints.ts';
import type { Plan, PlanContent, PlanInputs } from '../domain/run-plan/plan.ts';
import { sealed } from '../domain/run-plan/seal.ts';
import { splitPlan } from '../domain/run-plan/split.ts';
import type { HeldLock } from '../pipeline/locked/held-lock.ts';
import type { Run } from '../pipeline/run.ts';
import { partlyRead } from '../pipeline/run-plan/known-reads.ts';
import { makePlan, neededManifests } from '../pipeline/run-plan/make-plan.ts';
import { planHints } from '../pipeline/run-plan/plan-rows.ts';
import { planSteps } from '../pipeline/run-plan/plan-steps.ts';
import type { Redactor } from '../redaction.ts';
import { planTable, shardTable } from '../report/plan-table.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { keptToLock, lockName } from './locked-inputs.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { findOwnRegistry } from './own-registry.ts';
import { keptFor, manifestsPath, readManifestsBeside, shardPath, writeManifests, writePlan } from './plan-files.ts';
import { NO_CATALOG, NO_CHART_FLAGS, readListFile } from './read-list-file.ts';
import { type MirrorInputs, mirrorInputsFor } from './run-inputs.ts';
import { runMirror, speechOf } from './run-mirror.ts';
import { refuse, scrubbedJson } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** What the command is called with. `input` is standard input, which is read for `--images -` only. */
export interface PlanCall {
  readonly flags: PlanFlags;
  readonly input: () => Readable;
}

/** The most shards that a plan is split into. */
const MOST_SHARDS = 999;

const PLAN_FILE = 'plan.json';

type Checked = Extract<MirrorInputs, { kind: 'ok' }>;

/** What a plan is made of. */
interface Making {
  readonly inputs: Checked;
  readonly lock: HeldLock | undefined;
  readonly list: readonly ListedImage[] | undefined;
  readonly explicit: ExplicitCredentials;
  /** Absolute, and as it is shown. */
  readonly out: string;
  readonly name: string;
  readonly shards: number | undefined;
}

function shardProblems({ shards, from }: PlanFlags): readonly Problem[] {
  if (shards === undefined)
    return from === undefined
      ? []
      : [flagProblem('--from', { what: 'it is not said how to split it', instead: 'add --shards' })];
  const isRight = /^[1-9][0-9]{0,2}$/.test(shards);
  const instead = `write a whole number from 1 to ${MOST_SHARDS}`;
  return isRight ? [] : [flagProblem('--shards', { what: `${shown(shards)} is no number of shards`, instead })];
}

/** The file of a plan; with `--output-dir`, as `mirror` has it, the file of its usual name in that directory. */
function planName({ out, outputDir }: PlanFlags): string {
  return out ?? (outputDir === undefined ? PLAN_FILE : join(outputDir, PLAN_FILE));
}

function nameProblems({ out, outputDir }: PlanFlags): readonly Problem[] {
  if (out === undefined || outputDir === undefined) return [];
  const what = `it is given beside --out, which names the file ${shown(out)}`;
  return [flagProblem('--output-dir', { what, instead: 'leave one of the two out' })];
}

function isList({ catalog, values, images }: PlanFlags): boolean {
  return catalog.length === 0 && values === undefined && images !== undefined;
}

/** The flags of the run that ends in a plan. It copies nothing, so it needs no crane. */
function runFlags(
  { from: _from, out: _out, outputDir: _outputDir, shards: _shards, ...flags }: PlanFlags,
  out: string,
): MirrorFlags {
  const common = { ...flags, scanOnly: false, pushImages: false, outputDir: dirname(out), engine: 'native' };
  if (!isList(flags)) return common;
  const { images: _images, ...rest } = common;
  return { ...rest, ...NO_CHART_FLAGS };
}

function inputsOf(flags: PlanFlags): PlanInputs {
  const { catalog, values, chartOverrides, onlyAddon, excludeAddons, latest, locked } = flags;
  const asked = { catalogs: catalog, values: values ?? null, chartOverrides, onlyAddon, excludeAddons, latest };
  return locked === undefined ? asked : { ...asked, locked: lockName(locked) };
}

/** Splits a plan that is complete, and writes its shards beside it. */
async function writeShards(plan: Plan, path: string, name: string, count: number): Promise<string> {
  const shards = splitPlan(plan, count);
  for (const [index, shard] of shards.entries()) await writePlan(shardPath(path, index + 1), shard);
  return shardTable(plan, shards, name, (index) => shardPath(name, index));
}

function scrubbedHints(run: Run, redactor: Redactor): PlanHints {
  const { charts, images } = planHints(run);
  const clean = (hints: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
    new Map([...hints].map(([key, hint]) => [redactor.scrub(key), redactor.scrub(hint)]));
  return { charts: clean(charts), images: clean(images) };
}

async function make(making: Making, flags: PlanFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { inputs, lock, list, explicit, out, name, shards } = making;
  const { line } = speechOf(flags, around, redactor);
  const known = await readManifestsBeside(out, line);
  const { exitCode } = await runMirror({
    ...{ inputs, flags, around, redactor, explicit },
    steps: (run, { use }) => {
      run.lock = lock;
      return planSteps(run, list, (registry) => use.quotaOf(registry)?.remaining);
    },
    work: {
      withoutCharts: list !== undefined,
      journalFile: null,
      known,
      async instead(run, { use, manifests }) {
        if (around.signal.aborted) return 130;
        const facts = {
          ...{ inputs: list === undefined ? inputsOf(flags) : null, quotaOf: use.quotaOf, reads: use.reads() },
          ...{ known: new Set(known.keys()), partly: await partlyRead(run) },
        };
        // the digest is that of what is written, which holds no secret
        const content: PlanContent = JSON.parse(scrubbedJson(makePlan(run, facts), redactor));
        const plan = sealed(content);
        await writeManifests(out, keptFor(neededManifests(run, plan, facts), manifests.of('source'), known));
        await writePlan(out, plan);
        if (flags.json) around.print(`${JSON.stringify(plan, undefined, 2)}\n`);
        const beside = { file: name, manifests: manifestsPath(name), sharded: shards !== undefined };
        around.complain(`\n${planTable(plan, beside, around, scrubbedHints(run, redactor))}`);
        if (shards !== undefined && plan.complete) around.complain(await writeShards(plan, out, name, shards));
        return plan.complete ? 0 : 1;
      },
    },
  });
  return exitCode;
}

function notWhole(file: string, what: string, instead: string): Problem {
  return { file, line: 1, column: 1, what, instead };
}

/** Splits a plan that was made before. */
async function split(flags: PlanFlags, from: string, around: Surroundings, redactor: Redactor): Promise<number> {
  const { cwd, complain } = around;
  const given = [
    ...(flags.catalog.length > 0 ? ['--catalog'] : []),
    ...(flags.values === undefined ? [] : ['--values']),
    ...(flags.locked === undefined ? [] : ['--locked']),
    ...(flags.images === undefined ? [] : ['--images']),
    ...(flags.out === undefined ? [] : ['--out']),
    ...(flags.outputDir === undefined ? [] : ['--output-dir']),
  ];
  const beside = given.map((flag) =>
    flagProblem(flag, { what: 'it is given beside --from', instead: 'leave one of them out' }),
  );
  const problems = [...shardProblems(flags), ...beside];
  const path = resolve(cwd, from);
  const read = await readPlanFile(diskFiles, path, from);
  if (read.kind === 'problems') return refuse([...problems, ...read.problems], around, redactor);
  const { plan } = read;
  const wrong = [
    ...problems,
    ...(plan.shard === null ? [] : [notWhole(from, 'this plan is a shard already', 'name the whole plan')]),
    ...(plan.complete ? [] : [notWhole(from, 'this plan is not complete', 'correct what it refuses, and plan again')]),
  ];
  if (wrong.length > 0) return refuse(wrong, around, redactor);
  complain(await writeShards(plan, path, from, Number(flags.shards)));
  return 0;
}

/**
 * Writes down what a mirror run, or a copy, would do. Nothing is written at the target. Exit code 0 when all is planned, 1 when
 * something would be refused or fail (the plan says what, and is not run), 2 for bad input or a missing tool, 130 when interrupted:
 * then there is no plan.
 */
export async function plan({ flags, input }: PlanCall, around: Surroundings, redactor: Redactor): Promise<number> {
  if (flags.from !== undefined) return split(flags, flags.from, around, redactor);
  const name = planName(flags);
  const out = resolve(around.cwd, name);
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const { line } = speechOf(flags, around, redactor);
  const ownRegistry = findOwnRegistry({ around, explicit, redactor, say: line });
  const own = runFlags(flags, out);
  const before = [...shardProblems(flags), ...nameProblems(flags), ...problems];
  const list = isList(flags) ? await readListFile(flags.images ?? '', input, around) : undefined;
  const beside =
    list === undefined || flags.locked === undefined
      ? []
      : [
          flagProblem('--locked', {
            what: 'a list of images has no lock',
            instead: 'name the digest of each image in the list',
          }),
        ];
  const loaded = { kind: 'ok', catalog: NO_CATALOG } as const;
  const read =
    list === undefined
      ? await readMirrorInputs(own, around, before, ownRegistry)
      : await mirrorInputsFor(loaded, own, around, [...before, ...beside, ...list.problems], ownRegistry);
  const kept = await keptToLock(read, list === undefined ? flags : { latest: false }, around);
  if (kept.kind === 'problems') return refuse(kept.problems, around, redactor);
  const { inputs, lock } = kept;
  const foreign = foreignTargets(list?.images ?? [], splitTarget(inputs.options.naming.registry).host);
  if (foreign.length > 0) return refuse(foreign, around, redactor);
  const shards = flags.shards === undefined ? undefined : Number(flags.shards);
  return make({ inputs, lock, list: list?.images, explicit, out, name, shards }, flags, around, redactor);
}
