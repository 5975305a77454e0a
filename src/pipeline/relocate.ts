import { formatChartSource } from '../domain/addon.ts';
import { type ArchiveTree, type FileAddress, formatAddress, textAt, withFile } from '../domain/chart/archive-tree.ts';
import { literalPlaces, textsBelow } from '../domain/chart/chart-files.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { valueKeys } from '../domain/chart/chart-tree.ts';
import { annotationEdits, originEdits, suffixedVersion } from '../domain/chart/chart-yaml-edits.ts';
import { formatPath, type ValuePath } from '../domain/chart/values-tree.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { editValues, type LeafEdit } from '../domain/overlay/edit-values.ts';
import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { type FileEdits, gatherEdits, type LeafChange, leafChanges } from '../domain/overlay/gather-edits.ts';
import { relocatedText } from '../domain/plan/destination.ts';
import { type Digest, formatReference, type Reference } from '../domain/reference.ts';
import { minedPaths } from '../domain/trace/candidates.ts';
import { digestFills } from '../domain/trace/digest-fills.ts';
import { overlayTree } from '../domain/trace/overlay-tree.ts';
import { solve } from '../domain/trace/solve.ts';
import { trace } from '../domain/trace/trace.ts';
import { MirrorError } from '../errors.ts';
import { renderAs, targetHosts, usesOf } from './extract.ts';
import { patchTree } from './patch-tree.ts';
import {
  type ChartItem,
  chartName,
  type Extraction,
  type FileEdit,
  livingReleases,
  type PulledChart,
  type ReleaseItem,
  type Run,
} from './run.ts';

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

function templatePaths(tree: ArchiveTree, chart: ChartTree, prefix: ValuePath): readonly ValuePath[] {
  const alone: ChartTree = { ...chart, subcharts: [] };
  const own = minedPaths(
    textsBelow(tree, alone, 'templates/').map(({ text }) => text),
    prefix,
  );
  const below = chart.subcharts.flatMap((sub) =>
    valueKeys(chart, sub).flatMap((key) => templatePaths(tree, sub, [...prefix, key])),
  );
  return [...own, ...below];
}

interface Measured {
  readonly changes: readonly LeafChange[];
  readonly literals: readonly ImageUse[];
  readonly probes: number;
}

/** What a probe renders; undefined when a marker makes a document that cannot be read, as when helm refuses it. */
function probedUses(name: string, output: string, pulled: PulledChart, run: Run): readonly ImageUse[] | undefined {
  try {
    return usesOf(name, output, pulled, targetHosts(run));
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'IMAGES_UNREADABLE') return undefined;
    throw error;
  }
}

async function measure(
  pulled: PulledChart,
  release: ReleaseItem,
  extraction: Extraction,
  key: string,
  run: Run,
): Promise<Measured> {
  const { values, uses, settings } = extraction;
  // digests of copied platforms are set afterwards: the parts around a slot still have the source's
  const wanted = (reference: Reference): string => relocatedText(reference, run.options.naming, new Map());
  const probeSettings = { ...settings, schemaSkipped: 'probing' };
  let probes = 0;
  const probe = async (overlay: string): Promise<readonly ImageUse[] | undefined> => {
    probes += 1;
    const file = await run.ports.workspace.write(`probes/${key}-${probes}.yaml`, overlay);
    const result = await renderAs(release, probeSettings, pulled.probePath, [file], run);
    return result.kind === 'failed' ? undefined : probedUses(release.addon.chart, result.text, pulled, run);
  };
  const texts = ['templates/', 'files/', 'crds/'].flatMap((folder) => textsBelow(pulled.tree, pulled.chart, folder));
  const isLiteral = (use: ImageUse): boolean => literalPlaces(texts, use.text).length > 0;
  const mined = templatePaths(pulled.tree, pulled.chart, []);
  const traced = await trace({ values, uses, mined, isLiteral }, probe);
  const solution = solve([...traced.attributions.values()], (use) => wanted(use.reference));
  const changes = leafChanges(values, [
    ...solution.fills,
    ...digestFills(
      values,
      copiedFor(
        uses.map((use) => use.reference),
        run,
      ),
    ),
  ]);
  const literals = uses.filter((use) => !traced.attributions.has(use));
  return { changes, literals: [...literals, ...solution.unsolved], probes: traced.renders };
}

function assignments(changes: readonly LeafChange[]): readonly { readonly path: ValuePath; readonly text: string }[] {
  return changes.map(({ path, after }) => ({ path, text: after }));
}

async function relocateRelease(
  item: ChartItem,
  release: ReleaseItem,
  key: string,
  run: Run,
): Promise<readonly LeafChange[]> {
  const { pulled } = item;
  const { extraction } = release;
  if (pulled === undefined || extraction === undefined) throw new RangeError(`${chartName(item)} was not rendered`);
  const { changes, literals, probes } = await measure(pulled, release, extraction, key, run);
  const own = changes.filter(({ origin }) => origin?.kind === 'layer');
  const { values } = extraction;
  release.relocation = {
    consumerValues: emitYaml(overlayTree(values, assignments(changes))),
    ownOverlay: own.length === 0 ? undefined : emitYaml(overlayTree(values, assignments(own))),
    literals,
    probes,
  };
  if (own.length > 0) {
    const keys = own.map(({ path }) => formatPath(path)).join(', ');
    release.notes.push(
      `the values of this release name images themselves (${keys}): install it with its consumer values`,
    );
  }
  return changes;
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

function chartEdits(
  item: ChartItem,
  pulled: PulledChart,
  changes: readonly LeafChange[],
  run: Run,
): readonly FileEdits[] {
  const { files, conflicts } = gatherEdits(changes);
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

/** Traces every release of a chart, rewrites the values where they are defined, and packs the result. */
export async function relocate(item: ChartItem, index: number, run: Run): Promise<void> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const changes: LeafChange[] = [];
  for (const [position, release] of livingReleases(item).entries()) {
    changes.push(...(await relocateRelease(item, release, `${index}-${position}`, run)));
  }
  const files = chartEdits(item, pulled, changes, run);
  const edited = files.reduce((current, { address, edits }) => applyFile(current, address, edits), pulled.tree);
  const { tree, patches } = patchTree(edited, item, wantedText(run));
  const bytes = await run.ports.archives.pack(tree, pulled.tree);
  const { name, version } = pulled.chart.metadata;
  const relocated =
    run.options.chartVersionSuffix === '' ? version : suffixedVersion(version, run.options.chartVersionSuffix);
  item.relocated = {
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
