import { formatChartSource } from '../domain/addon.ts';
import { type ArchiveTree, type FileAddress, formatAddress, textAt, withFile } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import { annotationEdits, originEdits } from '../domain/chart/chart-yaml-edits.ts';
import { formatPath, type ValuePath } from '../domain/chart/values-tree.ts';
import { IMAGES_LOCK } from '../domain/lock/images-lock.ts';
import { moveLock } from '../domain/lock/move-lock.ts';
import { editValues, type LeafEdit } from '../domain/overlay/edit-values.ts';
import { type FileEdits, gatherEdits, type LeafChange } from '../domain/overlay/gather-edits.ts';
import { schemaEdits } from '../domain/overlay/schema-edits.ts';
import { byTagAlone } from '../domain/plan/destination.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { suffixedVersion } from '../domain/version/suffix.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, chartName, type FileEdit, livingReleases, type Reach } from './chart-item.ts';
import { isNotInPlace, type PinBan, pinsNotInPlace, spotsIn } from './chart-pins.ts';
import { byFormOf, isAsked, noteOnce, relocateRelease, solveAll, wantedText } from './moves.ts';
import { type Patched, patchTree } from './patch-tree.ts';
import { planChartPins } from './pin-digests.ts';
import { isPinning, pinnableLiterals, pinnedLiterals } from './pin-literals.ts';
import { planReleaseSecret, withSecretInChart } from './pull-secret.ts';
import type { Traced } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';
import { traceRelease } from './trace-profiles.ts';
import { writeFile } from './workspace-file.ts';

function applyFile(tree: ArchiveTree, address: FileAddress, edits: readonly LeafEdit[]): ArchiveTree {
  const before = textAt(tree, address) ?? '';
  return withFile(tree, address, Buffer.from(editValues(before, edits, formatAddress(address))));
}

function mergeFiles(all: readonly FileEdits[]): readonly FileEdits[] {
  const files = new Map<string, FileEdits>();
  for (const { address, edits } of all) {
    const key = formatAddress(address);
    files.set(key, { address, edits: [...(files.get(key)?.edits ?? []), ...edits] });
  }
  return [...files.values()];
}

/**
 * Whether a reference that a list or lock has names an image of the run: that very one, or by the tag that it has at the target,
 * since lists for dt name no digests.
 */
function isNamedIn({ images }: Run): (reference: Reference) => boolean {
  const whole = new Set(images.map(({ source }) => formatReference(source)));
  const byTag = new Set(images.map(({ source }) => formatReference(byTagAlone(source))));
  return (reference) =>
    whole.has(formatReference(reference)) ||
    (reference.digest === undefined && byTag.has(formatReference(byTagAlone(reference))));
}

/** The changes in the chart's files. Of hidden images only those are made that agree with the others. */
function chartEdits(
  item: ChartItem,
  pulled: PulledChart,
  changes: readonly LeafChange[],
  hidden: readonly LeafChange[],
  run: Run,
): readonly FileEdits[] {
  const { files, conflicts } = gatherEdits(changes, hidden);
  const [conflict] = conflicts;
  if (conflict !== undefined) {
    throw new MirrorError(
      `${chartName(item)}: two releases need different values of ${formatPath(conflict.path)} in ${conflict.file}`,
      {
        code: 'RELOCATION_FAILED',
        origin: 'input',
        hint: 'give one of the releases its own values for this key, or mirror it in a run of its own with --chart-version-suffix',
      },
    );
  }
  const source = `${formatChartSource(item.source)}${item.source.kind === 'oci' ? ':' : ' '}${item.version}`;
  const named = item.source.kind === 'local' ? `${item.source.chart} ${pulled.chart.metadata.version}` : source;
  const marks = originEdits(pulled.chart.metadata, named, pulled.digest, run.options.chartVersionSuffix);
  const isCarried = isNamedIn(run);
  const wanted = wantedText(run);
  // a guard that reads the lists (Bitnami's does) stops the render when one of its own registry is left among moved ones
  const guarded = textsBelow(pulled.tree, pulled.chart, 'templates/').some(({ text }) =>
    text.includes('Chart.Annotations'),
  );
  const moved = (reference: Reference): string | undefined =>
    guarded || isCarried(reference) ? wanted(reference) : undefined;
  return mergeFiles([
    ...files,
    ...schemaEdits(pulled.tree, pulled.chart, files),
    ...annotationEdits(pulled.chart, moved),
    { address: ['Chart.yaml'], edits: marks },
  ]);
}

/** A lock of images that the chart brings names them where they are now, as far as they are carried there. */
function withMovedLock(tree: ArchiveTree, run: Run): ArchiveTree {
  const text = textAt(tree, [IMAGES_LOCK]);
  if (text === undefined) return tree;
  const isCarried = isNamedIn(run);
  const wanted = wantedText(run);
  const moved = moveLock(text, (reference) => (isCarried(reference) ? wanted(reference) : undefined));
  return moved === text ? tree : withFile(tree, [IMAGES_LOCK], Buffer.from(moved));
}

/**
 * Rewrites the values where they are defined, patches what is spelled out, and packs the result. Reached are all images, or
 * fewer of the hidden ones.
 */
export async function rewrite(item: ChartItem, index: number, reach: Reach, run: Run): Promise<void> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const { pins } = item;
  const all = reach === 'asked' ? item.traced.filter(isAsked) : item.traced;
  const moves = solveAll(all, reach, pins, run, byFormOf(item));
  const alone = reach === 'asked' ? moves : solveAll(item.traced.filter(isAsked), 'asked', pins, run);
  for (const release of livingReleases(item)) relocateRelease(release, moves, alone);
  const shown = moves.filter(({ traced }) => isAsked(traced)).flatMap(({ changes }) => changes);
  const hidden = [
    ...moves.filter(({ traced }) => !isAsked(traced)).flatMap(({ changes }) => changes),
    ...moves.flatMap(({ declared }) => declared),
  ];
  const files = chartEdits(item, pulled, shown, hidden, run);
  const moved = files.reduce((current, { address, edits }) => applyFile(current, address, edits), pulled.tree);
  const edited = withSecretInChart(moved, item, run);
  const literals = pinnableLiterals(item, moves, run);
  const texts = {
    wanted: wantedText(run),
    pinned: new Map(literals.map(({ use, text }) => [use.text, text])),
    naming: run.options.naming,
  };
  const patched: Patched = run.options.templatePatches
    ? patchTree(edited, item, reach, texts)
    : { tree: edited, patches: [], pinned: new Set() };
  const { patches } = patched;
  const tree = withMovedLock(patched.tree, run);
  const bytes = await run.ports.archives.pack(tree, pulled.tree);
  const { name, version } = pulled.chart.metadata;
  const relocated =
    run.options.chartVersionSuffix === '' ? version : suffixedVersion(version, run.options.chartVersionSuffix);
  item.relocated = {
    reach,
    naming: run.options.naming,
    tree,
    bytes,
    archive: await writeFile(`relocated/${index}/${name}-${relocated}.tgz`, bytes, run.ports),
    version: relocated,
    edits: files.flatMap(({ address, edits }) =>
      edits.map((edit): FileEdit => ({ file: formatAddress(address), edit })),
    ),
    patches,
    pinned: new Map([...(pins?.named ?? []), ...pinnedLiterals(literals, patched)]),
  };
}

async function traceAll(
  item: ChartItem,
  folder: string,
  avoided: readonly ValuePath[],
  run: Run,
): Promise<readonly Traced[]> {
  const traced: Traced[] = [];
  for (const [position, release] of livingReleases(item).entries())
    traced.push(...(await traceRelease(item, release, `${folder}-${position}`, avoided, run)));
  return traced;
}

/** Traces a chart again without these values, and rewrites others as far as they lead. */
export async function relocateWithout(
  avoided: readonly ValuePath[],
  item: ChartItem,
  index: number,
  run: Run,
): Promise<void> {
  item.traced = await traceAll(item, `${index}-without`, avoided, run);
  await rewriteAsFar(item, index, run);
}

/** Traces a chart once more, as it says now how that is done, and rewrites its values and digests. */
export async function relocateAgain(item: ChartItem, index: number, name: string, run: Run): Promise<void> {
  item.traced = await traceAll(item, `${index}-${name}`, [], run);
  if (run.options.pinDigests) await pinAndRewrite(item, index, run);
  else await rewriteAsFar(item, index, run);
}

/** Traces every release of a chart, rewrites the values where they are defined, and packs the result. */
export async function relocate(item: ChartItem, index: number, run: Run): Promise<void> {
  item.traced = await traceAll(item, `${index}`, [], run);
  for (const [position, release] of livingReleases(item).entries())
    await planReleaseSecret(item, release, `${index}-${position}`, run);
  if (run.options.pinDigests) await pinAndRewrite(item, index, run);
  else await rewriteAsFar(item, index, run);
}

/** So often values that cannot be edited in place are left without a digest before all are. */
const PIN_ROUNDS = 3;

/** Writes digests, too, where that can be done in place: a value that cannot name one must not stop what was asked for. */
async function pinAndRewrite(item: ChartItem, index: number, run: Run): Promise<void> {
  let bans: readonly PinBan[] = [];
  for (let round = 0; ; round += 1) {
    item.pins = await planChartPins(item, index, bans, run);
    try {
      await rewriteAsFar(item, index, run);
      return;
    } catch (error) {
      if (!isPinning(item) || !isNotInPlace(error)) throw error;
      const stuck = spotsIn(error.message, item.pins);
      if (stuck.length === 0 || round >= PIN_ROUNDS) {
        item.pins = pinsNotInPlace(error);
        await rewriteAsFar(item, index, run);
        return;
      }
      bans = [...item.pins.bans, ...stuck];
    }
  }
}

const NOT_IN_PLACE = 'some hidden images are left where they are: the values that name them cannot be edited in place';

const REACHES: readonly Reach[] = ['declared', 'shown', 'present', 'asked'];

/** Reaches as far as the files can be edited: a value that only hidden images need must not stop what was asked for. */
export async function rewriteAsFar(item: ChartItem, index: number, run: Run): Promise<void> {
  for (const reach of REACHES) {
    try {
      await rewrite(item, index, reach, run);
      if (reach !== 'declared') for (const release of livingReleases(item)) noteOnce(release, NOT_IN_PLACE);
      return;
    } catch (error) {
      if (reach === 'asked' || !isNotInPlace(error)) throw error;
    }
  }
}
