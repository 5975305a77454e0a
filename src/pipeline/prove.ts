import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { type ChartTree, readChartTree } from '../domain/chart/chart-tree.ts';
import { editedValue } from '../domain/overlay/edit-values.ts';
import { joinPath, splitTarget } from '../domain/plan/destination.ts';
import { formatProfile, isAskedFor } from '../domain/profiles/profile.ts';
import { compareUses } from '../domain/proof/compare.ts';
import { type Intended, otherChanges } from '../domain/proof/other-changes.ts';
import { type SweepHit, sweep } from '../domain/proof/sweep.ts';
import { MirrorError, toMirrorError } from '../errors.ts';
import { crdFileText, sortUses, targetHosts, usesOf } from './extract.ts';
import { rewrite, wantedText } from './relocate.ts';
import { renderAs } from './render.ts';
import {
  type ChartItem,
  chartName,
  type Extraction,
  livingReleases,
  type ProfileItem,
  type PulledChart,
  type ReleaseItem,
  type Run,
  type Verdict,
} from './run.ts';

/** The registry with path and prefix: what every relocated reference begins with. */
export function targetBase(run: Run): string {
  const { host, path } = splitTarget(run.options.naming.registry);
  return joinPath(host, path, run.options.naming.prefix);
}

const LEFT_OUT = 'dependencies were left out:';

/** A proof that did not come to an end. */
export function unproven(reason: string): Verdict {
  return { proven: false, references: 0, residue: [], unexplained: [], explained: {}, reason };
}

function countExplained(hits: readonly SweepHit[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { explained } of hits) if (explained !== undefined) counts[explained] = (counts[explained] ?? 0) + 1;
  return counts;
}

/** A render that is judged, with the chart it was made from. */
export interface Rendered {
  readonly output: string;
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/**
 * The original as it was rendered first, and what it renders to once more: what differs between the two is chance. Without
 * `again`, only references are compared.
 */
export interface Originals {
  readonly extraction: Extraction;
  readonly again: string | undefined;
}

/** What may differ between the original's render and the relocated one's. */
function intended({ relocated }: ChartItem, { uses }: Extraction, run: Run): Intended {
  const wanted = wantedText(run);
  const edits = (relocated?.edits ?? []).map(({ edit }) => edit);
  const patches = relocated?.patches ?? [];
  const telling = (texts: readonly string[]): readonly string[] =>
    [...new Set(texts)].filter((text) => text.length > 1).sort((a, b) => b.length - a.length);
  const before = [
    ...uses.flatMap(({ text, reference }) => [text, reference.registry]),
    ...edits.map((edit) => edit.before ?? ''),
    ...patches.map((patch) => patch.before),
  ];
  const planned = [...uses.map((use) => wanted(use.reference)), ...patches.map((patch) => patch.after)];
  const parts = [...edits.map(editedValue), splitTarget(run.options.naming.registry).host];
  return { before: telling(before), planned: telling(planned), parts: telling(parts) };
}

/** Compares a relocated render with the original: references, everything else, and its text as a whole. */
export function judge(
  item: ChartItem,
  release: ReleaseItem,
  { output, tree, chart }: Rendered,
  { extraction, again }: Originals,
  run: Run,
): Verdict {
  const wanted = wantedText(run);
  const excluded = item.pulled?.excluded ?? [];
  const { uses } = sortUses(
    usesOf(chartName(item), output, { tree, chart }, targetHosts(run), item.memo),
    release.addon,
  );
  const residue = [
    ...compareUses(extraction.uses, uses, (use) => wanted(use.reference)),
    ...(again === undefined
      ? []
      : otherChanges({ once: extraction.output, again }, output, intended(item, extraction, run))),
  ];
  const hits = sweep(`${output}\n${crdFileText(tree, chart)}`, {
    target: targetBase(run),
    sourceTexts: extraction.uses.map((use) => use.text),
    sourceHosts: [...new Set(extraction.uses.map((use) => use.reference.registry))],
    planned: extraction.uses.map((use) => wanted(use.reference)),
    aside: extraction.aside.map(({ use, why }) => ({ template: use.template, text: use.text, why })),
  });
  const unexplained = hits.filter((hit) => hit.explained === undefined);
  const proven = residue.length === 0 && unexplained.length === 0 && excluded.length === 0;
  const reason = excluded.length === 0 ? undefined : `${LEFT_OUT} ${excluded.join(', ')}`;
  return { proven, references: uses.length, residue, unexplained, explained: countExplained(hits), reason };
}

/** The original once more, as it was rendered for the release or a profile. */
export async function renderOriginal(
  pulled: PulledChart,
  release: ReleaseItem,
  { settings }: Extraction,
  run: Run,
): Promise<string> {
  const result = await renderAs(release, settings, pulled.archivePath, [], run);
  if (result.kind === 'rendered') return result.text;
  throw new Error(`the original does not render a second time: ${result.reason}`);
}

/** What is proven: a release, or one of its profiles, by the values that the relocated chart needs for it. */
interface Claim {
  readonly extraction: Extraction;
  readonly overlays: readonly (string | undefined)[];
  readonly isWhole: boolean;
  readonly key: string;
}

async function proveClaim(item: ChartItem, release: ReleaseItem, claim: Claim, run: Run): Promise<Verdict> {
  const { relocated, pulled } = item;
  if (relocated === undefined || pulled === undefined) throw new RangeError(`${chartName(item)} was not relocated`);
  const { extraction, overlays, isWhole, key } = claim;
  const more: string[] = [];
  for (const [index, text] of overlays.entries())
    if (text !== undefined) more.push(await run.ports.workspace.write(`proofs/${key}-own-${index}.yaml`, text));
  const [result, again] = await Promise.all([
    renderAs(release, extraction.settings, relocated.path, more, run),
    isWhole ? renderOriginal(pulled, release, extraction, run) : undefined,
  ]);
  if (result.kind === 'failed') return unproven(`the relocated chart does not render: ${result.reason}`);
  const chart = readChartTree(relocated.tree, chartName(item));
  return judge(item, release, { output: result.text, tree: relocated.tree, chart }, { extraction, again }, run);
}

async function proveProfile(
  item: ChartItem,
  release: ReleaseItem,
  shown: ProfileItem,
  key: string,
  run: Run,
): Promise<Verdict> {
  const { profile, extraction, ownOverlay } = shown;
  // the chart's own values replace those of the release, a switch and a profile of the catalog come on top of them
  const onTop = profile.kind === 'switch' || profile.kind === 'catalog';
  const overlays = [onTop ? release.relocation?.ownOverlay : undefined, ownOverlay];
  return proveClaim(item, release, { extraction, overlays, isWhole: isAskedFor(profile), key }, run);
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
  const overlays = [relocation.ownOverlay];
  const own = attempt(() => proveClaim(item, release, { extraction, overlays, isWhole: true, key }, run), run);
  const others = release.profiles.map(async (shown, index) => {
    shown.verdict = await attempt(() => proveProfile(item, release, shown, `${key}-${index}`, run), run);
  });
  release.verdict = await own;
  await Promise.all(others);
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

/**
 * Renders the packed chart again for every release and profile, and judges it. Where moving hidden images spoils what was
 * asked for, the chart is relocated again with fewer of them.
 */
export async function prove(item: ChartItem, index: number, run: Run): Promise<void> {
  await proveReleases(item, index, run);
  for (const [reach, less] of [
    ['declared', 'shown'],
    ['shown', 'asked'],
  ] as const) {
    if (item.relocated?.reach !== reach || proofFailure(item) === undefined) continue;
    await rewrite(item, index, less, run);
    await proveReleases(item, index, run);
    for (const release of livingReleases(item)) if (isProven(release)) release.notes.push(FURTHER[reach]);
  }
  const failure = proofFailure(item);
  if (failure !== undefined && !run.options.pushUnproven) throw failure;
}
