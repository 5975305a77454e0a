import { isAbsolute, join, resolve } from 'node:path';
import type { Place, ValuesLayer } from '../../domain/addon.ts';
import { shown } from '../problems.ts';
import type { Subject } from './findings.ts';
import { fileLayer, type InputContext, inlineLayer, treesOf } from './input-context.ts';
import {
  holdsBlank,
  holdsDirective,
  holdsNull,
  kustomizeMerged,
  withNullsWritten,
  withoutNulls,
} from './kustomize-merge.ts';
import { type Tree, type TreeMap, textAt, textsAt, valueAt } from './tree.ts';
import { mergedMaps } from './tree-merge.ts';

/** An entry of `helmCharts`, and where its files may be. */
export interface KustomizeChart {
  readonly subject: Subject;
  /** The entry, with the names of `helmCharts`. */
  readonly tree: TreeMap;
  /** The directory of the kustomization. */
  readonly directory: string;
  /** The directory that nothing is read outside of. */
  readonly root: string;
  /** The chart on disk that kustomize would take; undefined for one that is published. */
  readonly local: string | undefined;
}

/** A place that may be read, or why it may not. */
export type Allowed =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Where something is that a kustomization names: below it or beside it, but never outside of the checkout. */
export async function allowedPath(
  context: InputContext,
  { directory, root }: Pick<KustomizeChart, 'directory' | 'root'>,
  written: string,
): Promise<Allowed> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return { kind: 'wrong', reason: 'it is at a URL' };
  if (isAbsolute(written)) return { kind: 'wrong', reason: 'its path is absolute' };
  if (/\{\{|\$\{/.test(written)) return { kind: 'wrong', reason: 'its path is filled in elsewhere' };
  const path = resolve(directory, written);
  const real = await context.files.realPath(path);
  const within = await context.files.realPath(root);
  const isInside = [
    [path, root],
    [real, within],
  ].every(([one = '', top = '']) => one === top || one.startsWith(top === '/' ? top : `${top}/`));
  return isInside ? { kind: 'path', path } : { kind: 'wrong', reason: 'it is outside of the checkout' };
}

class KustomizeValues {
  readonly context: InputContext;
  readonly chart: KustomizeChart;

  constructor(context: InputContext, chart: KustomizeChart) {
    this.context = context;
    this.chart = chart;
  }

  leaveOut(at: Place | undefined, reason: string): void {
    this.context.findings.leaveOut(this.chart.subject, at, reason);
  }

  async file(written: string, at: Place | undefined): Promise<ValuesLayer | undefined> {
    const found = await allowedPath(this.context, this.chart, written);
    if (found.kind === 'path') return fileLayer(this.context, this.chart.subject, at, found.path);
    this.leaveOut(at, `the values file ${shown(written)} is not read: ${found.reason}`);
    return undefined;
  }

  /** `valuesInline`; undefined where there is none, or it cannot be read. */
  inline(): TreeMap | undefined {
    const value = valueAt(this.chart.tree, 'valuesInline');
    if (value === undefined || (value.kind === 'scalar' && value.value === null)) return undefined;
    if (value.kind !== 'map') this.leaveOut(value.at, 'its valuesInline are not read: they are no map');
    else if (holdsDirective(value)) this.leaveOut(value.at, 'its valuesInline are not read: they hold a $patch');
    else return value.fields.size === 0 ? undefined : value;
    return undefined;
  }

  merged(under: TreeMap, over: TreeMap): TreeMap {
    const { tree, clashes } = kustomizeMerged(under, over);
    for (const { key, at } of clashes)
      this.leaveOut(
        at,
        `the value ${key} is of two kinds, which kustomize refuses; that of valuesInline or of the file on top is taken`,
      );
    return tree;
  }

  /** `valuesInline` under the file, or under the chart's own values, which only a chart on disk tells. */
  async under(inline: TreeMap, file: ValuesLayer | undefined, isNamed: boolean): Promise<TreeMap | undefined> {
    const { local, subject } = this.chart;
    const at = valueAt(this.chart.tree, 'valuesMerge')?.at;
    if (!isNamed && local === undefined) {
      this.leaveOut(at, "its valuesInline are not read: with valuesMerge: merge the chart's own values go before them");
      return undefined;
    }
    const over =
      isNamed || local === undefined ? file : await fileLayer(this.context, subject, at, join(local, 'values.yaml'));
    const [tree] = over === undefined ? [] : treesOf([over]);
    const written = withNullsWritten(inline);
    return tree === undefined ? written : this.merged(written, tree);
  }

  /** The file and `valuesInline` on top: as a file where helm makes the same of the two. */
  over(inline: TreeMap, file: ValuesLayer | undefined): readonly [ValuesLayer | undefined, TreeMap] {
    const [tree] = file === undefined ? [] : treesOf([file]);
    if (tree === undefined) return [undefined, withoutNulls(inline)];
    const merged = this.merged(tree, inline);
    return holdsNull(inline) || holdsBlank(tree) ? [undefined, merged] : [file, inline];
  }

  async base(): Promise<readonly [ValuesLayer | undefined, TreeMap | undefined]> {
    const { tree } = this.chart;
    const named = textAt(tree, 'valuesFile');
    const inline = this.inline();
    const how = textAt(tree, 'valuesMerge') ?? 'override';
    if (inline !== undefined && how === 'replace') return [undefined, withNullsWritten(inline)];
    const file = named === undefined ? undefined : await this.file(named, valueAt(tree, 'valuesFile')?.at);
    if (inline === undefined) return [file, undefined];
    return how === 'merge' ? [undefined, await this.under(inline, file, named !== undefined)] : this.over(inline, file);
  }
}

/** The `valuesMerge` that kustomize knows. */
const MERGES = ['override', 'merge', 'replace'];

/** Why kustomize refuses the entry for its `valuesMerge`. */
export function mergeFault(tree: Tree): string | undefined {
  const how = textAt(tree, 'valuesMerge');
  return how === undefined || MERGES.includes(how)
    ? undefined
    : `its valuesMerge ${shown(how)} is none of ${MERGES.join(', ')}`;
}

/**
 * The values of an entry, in kustomize's order: `valuesFile` (else the chart's own values) and `valuesInline` put together as
 * `valuesMerge` says, then `additionalValuesFiles` (createNewMergedValuesFile in plugin/builtin/helmchartinflationgenerator and
 * AsHelmArgs in api/types/helmchartargs.go of kubernetes-sigs/kustomize). Where a catalog cannot say that order, all are
 * written out. What cannot be read is told.
 */
export async function kustomizeLayers(context: InputContext, chart: KustomizeChart): Promise<readonly ValuesLayer[]> {
  const reader = new KustomizeValues(context, chart);
  const [file, inline] = await reader.base();
  const more: ValuesLayer[] = [];
  for (const { text, at } of textsAt(chart.tree, 'additionalValuesFiles')) {
    const layer = await reader.file(text, at);
    if (layer !== undefined) more.push(layer);
  }
  const first = file === undefined ? [] : [file];
  if (inline === undefined) return [...first, ...more];
  if (more.length === 0) return [...first, ...inlineLayer(chart.subject, inline)];
  return inlineLayer(chart.subject, mergedMaps([...treesOf(first), inline, ...treesOf(more)]));
}
