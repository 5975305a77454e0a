import type { Addon } from '../domain/addon.ts';
import type { ArchiveTree } from '../domain/chart/archive-tree.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import type { ChartTree } from '../domain/chart/chart-tree.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { crdExamples } from '../domain/images/crd-examples.ts';
import { readCrdText } from '../domain/images/crd-text.ts';
import { declaredReferences } from '../domain/images/declared.ts';
import type { DocumentMemo } from '../domain/images/document-memo.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import { findImages } from '../domain/images/find.ts';
import { noImageGap } from '../domain/images/gaps.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { operatorGaps, renderedObjects } from '../domain/images/operator-gaps.ts';
import { readRendered } from '../domain/images/rendered-documents.ts';
import { unreadableImages } from '../domain/images/unreadable-images.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { MirrorError } from '../errors.ts';
import { type ChartItem, chartName } from './chart-item.ts';
import type { AsideUse, Extraction, ReleaseItem } from './release-item.ts';
import { renderFailure, renderFirst } from './render.ts';
import type { Run } from './run.ts';

/** A chart's files and what they mean. */
export interface UnpackedChart {
  readonly tree: ArchiveTree;
  readonly chart: ChartTree;
}

/** The target's host: references to it are found by the same rules as the originals. */
export function targetHosts(run: Run): readonly string[] {
  return [splitTarget(run.options.naming.registry).host];
}

/** References in the files of `crds/`, which helm installs as they are. Their templates are the files themselves. */
export function crdFileUses(tree: ArchiveTree, chart: ChartTree, known: readonly string[]): readonly ImageUse[] {
  return textsBelow(tree, chart, 'crds/').flatMap(({ shown, text }) => {
    const name = /^ {2}name: *["']?([^\s"']+)/m.exec(text)?.[1] ?? '';
    return readCrdText(text, new Set(known)).map(({ found, path }): ImageUse => {
      const { text: written, reference, role, certainty, why } = found;
      return {
        text: written,
        reference,
        role,
        certainty,
        why,
        place: 'crd default',
        template: shown,
        kind: 'CustomResourceDefinition',
        name,
        path,
      };
    });
  });
}

/** References in the documentation of the chart's CRDs, rendered and in `crds/`: told of and left alone. */
function documented(output: string, { tree, chart }: UnpackedChart, memo: DocumentMemo): readonly AsideUse[] {
  const rendered = readRendered(output, memo).filter(({ content }) => content.kind === 'crd');
  const files = textsBelow(tree, chart, 'crds/').map(({ shown, text }) => ({ template: shown, text }));
  return [...rendered, ...files].flatMap(({ template, text }) => {
    const name = /^ {2}name: *["']?([^\s"']+)/m.exec(text)?.[1] ?? '';
    const identity = { template, kind: 'CustomResourceDefinition', name, place: 'crd default' } as const;
    return crdExamples(text).map(({ found, path }) => {
      const { text: written, reference, role, certainty, why } = found;
      return aside({ text: written, reference, role, certainty, why, path, ...identity });
    });
  });
}

/** The text of `crds/` as helm would print it, for the sweep. */
export function crdFileText(tree: ArchiveTree, chart: ChartTree): string {
  return textsBelow(tree, chart, 'crds/')
    .map(({ shown, text }) => `---\n# Source: ${shown}\n${text.replace(/\n?$/, '\n')}`)
    .join('');
}

/** All references of rendered output and of the chart's `crds/`. */
export function usesOf(
  name: string,
  output: string,
  { tree, chart }: UnpackedChart,
  known: readonly string[],
  memo: DocumentMemo,
): readonly ImageUse[] {
  const { uses, unreadable } = findImages(readRendered(output, memo), known, memo);
  const [bad] = unreadable;
  if (bad !== undefined) {
    throw new MirrorError(
      `${name}: the output of ${bad.template} (line ${bad.line} of the render) is not readable YAML: ${bad.reason}`,
      {
        code: 'IMAGES_UNREADABLE',
        origin: 'source',
        hint: 'render the chart with helm template and look at this document; values may have to be quoted',
      },
    );
  }
  return [...uses, ...crdFileUses(tree, chart, known)];
}

/**
 * A container's image that is no reference ends the release: nobody could pull it, and leaving it out would look finished.
 *
 * @throws MirrorError IMAGES_UNREADABLE.
 */
export function checkReadable(item: ChartItem, output: string): void {
  const [bad, ...more] = unreadableImages(readRendered(output, item.memo));
  if (bad === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new MirrorError(
    `${chartName(item)}: the image of ${bad.place} in ${bad.template} is ${JSON.stringify(bad.text)}, which is no reference${others}`,
    {
      code: 'IMAGES_UNREADABLE',
      origin: 'source',
      hint: `set this image under overrides.${item.source.chart} in chart-overrides.yaml, or in the values of the release`,
    },
  );
}

/** A use at its place, equal for equal ones in several renders. */
export function placed({ template, kind, name, path, text }: ImageUse): string {
  return [template, kind, name, path, text].join('\n');
}

function aside(use: ImageUse): AsideUse {
  return { use, why: `an example: ${use.why ?? 'nothing pulls it'}` };
}

/** Splits what was found into what is carried, and what is left as it is: examples, and what the catalog excludes. */
export function sortUses(uses: readonly ImageUse[], addon: Addon): Pick<Extraction, 'uses' | 'aside'> {
  const left = uses.flatMap((use): readonly AsideUse[] => {
    if (use.role === 'example') return [aside(use)];
    const exclusion = exclusionOf(addon, use.reference);
    return exclusion === undefined ? [] : [{ use, why: `excluded in the catalog: ${exclusion.reason}` }];
  });
  const those = new Set(left.map(({ use }) => use));
  return { uses: uses.filter((use) => !those.has(use)), aside: left };
}

/** What a render of a chart shows, sorted. */
export function read(
  item: ChartItem,
  release: ReleaseItem,
  output: string,
  run: Run,
): Pick<Extraction, 'uses' | 'aside'> {
  const { pulled, memo } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const sorted = sortUses(usesOf(chartName(item), output, pulled, targetHosts(run), memo), release.addon);
  return { ...sorted, aside: [...sorted.aside, ...documented(output, pulled, memo)] };
}

/** Operators that pull more than the render shows, each once. */
export function sayOperators(item: ChartItem, notes: string[], uses: readonly ImageUse[], output: string): void {
  const gaps = operatorGaps(uses, renderedObjects(readRendered(output, item.memo))).map(({ text }) => text);
  notes.push(...gaps.filter((text) => !notes.includes(text)));
}

/** What no render shows: that there is no image at all, and what operators make up at run time. */
function sayWhatIsNotShown(
  chart: ChartTree,
  { extraction, notes }: ReleaseItem,
  output: string,
  item: ChartItem,
): void {
  if (extraction === undefined) return;
  const { uses, values } = extraction;
  const none = noImageGap(declaredReferences(chart, values), uses);
  if (none !== undefined) notes.push(none.text);
  else if (uses.length === 0) notes.push('the chart renders no image with these values');
  sayOperators(item, notes, uses, output);
}

/** Renders a release of a chart as it is and finds its images. */
export async function extract(item: ChartItem, release: ReleaseItem, index: number, run: Run): Promise<void> {
  const { pulled } = item;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const { result, settings } = await renderFirst(pulled, release, index, run);
  if (result.kind === 'failed') throw renderFailure(item, `release ${release.addon.release}`, result.reason);
  checkReadable(item, result.text);
  const values = effectiveValues(pulled.tree, pulled.chart, release.addon.layers);
  release.extraction = { settings, values, ...read(item, release, result.text, run), output: result.text };
  sayWhatIsNotShown(pulled.chart, release, result.text, item);
}
