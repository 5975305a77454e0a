import { resolve } from 'node:path';
import type { ExplicitCredentials } from '../adapters/credentials.ts';
import type { MirrorFlags } from '../cli/program.ts';
import { type PlanReading, readPlanFile } from '../config/plan-file.ts';
import { flagProblem, type Problem } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Addon, Catalog } from '../domain/addon.ts';
import type { LockedChart } from '../domain/catalog-lock/catalog-lock.ts';
import type { Digest } from '../domain/reference.ts';
import { inputDifferences } from '../domain/run-plan/compare.ts';
import { joinReports } from '../domain/run-plan/join-reports.ts';
import type { Plan } from '../domain/run-plan/plan.ts';
import { releaseDigest } from '../domain/run-plan/release-digest.ts';
import type { HeldLock } from '../pipeline/locked/held-lock.ts';
import type { Step } from '../pipeline/progress.ts';
import type { Run } from '../pipeline/run.ts';
import { chartPlanSteps, imagePlanSteps, plannedItems, refusedSteps } from '../pipeline/run-plan/keep-to-plan.ts';
import { withPlanOptions } from '../pipeline/run-plan/plan-options.ts';
import { holdTo } from '../pipeline/run-plan/run-plan.ts';
import type { Redactor } from '../redaction.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { keptToLock } from './locked-inputs.ts';
import { readMirrorInputs } from './mirror-inputs.ts';
import { readManifestsBeside, shardReport } from './plan-files.ts';
import { NO_CATALOG, NO_CHART_FLAGS } from './read-list-file.ts';
import { type MirrorInputs, mirrorInputsFor } from './run-inputs.ts';
import { type RunWork, runMirror, speechOf } from './run-mirror.ts';
import { refuse } from './scrubbed.ts';
import { readShardReports, type ShardReports, shardsOf } from './shard-reports.ts';
import type { Surroundings } from './surroundings.ts';

type Checked = Extract<MirrorInputs, { kind: 'ok' }>;

/** Flags that decide what is done: a plan has decided it. */
const DECIDING: readonly (readonly [flag: string, isGiven: (flags: MirrorFlags) => boolean])[] = [
  ['--catalog', ({ catalog }) => catalog.length > 0],
  ['--values', ({ values }) => values !== undefined],
  ['--chart-overrides', ({ chartOverrides }) => chartOverrides.length > 0],
  ['--latest', ({ latest }) => latest],
  ['--locked', ({ locked }) => locked !== undefined],
  ['--only-addon', ({ onlyAddon }) => onlyAddon.length > 0],
  ['--exclude-addons', ({ excludeAddons }) => excludeAddons.length > 0],
  ['--target-registry', ({ targetRegistry }) => targetRegistry !== undefined],
  ['--target-prefix', ({ targetPrefix }) => targetPrefix !== undefined],
  ['--image-path', ({ imagePath }) => imagePath !== undefined],
  ['--scan-only', ({ scanOnly }) => scanOnly],
  ['--platform', ({ platform }) => platform !== undefined],
  ['--skip-existing', ({ skipExisting }) => skipExisting !== undefined],
  ['--verify-existing-digest', ({ verifyExistingDigest }) => verifyExistingDigest !== undefined],
  ['--overwrite-existing', ({ overwriteExisting }) => overwriteExisting],
  ['--push-unproven', ({ pushUnproven }) => pushUnproven],
  ['--chart-version-suffix', ({ chartVersionSuffix }) => chartVersionSuffix !== undefined],
  ['--include-dependencies', ({ includeDependencies }) => includeDependencies !== undefined],
  ['--exclude-dependencies', ({ excludeDependencies }) => excludeDependencies !== undefined],
  ['--kube-version', ({ kubeVersion }) => kubeVersion !== undefined],
  ['--images', ({ images }) => images !== undefined],
  ['--artifacts', ({ artifacts }) => artifacts !== undefined],
  ['--verify-signatures', ({ verifySignatures }) => verifySignatures !== undefined],
  ['--signature-key', ({ signatureKey = [] }) => signatureKey.length > 0],
  ['--signature-identity', ({ signatureIdentity }) => signatureIdentity !== undefined],
  ['--signature-identity-regexp', ({ signatureIdentityRegexp }) => signatureIdentityRegexp !== undefined],
  ['--signature-issuer', ({ signatureIssuer }) => signatureIssuer !== undefined],
  ['--signature-issuer-regexp', ({ signatureIssuerRegexp }) => signatureIssuerRegexp !== undefined],
  ['--signature-trust-root', ({ signatureTrustRoot }) => signatureTrustRoot !== undefined],
  ['--switches', ({ switches }) => switches !== undefined],
  ['--template-patches', ({ templatePatches }) => templatePatches !== undefined],
  ['--pin-digests', ({ pinDigests }) => pinDigests !== undefined],
  ['--image-pull-secret', ({ imagePullSecret }) => imagePullSecret !== undefined],
  ['--pull-secret-in-chart', ({ pullSecretInChart }) => pullSecretInChart !== undefined],
  ['--strict', ({ strict }) => strict !== undefined],
  ['--apply-repository-settings', ({ applyRepositorySettings }) => applyRepositorySettings !== undefined],
];

function flagProblems(flags: MirrorFlags): readonly Problem[] {
  const complaint = { what: 'the plan has decided this', instead: 'leave it out, or plan again with it' };
  return DECIDING.filter(([, isGiven]) => isGiven(flags)).map(([flag]) => flagProblem(flag, complaint));
}

function planProblems(plan: Plan, file: string, { finish }: MirrorFlags): readonly Problem[] {
  const at = (what: string, instead: string): Problem => ({ file, line: 1, column: 1, what, instead });
  return [
    ...(plan.complete ? [] : [at('this plan is not complete', 'correct what it refuses, and plan again')]),
    ...(plan.shard !== null && finish !== undefined
      ? [at('this plan is a shard', 'name the whole plan with --finish')]
      : []),
  ];
}

/** The flags of the run, with what the plan says of the inputs. Options are laid over those that come of them. */
function runFlags(flags: MirrorFlags, { inputs, options }: Plan): MirrorFlags {
  // whose signatures are asked for stands in the plan, too; what the configuration asks for beyond it is refused below
  const own = {
    ...flags,
    targetRegistry: options.target,
    ...(options.signatures !== null && { verifySignatures: false }),
  };
  if (inputs === null) return { ...own, ...NO_CHART_FLAGS };
  const { catalogs, values, ...rest } = inputs;
  return { ...own, ...rest, catalog: catalogs, ...(values === null ? {} : { values }) };
}

/** What the inputs ask for, with the versions that the plan has chosen, and the digest of what they say of each release. */
interface Held {
  readonly catalog: Catalog;
  readonly inputs: ReadonlyMap<Addon, Digest>;
  /** By the addons of this catalog. */
  readonly lock: HeldLock | undefined;
}

function pinned(catalog: Catalog, plan: Plan, lock: HeldLock | undefined): Held {
  const versions = new Map(plan.charts.map(({ inputs, version }) => [inputs, version]));
  const inputs = new Map<Addon, Digest>();
  const locked = new Map<Addon, LockedChart>();
  const addons = catalog.addons.map((addon) => {
    const digest = releaseDigest(addon);
    const text = addon.source.kind === 'local' ? undefined : versions.get(digest);
    const own: Addon = text == null ? addon : { ...addon, version: { kind: 'version', text } };
    inputs.set(own, digest);
    const row = lock?.charts.get(addon);
    if (row !== undefined) locked.set(own, row);
    return own;
  });
  return { catalog: { ...catalog, addons }, inputs, lock: lock && { ...lock, charts: locked } };
}

/** What a run of a plan is made of. */
interface Doing {
  readonly plan: Plan;
  readonly lineOf: (index: number) => number;
  readonly path: string;
  readonly file: string;
  readonly inputs: Checked;
  readonly lock: HeldLock | undefined;
  readonly explicit: ExplicitCredentials;
  readonly shards: ShardReports | undefined;
}

function stepsOf({ plan, lineOf, file, shards }: Doing, held: Held, run: Run): readonly Step[] {
  run.lock = held.lock;
  const own = holdTo(plan, held.inputs, run);
  const shardOf = shards === undefined ? undefined : shardsOf(plan, shards.of);
  if (plan.inputs === null) {
    run.images = plannedItems(plan, (index) => ({ file, line: lineOf(index) }));
    return imagePlanSteps(own, run, shardOf);
  }
  const described = run.catalog.addons.map((addon) => {
    const { chart, release } = addon;
    return { chart, release, inputs: held.inputs.get(addon) ?? releaseDigest(addon) };
  });
  const changed = inputDifferences(plan.charts, described);
  return changed.length > 0 ? refusedSteps(changed, own, run) : chartPlanSteps(own, run, shardOf);
}

function workOf({ plan, shards }: Doing): RunWork {
  const { shard } = plan;
  return {
    withoutCharts: plan.inputs === null,
    ...(shard === null
      ? {}
      : { reportFile: shardReport(shard.index), journalFile: `.airgap-charts.shard-${shard.index}.journal` }),
    ...(shards === undefined ? {} : { amend: (report) => joinReports(report, shards.reports) }),
  };
}

async function carryOut(doing: Doing, flags: MirrorFlags, around: Surroundings, redactor: Redactor): Promise<number> {
  const { plan, inputs, lock, explicit, shards, path } = doing;
  const { line } = speechOf(flags, around, redactor);
  const known = await readManifestsBeside(path, line);
  const held = pinned(inputs.catalog, plan, lock);
  const options = withPlanOptions(inputs.options, plan.options);
  // what shards have brought is asked of the target, whatever they were to do with what was there
  const own =
    shards === undefined
      ? options
      : { ...options, trustJournal: false, existing: { ...options.existing, skipExisting: true } };
  const { exitCode } = await runMirror({
    ...{ flags, around, redactor, explicit },
    inputs: { ...inputs, catalog: held.catalog, options: own },
    steps: (run) => stepsOf(doing, held, run),
    work: { ...workOf(doing), known },
  });
  return exitCode;
}

async function readPlan(flags: MirrorFlags, file: string, path: string): Promise<PlanReading> {
  const read = await readPlanFile(diskFiles, path, file);
  const wrong = [
    ...flagProblems(flags),
    ...(read.kind === 'problems' ? read.problems : planProblems(read.plan, file, flags)),
  ];
  return wrong.length > 0 ? { kind: 'problems', problems: wrong } : read;
}

/**
 * Does exactly what a plan says. When anything is not as it was planned, nothing is written, and each such thing is named: exit
 * code 1. Exit code 2 for a plan that cannot be run as it is; the others are those of `mirror`.
 */
export async function mirrorPlan(
  flags: MirrorFlags,
  file: string,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const path = resolve(around.cwd, file);
  const read = await readPlan(flags, file, path);
  if (read.kind === 'problems') return refuse(read.problems, around, redactor);
  const { plan, lineOf } = read;
  const { explicit, problems } = explicitCredentials(flags, around.env);
  const own = runFlags(flags, plan);
  // the plan names the target
  const noOther = async (): Promise<undefined> => undefined;
  const loaded = { kind: 'ok', catalog: NO_CATALOG } as const;
  const asked =
    plan.inputs === null
      ? await mirrorInputsFor(loaded, own, around, problems, noOther)
      : await readMirrorInputs(own, around, problems, noOther);
  const kept = await keptToLock(asked, own, around);
  if (kept.kind === 'problems') return refuse(kept.problems, around, redactor);
  const { inputs, lock } = kept;
  if (plan.options.signatures === null && inputs.options.signatures !== undefined) {
    const patterns = (inputs.options.policy?.requireSignatures ?? []).map((match) => JSON.stringify(match)).join(', ');
    const rule = patterns === '' ? '' : ` (policy.requireSignatures ${patterns})`;
    const what = `the configuration asks for signatures${rule}, and the plan was made without`;
    return refuse(
      [{ file, line: 1, column: 1, what, instead: 'plan again with that configuration' }],
      around,
      redactor,
    );
  }
  const { outputDir } = inputs.configuration.settings;
  const shards =
    flags.finish === undefined ? undefined : await readShardReports(flags.finish, plan, { cwd: around.cwd, outputDir });
  if (shards !== undefined && shards.problems.length > 0) return refuse(shards.problems, around, redactor);
  return carryOut({ plan, lineOf, path, file, inputs, lock, explicit, shards }, flags, around, redactor);
}
