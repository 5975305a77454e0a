import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { crdExamples } from '../domain/images/crd-examples.ts';
import { crdName, readCrdText } from '../domain/images/crd-text.ts';
import { fetchedSources } from '../domain/images/fetched-sources.ts';
import { asDefaults, findImages } from '../domain/images/find.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { incompleteImages } from '../domain/images/incomplete-images.ts';
import { operatorGaps, renderedObjects } from '../domain/images/operator-gaps.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { unreadableImages } from '../domain/images/unreadable-images.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import type { AsideUse } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';

/** A chart's files and what they mean. */
export interface UnpackedChart {
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/** What was pulled for a chart. */
export function pulledOf(item: ChartItem): PulledChart {
  if (item.pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  return item.pulled;
}

/** The target's host: references to it are found by the same rules as the originals. */
export function targetHosts(run: Run): readonly string[] {
  return [splitTarget(run.options.naming.registry).host];
}

/** What to do about a render that cannot be read. */
export const LOOK_AT_RENDER =
  'render the chart with helm template and look at this document; values may have to be quoted';

function crdFileUses(tree: ArchiveTree, chart: ChartTree, known: readonly string[]): readonly ImageUse[] {
  const seen = new Set(known);
  return textsBelow(tree, chart, 'crds/').flatMap(({ shown, text }) => {
    const name = crdName(text);
    const identity = { template: shown, kind: 'CustomResourceDefinition', name };
    return asDefaults(readCrdText(text, seen), identity, seen);
  });
}

const inCrdFiles = new WeakMap<ArchiveTree, Map<string, readonly ImageUse[]>>();

/**
 * References in the files of `crds/`, which helm installs as they are. Their templates are the files themselves. Every render
 * of a chart has the same, so they are searched once for each tree.
 */
function crdUses({ tree, chart }: UnpackedChart, known: readonly string[]): readonly ImageUse[] {
  const searches = inCrdFiles.get(tree) ?? new Map<string, readonly ImageUse[]>();
  const found = searches.get(known.join()) ?? crdFileUses(tree, chart, known);
  inCrdFiles.set(tree, searches.set(known.join(), found));
  return found.map((use) => ({ ...use }));
}

/** References in the documentation of the chart's CRDs, rendered and in `crds/`: told of and left alone. */
export function documented(item: ChartItem, output: string): readonly AsideUse[] {
  const { tree, chart } = pulledOf(item);
  const rendered = readRendered(output, item.memo).filter(({ content }) => content.kind === 'crd');
  const files = textsBelow(tree, chart, 'crds/').map(({ shown, text }) => ({ template: shown, text }));
  return [...rendered, ...files].flatMap(({ template, text }) => {
    const name = crdName(text);
    const identity = { template, kind: 'CustomResourceDefinition', name, place: 'crd default' } as const;
    return crdExamples(text).map(({ found, path }) => {
      const { text: written, reference, role, certainty, why } = found;
      return exampleAside({ text: written, reference, role, certainty, why, path, ...identity });
    });
  });
}

/** The text of `crds/` as helm would print it, for the sweep. */
export function crdFileText(tree: ArchiveTree, chart: ChartTree): string {
  return textsBelow(tree, chart, 'crds/')
    .map(({ shown, text }) => `---\n# Source: ${shown}\n${text.replace(/\n?$/, '\n')}`)
    .join('');
}

/** Rendered output that is no YAML; `line` counts from the beginning of the render. */
export function unreadableRender(
  name: string,
  { template, line, reason }: { readonly template: string; readonly line: number; readonly reason: string },
): MirrorError {
  const where = `the output of ${template} (line ${line} of the render)`;
  return new MirrorError(`${name}: ${where} is not readable YAML: ${reason}`, {
    code: 'IMAGES_UNREADABLE',
    origin: 'source',
    hint: LOOK_AT_RENDER,
  });
}

/**
 * All references of rendered output and of the chart's `crds/`; of another tree than the pulled one where that is given.
 *
 * @throws MirrorError IMAGES_UNREADABLE when a document is no YAML.
 */
export function usesOf(
  item: ChartItem,
  output: string,
  known: readonly string[],
  unpacked: UnpackedChart = pulledOf(item),
): readonly ImageUse[] {
  const { uses, unreadable } = findImages(readRendered(output, item.memo), known, item.memo);
  const [bad] = unreadable;
  if (bad !== undefined) throw unreadableRender(chartName(item), bad);
  return [...uses, ...crdUses(unpacked, known)];
}

/** Why a container's image is no reference, of the first such: nobody could pull it. */
export function unreadableImage(item: ChartItem, output: string): string | undefined {
  const [bad, ...more] = unreadableImages(readRendered(output, item.memo));
  if (bad === undefined) return undefined;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const where = `${bad.place} in ${bad.template}`;
  return `${chartName(item)}: the image of ${where} is ${JSON.stringify(bad.text)}, which is no reference${others}`;
}

/** What image fields of custom resources say that is no reference since a part of it is empty, a sentence each. */
export function incompleteIn(item: ChartItem, output: string): readonly string[] {
  return incompleteImages(readRendered(output, item.memo)).map(
    ({ template, place, text }) =>
      `${place} in ${template} is ${JSON.stringify(text)}, which is no reference: a part of it is empty, and nothing is mirrored for it`,
  );
}

/** What operators and other controllers pull for rendered objects beside what is rendered; `known` are the hosts of the target. */
export function operatorsIn(
  item: ChartItem,
  uses: readonly ImageUse[],
  output: string,
  known: readonly string[],
): readonly string[] {
  const carried = uses.filter(({ role }) => role !== 'example');
  const documents = readRendered(output, item.memo);
  const gaps = operatorGaps(carried, renderedObjects(documents)).map(({ text }) => text);
  return [...gaps, ...fetchedSources(documents, known)];
}

/** An example, and the rule that says it is one. */
export function exampleAside(use: ImageUse): AsideUse {
  return { use, why: `an example: ${use.why ?? 'nothing pulls it'}` };
}
