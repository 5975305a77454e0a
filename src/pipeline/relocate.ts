import { formatChartSource } from '../domain/addon.ts';
import { type ArchiveTree, type FileAddress, formatAddress, textAt, withFile } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import { annotationEdits, originEdits, suffixedVersion } from '../domain/chart/chart-yaml-edits.ts';
import {
  formatPath,
  nodeAt,
  SWITCHED_ON,
  textNode,
  type ValueNode,
  type ValuePath,
  withNode,
} from '../domain/chart/values-tree.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { editValues, type LeafEdit } from '../domain/overlay/edit-values.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { type FileEdits, gatherEdits, type LeafChange, leafChanges } from '../domain/overlay/gather-edits.ts';
import { relocatedText } from '../domain/plan/destination.ts';
import { isAskedFor } from '../domain/profiles/profile.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { isSettable } from '../domain/trace/candidates.ts';
import { declaredFills } from '../domain/trace/declared-fills.ts';
import { digestFills } from '../domain/trace/digest-fills.ts';
import { overlayOf, overlayTree } from '../domain/trace/overlay-tree.ts';
import { type Fill, solve } from '../domain/trace/solve.ts';
import { MirrorError } from '../errors.ts';
import { patchTree } from './patch-tree.ts';
import {
  type ChartItem,
  chartName,
  type FileEdit,
  livingReleases,
  type PulledChart,
  type Reach,
  type ReleaseItem,
  type Run,
  type Traced,
} from './run.ts';
import { traceRelease } from './trace-profiles.ts';

/** For references that pin a digest of which one platform is copied: the pinned digest to the copied one. */
function copiedFor(references: readonly Reference[], run: Run): ReadonlyMap<Digest, Digest> {
  return new Map(
    references.flatMap((reference) => {
      const copied = run.copiedDigests.get(formatReference(reference));
      return reference.digest === undefined || copied === undefined ? [] : [[reference.digest, copied] as const];
    }),
  );
}

/** What a reference must become in the relocated chart. */
export function wantedText(run: Run): (reference: Reference) => string {
  return (reference) => relocatedText(reference, run.options.naming, copiedFor([reference], run));
}

/** The wanted text while tracing: digests of copied platforms are set afterwards, since the parts around a slot still have the source's. */
function wantedWhole(run: Run): (use: ImageUse) => string {
  return ({ reference }) => relocatedText(reference, run.options.naming, new Map());
}

/** What one profile of a release needs to be moved; `declared` are values that no render has shown, moved by their form. */
interface Moves {
  readonly traced: Traced;
  readonly changes: readonly LeafChange[];
  readonly declared: readonly LeafChange[];
  readonly literals: readonly ImageUse[];
}

/** Whether a fill belongs to these values: its slot must stand in the same text there. */
function fits({ slot }: Fill, values: ValueNode): boolean {
  const node = nodeAt(values, slot.path);
  if (slot.value === undefined || slot.value === '') return isSettable(values, slot.path);
  return node?.kind === 'string' && node.value === slot.value;
}

/** Solves everything that was traced in a chart together, so that shared values get one text; what was asked for comes first. */
function solveAll(all: readonly Traced[], reach: Reach, run: Run): readonly Moves[] {
  const asked = all.filter(isAsked).flatMap(({ attributions }) => attributions);
  const hidden = all.filter((one) => !isAsked(one)).flatMap(({ attributions }) => attributions);
  const { fills, unsolved } = solve(asked, wantedWhole(run), hidden);
  const stuck = new Set(unsolved);
  const slots = [...asked, ...hidden].flatMap(({ links }) => links.map(({ slot }) => JSON.stringify(slot.path)));
  const rules = {
    wanted: (reference: Reference) => relocatedText(reference, run.options.naming, new Map()),
    known: new Set([...slots, ...fills.map(({ slot }) => JSON.stringify(slot.path))]),
  };
  return all.map((traced) => {
    const { values, uses, attributions } = traced;
    const reached = new Set(attributions.map(({ use }) => use));
    const pinned = copiedFor(
      uses.map((use) => use.reference),
      run,
    );
    const own = [...fills.filter((fill) => fits(fill, values)), ...digestFills(values, pinned)];
    return {
      traced,
      changes: leafChanges(values, own),
      declared:
        reach === 'declared' && traced.profile === undefined ? leafChanges(values, declaredFills(values, rules)) : [],
      literals: uses.filter((use) => !reached.has(use) || stuck.has(use)),
    };
  });
}

function assignments(changes: readonly LeafChange[]): readonly { readonly path: ValuePath; readonly text: string }[] {
  return changes.map(({ path, after }) => ({ path, text: after }));
}

function ownChanges(changes: readonly LeafChange[]): readonly LeafChange[] {
  return changes.filter(({ origin }) => origin?.kind === 'layer');
}

/** What a profile needs on top of the relocated chart: its own values that name images, and lists that its switch repeats. */
function ownOverlay({ traced, changes }: Moves): string | undefined {
  const own = ownChanges(changes);
  const profile = traced.profile?.profile;
  if (profile?.kind === 'switch' && profile.path.some((step) => typeof step === 'number')) {
    const moved = changes.reduce((values, { path, after }) => withNode(values, path, textNode(after)), traced.values);
    return emitYaml(overlayOf(moved, [{ path: profile.path, node: SWITCHED_ON }]));
  }
  return own.length === 0 ? undefined : emitYaml(overlayTree(traced.values, assignments(own)));
}

function relocateRelease(release: ReleaseItem, all: readonly Moves[]): void {
  const moves = all.filter(({ traced }) => traced.release === release);
  const main = moves.find(({ traced }) => traced.profile === undefined);
  if (main === undefined) throw new RangeError(`${release.addon.release} was not traced`);
  for (const one of moves) if (one.traced.profile !== undefined) one.traced.profile.ownOverlay = ownOverlay(one);
  release.relocation = {
    consumerValues: emitYaml(overlayTree(main.traced.values, assignments([...main.changes, ...main.declared]))),
    ownOverlay: ownOverlay(main),
    literals: moves.flatMap(({ literals }) => literals),
    probes: moves.reduce((sum, { traced }) => sum + traced.probes, 0),
  };
  const own = ownChanges(main.changes);
  if (own.length === 0) return;
  const keys = own.map(({ path }) => formatPath(path)).join(', ');
  const note = `the values of this release name images themselves (${keys}): install it with its consumer values`;
  if (!release.notes.includes(note)) release.notes.push(note);
}

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
  const carried = new Set(run.images.map(({ source }) => formatReference(source)));
  const wanted = wantedText(run);
  // a guard that reads the lists (Bitnami's does) stops the render when one of its own registry is left among moved ones
  const guarded = textsBelow(pulled.tree, pulled.chart, 'templates/').some(({ text }) =>
    text.includes('Chart.Annotations'),
  );
  const moved = (reference: Reference): string | undefined =>
    guarded || carried.has(formatReference(reference)) ? wanted(reference) : undefined;
  return mergeFiles([...files, ...annotationEdits(pulled.chart, moved), { address: ['Chart.yaml'], edits: marks }]);
}

function isAsked({ profile }: Traced): boolean {
  return profile === undefined || isAskedFor(profile.profile);
}

/**
 * Rewrites the values where they are defined, patches what is spelled out, and packs the result. Reached are all images, or
 * fewer of the hidden ones.
 */
export async function rewrite(item: ChartItem, index: number, reach: Reach, run: Run): Promise<void> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const moves = solveAll(reach === 'asked' ? item.traced.filter(isAsked) : item.traced, reach, run);
  for (const release of livingReleases(item)) relocateRelease(release, moves);
  const shown = moves.filter(({ traced }) => isAsked(traced)).flatMap(({ changes }) => changes);
  const hidden = [
    ...moves.filter(({ traced }) => !isAsked(traced)).flatMap(({ changes }) => changes),
    ...moves.flatMap(({ declared }) => declared),
  ];
  const files = chartEdits(item, pulled, shown, hidden, run);
  const edited = files.reduce((current, { address, edits }) => applyFile(current, address, edits), pulled.tree);
  const { tree, patches } = run.options.templatePatches
    ? patchTree(edited, item, wantedText(run))
    : { tree: edited, patches: [] };
  const bytes = await run.ports.archives.pack(tree, pulled.tree);
  const { name, version } = pulled.chart.metadata;
  const relocated =
    run.options.chartVersionSuffix === '' ? version : suffixedVersion(version, run.options.chartVersionSuffix);
  item.relocated = {
    reach,
    tree,
    bytes,
    path: await run.ports.workspace.write(`relocated/${index}/${name}-${relocated}.tgz`, bytes),
    version: relocated,
    edits: files.flatMap(({ address, edits }) =>
      edits.map((edit): FileEdit => ({ file: formatAddress(address), edit })),
    ),
    patches,
  };
}

/** Traces every release of a chart, rewrites the values where they are defined, and packs the result. */
export async function relocate(item: ChartItem, index: number, run: Run): Promise<void> {
  const traced: Traced[] = [];
  for (const [position, release] of livingReleases(item).entries())
    traced.push(...(await traceRelease(item, release, `${index}-${position}`, run)));
  item.traced = traced;
  await rewriteAsFar(item, index, run);
}

const REACHES: readonly Reach[] = ['declared', 'shown', 'asked'];

/** Reaches as far as the files can be edited: a value that only hidden images need must not stop what was asked for. */
async function rewriteAsFar(item: ChartItem, index: number, run: Run): Promise<void> {
  for (const reach of REACHES) {
    try {
      return await rewrite(item, index, reach, run);
    } catch (error) {
      if (reach === 'asked' || !(error instanceof MirrorError) || error.code !== 'RELOCATION_FAILED') throw error;
    }
  }
}
