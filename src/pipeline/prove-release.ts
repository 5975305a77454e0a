import { readChartTree } from '../domain/chart/chart-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { withoutNotes } from '../domain/chart/prepare-tree.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { isAskedFor, type Profile } from '../domain/profiles/profile.ts';
import { switchedOn } from '../domain/profiles/switches.ts';
import { toMirrorError } from '../errors.ts';
import { type ChartItem, chartName, livingReleases, type RelocatedChart } from './chart-item.ts';
import { judge, unproven } from './judge.ts';
import { originalTexts } from './original-texts.ts';
import { plannedFor } from './planned-texts.ts';
import { judgeSecret, ownSecretOverlay, secretOverlay, settleSecret } from './pull-secret.ts';
import type { Extraction, ProfileItem, ReleaseItem, Verdict } from './release-item.ts';
import { render } from './render.ts';
import { type Claim, type Made, made, proveOnce } from './results/prove-once.ts';
import type { Run } from './run.ts';
import { type WorkspaceFile, writeFile } from './workspace-file.ts';

/** What is proven: a release, or one of its profiles, by the values that the relocated chart needs for it. */
interface Subject {
  readonly extraction: Extraction;
  readonly overlays: readonly (string | undefined)[];
  /** Whether somebody asked for it: then it decides. */
  readonly isAsked: boolean;
  readonly isRelease: boolean;
  /** Whether the relocated chart is rendered without NOTES.txt, as the original was. */
  readonly isWithoutNotes: boolean;
  readonly key: string;
}

async function renderAndJudge(item: ChartItem, claim: Claim, isWithoutNotes: boolean, run: Run): Promise<Made> {
  const { relocated, pulled } = item;
  if (relocated === undefined || pulled === undefined) throw new RangeError(`${chartName(item)} was not relocated`);
  const { rendering, extraction, planned, isWhole, secret } = claim;
  const { release } = rendering;
  const original = isWithoutNotes ? { ...pulled, archive: pulled.probe } : pulled;
  const [result, texts] = await Promise.all([
    render(rendering, run),
    isWhole ? originalTexts(original, release, extraction, secret, run) : undefined,
  ]);
  if (result.kind === 'failed') {
    const verdict = unproven(`the relocated chart does not render: ${result.reason}`);
    return made({ verdict, secret: undefined, isSwitched: false }, result.lasting ? verdict : undefined);
  }
  const found = claim.isSecretJudged ? judgeSecret(item, release, result.text, run) : undefined;
  const chart = readChartTree(relocated.tree, chartName(item));
  const rendered = { output: result.text, tree: relocated.tree, chart };
  const { verdict, kept } = await judge(item, release, rendered, { extraction, planned, texts }, run);
  return made({ verdict, secret: found, isSwitched: false }, kept);
}

async function packWithoutNotes({ tree }: RelocatedChart, key: string, { ports }: Run): Promise<WorkspaceFile> {
  return writeFile(`proofs/${key}-without-notes.tgz`, await ports.archives.pack(withoutNotes(tree), tree), ports);
}

async function proveSubject(item: ChartItem, release: ReleaseItem, subject: Subject, run: Run): Promise<Verdict> {
  const { relocated } = item;
  if (relocated === undefined) throw new RangeError(`${chartName(item)} was not relocated`);
  const { extraction, overlays, isAsked, isRelease, isWithoutNotes, key } = subject;
  // what templates compare with was changed for today's values: what that does under others is looked at, too
  const isWhole = isAsked || item.compared.length > 0;
  const more: WorkspaceFile[] = [];
  for (const [index, text] of overlays.entries())
    if (text !== undefined) more.push(await writeFile(`proofs/${key}-own-${index}.yaml`, text, run.ports));
  const archive = isWithoutNotes ? await packWithoutNotes(relocated, key, run) : relocated.archive;
  const rendering = { release, settings: extraction.settings, archive, more };
  const secret = run.options.pullSecret?.inChart === true ? secretOverlay(release) : undefined;
  const planned = plannedFor(relocated, extraction.uses, isAsked, run);
  const isSecretJudged = isRelease && run.options.pullSecret?.inChart === true;
  const claim: Claim = { kind: 'relocated', isSecretJudged, rendering, extraction, planned, isWhole, secret };
  const proof = await proveOnce(item, claim, () => renderAndJudge(item, claim, isWithoutNotes, run), run);
  if (isRelease) settleSecret(release, proof.secret);
  return proof.verdict;
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
  const isWithoutNotes = shown.refusedByNotes !== undefined;
  // the values of a profile of the catalog hold those of the release; a switch comes on top of these; others replace them
  const overlays = [
    profile.kind === 'switch' ? release.relocation?.ownOverlay : undefined,
    ownOverlay,
    repeatedList(item, release, profile),
    isAskedFor(profile) || profile.kind === 'switch' ? ownSecretOverlay(item, release, run) : undefined,
  ];
  return proveSubject(
    item,
    release,
    { extraction, overlays, isAsked: isAskedFor(profile), isRelease: false, isWithoutNotes, key },
    run,
  );
}

async function attempt(work: () => Promise<Verdict>, run: Run): Promise<Verdict> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = toMirrorError(error);
    // what helm did not come to say decides nothing
    if (run.signal.aborted || code === 'TOOL_FAILED') throw error;
    return unproven(message);
  }
}

async function proveRelease(item: ChartItem, release: ReleaseItem, key: string, run: Run): Promise<void> {
  const { extraction, relocation } = release;
  if (extraction === undefined || relocation === undefined)
    throw new RangeError(`${chartName(item)} was not relocated`);
  const overlays = [relocation.ownOverlay, ownSecretOverlay(item, release, run)];
  const own = attempt(
    () =>
      proveSubject(
        item,
        release,
        { extraction, overlays, isAsked: true, isRelease: true, isWithoutNotes: false, key },
        run,
      ),
    run,
  );
  const others = release.profiles.map(async (shown, index) => {
    shown.verdict = await attempt(() => proveProfile(item, release, shown, `${key}-${index}`, run), run);
  });
  const [verdict] = await Promise.all([own, ...others]);
  release.verdict = verdict;
}

/** Renders a packed chart for every release and profile, and judges what helm prints. */
export async function proveReleases(item: ChartItem, index: number, run: Run): Promise<void> {
  for (const [position, release] of livingReleases(item).entries())
    await proveRelease(item, release, `${index}-${position}`, run);
}
