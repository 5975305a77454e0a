import { readChartTree } from '../domain/chart/chart-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { formatProfile, isAskedFor, type Profile } from '../domain/profiles/profile.ts';
import { switchedOn } from '../domain/profiles/switches.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { judge, LEFT_OUT, renderOriginals, unproven } from './judge.ts';
import { judgeSecret, ownSecretOverlay, secretOverlay } from './pull-secret.ts';
import type { Extraction, ProfileItem, ReleaseItem, Verdict } from './release-item.ts';
import { rewrite } from './relocate.ts';
import { renderAs } from './render.ts';
import type { Run } from './run.ts';

/** What is proven: a release, or one of its profiles, by the values that the relocated chart needs for it. */
interface Claim {
  readonly extraction: Extraction;
  readonly overlays: readonly (string | undefined)[];
  readonly isWhole: boolean;
  readonly isRelease: boolean;
  readonly key: string;
}

async function proveClaim(item: ChartItem, release: ReleaseItem, claim: Claim, run: Run): Promise<Verdict> {
  const { relocated, pulled } = item;
  if (relocated === undefined || pulled === undefined) throw new RangeError(`${chartName(item)} was not relocated`);
  const { extraction, overlays, isWhole, key } = claim;
  const more: string[] = [];
  for (const [index, text] of overlays.entries())
    if (text !== undefined) more.push(await run.ports.workspace.write(`proofs/${key}-own-${index}.yaml`, text));
  const secret = run.options.pullSecret?.inChart === true ? secretOverlay(release) : undefined;
  const [result, originals] = await Promise.all([
    renderAs(release, extraction.settings, relocated.path, more, run),
    isWhole ? renderOriginals(pulled, release, extraction, secret, run) : { extraction, again: undefined },
  ]);
  if (result.kind === 'failed') return unproven(`the relocated chart does not render: ${result.reason}`);
  if (claim.isRelease && run.options.pullSecret?.inChart === true) judgeSecret(item, release, result.text, run);
  const chart = readChartTree(relocated.tree, chartName(item));
  return judge(item, release, { output: result.text, tree: relocated.tree, chart }, originals, run);
}

/**
 * For a switch in a list: helm replaces lists, so the values that turned it have the whole list as it was. This is the same
 * list as the relocated chart has it.
 */
function repeatedList({ relocated }: ChartItem, release: ReleaseItem, profile: Profile): string | undefined {
  if (profile.kind !== 'switch' || relocated === undefined) return undefined;
  if (!profile.path.some((step) => typeof step === 'number')) return undefined;
  const own = release.relocation?.ownOverlay;
  const layer = own === undefined ? [] : [{ origin: 'inline', name: 'own values', text: own } as const];
  const chart = readChartTree(relocated.tree, release.addon.chart);
  const values = effectiveValues(relocated.tree, chart, [...release.addon.layers, ...layer]);
  return emitYaml(switchedOn(values, [profile.path]));
}

async function proveProfile(
  item: ChartItem,
  release: ReleaseItem,
  shown: ProfileItem,
  key: string,
  run: Run,
): Promise<Verdict> {
  const { profile, extraction, ownOverlay } = shown;
  // the values of a profile of the catalog hold those of the release; a switch comes on top of these; others replace them
  const overlays = [
    profile.kind === 'switch' ? release.relocation?.ownOverlay : undefined,
    ownOverlay,
    repeatedList(item, release, profile),
    isAskedFor(profile) || profile.kind === 'switch' ? ownSecretOverlay(item, release, run) : undefined,
  ];
  return proveClaim(item, release, { extraction, overlays, isWhole: isAskedFor(profile), isRelease: false, key }, run);
}

async function attempt(work: () => Promise<Verdict>, run: Run): Promise<Verdict> {
  try {
    return await work();
  } catch (error) {
    if (run.signal.aborted) throw error;
    return unproven(toMirrorError(error).message);
  }
}

async function proveRelease(item: ChartItem, release: ReleaseItem, key: string, run: Run): Promise<void> {
  const { extraction, relocation } = release;
  if (extraction === undefined || relocation === undefined)
    throw new RangeError(`${chartName(item)} was not relocated`);
  const overlays = [relocation.ownOverlay, ownSecretOverlay(item, release, run)];
  const own = attempt(
    () => proveClaim(item, release, { extraction, overlays, isWhole: true, isRelease: true, key }, run),
    run,
  );
  const others = release.profiles.map(async (shown, index) => {
    shown.verdict = await attempt(() => proveProfile(item, release, shown, `${key}-${index}`, run), run);
  });
  const [verdict] = await Promise.all([own, ...others]);
  release.verdict = verdict;
}

function whatIsLeft(verdict: Verdict): string {
  const residue = verdict.residue.map(
    ({ place, expected, found }) => `${place}: ${found ?? 'nothing'} instead of ${expected ?? 'nothing'}`,
  );
  const swept = verdict.unexplained.map(
    ({ template, line, text }) => `${template} line ${line} of the render: ${text}`,
  );
  const all = [...(verdict.reason === undefined ? [] : [verdict.reason]), ...residue, ...swept];
  const shown = all.slice(0, 3).join('; ');
  return all.length > 3 ? `${shown}; and ${all.length - 3} more in the report` : shown;
}

/** A proof that was asked for and that failed: of a release, or of a profile that the catalog names. */
interface FailedProof {
  readonly whose: string;
  readonly verdict: Verdict | undefined;
}

function failedProofs(release: ReleaseItem): readonly FailedProof[] {
  const name = `release ${release.addon.release}`;
  const profiles = release.profiles.flatMap(({ profile, verdict }) =>
    isAskedFor(profile) ? [{ whose: `${name} with ${formatProfile(profile)}`, verdict }] : [],
  );
  return [{ whose: name, verdict: release.verdict }, ...profiles].filter(({ verdict }) => verdict?.proven !== true);
}

/** Whether a release and the profiles that its catalog entry names are proven. */
export function isProven(release: ReleaseItem): boolean {
  return failedProofs(release).length === 0;
}

/** Why a chart is not proven, as the failure of its releases; undefined when every living release is. */
export function proofFailure(item: ChartItem): MirrorError | undefined {
  const failed = livingReleases(item)
    .flatMap(failedProofs)
    .find(({ verdict }) => verdict !== undefined);
  if (failed?.verdict === undefined) return undefined;
  return new MirrorError(`${chartName(item)} is not proven for ${failed.whose}: ${whatIsLeft(failed.verdict)}`, {
    code: 'NOT_PROVEN',
    origin: 'source',
    hint: failed.verdict.reason?.startsWith(LEFT_OUT)
      ? 'run without --exclude-dependencies, or take an archive that holds them; --push-unproven pushes all the same'
      : 'these references are written in the chart itself, or could not be traced: see residue in the report; --push-unproven pushes all the same',
  });
}

async function proveReleases(item: ChartItem, index: number, run: Run): Promise<void> {
  for (const [position, release] of livingReleases(item).entries())
    await proveRelease(item, release, `${index}-${position}`, run);
}

const FURTHER = {
  declared: 'names in values that no render has shown are left as they are: moving them would spoil the proof',
  shown: 'images of other profiles are left where they are: moving them would spoil the proof of what was asked for',
} as const;

const LESS = { declared: 'shown', shown: 'asked' } as const;

/** Relocates a chart with fewer hidden images until what was asked for is proven; where that does not help, with all again. */
async function proveWithLess(item: ChartItem, index: number, run: Run): Promise<void> {
  const first = item.relocated?.reach;
  for (let reach = first; reach !== undefined && reach !== 'asked'; ) {
    const before = livingReleases(item).filter((release) => !isProven(release));
    if (before.length === 0) return;
    await rewrite(item, index, LESS[reach], run);
    await proveReleases(item, index, run);
    if (proofFailure(item) === undefined) for (const release of before) release.notes.push(FURTHER[reach]);
    reach = LESS[reach];
  }
  if (proofFailure(item) === undefined || first === undefined || first === 'asked') return;
  await rewrite(item, index, first, run);
  await proveReleases(item, index, run);
}

/**
 * Renders the packed chart again for every release and profile, and judges it. Where moving hidden images spoils what was
 * asked for, the chart is relocated again with fewer of them.
 */
export async function prove(item: ChartItem, index: number, run: Run): Promise<void> {
  await proveReleases(item, index, run);
  if (proofFailure(item) !== undefined) await proveWithLess(item, index, run);
  const failure = proofFailure(item);
  if (failure !== undefined && !run.options.pushUnproven) throw failure;
}
