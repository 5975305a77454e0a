import type { ValuesLayer } from '../domain/addon.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { nodeAt, type ValueNode } from '../domain/chart/values-tree.ts';
import { type DeclaredReference, declaredReferences } from '../domain/images/declared.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { isShown } from '../domain/images/shown-images.ts';
import { spelledOut } from '../domain/images/spelled-out.ts';
import { destinationOf } from '../domain/plan/destination.ts';
import { formatReference, parseReference, type Reference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import type { ReleaseItem } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';

/** An image that values, annotations or templates name and no profile of the release shows. */
export interface NamedImage {
  readonly reference: Reference;
  /** The keys, annotations and lines of templates that name it. */
  readonly when: readonly string[];
  /** Whether a template spells it out. */
  readonly isSpelledOut: boolean;
  /** Whether all that decides where it is pulled from says the target in the relocated chart. */
  readonly isMoved: boolean;
}

interface Entry {
  readonly reference: Reference;
  readonly when: string[];
  /** For each place that decides it, whether it says the target; an annotation decides nothing. */
  readonly moves: boolean[];
  readonly isSpelledOut: boolean;
}

type Found = Map<string, Entry>;

function add(found: Found, reference: Reference, where: string, isMoved: boolean | undefined, isSpelledOut: boolean) {
  const text = formatReference(reference);
  const entry = found.get(text) ?? { reference, when: [], moves: [], isSpelledOut };
  if (!entry.when.includes(where)) entry.when.push(where);
  if (isMoved !== undefined) entry.moves.push(isMoved);
  found.set(text, entry);
}

/** What the renders of a release show as documentation. */
export function exampleUses({ extraction, profiles }: ReleaseItem): readonly ImageUse[] {
  const all = [...(extraction === undefined ? [] : [extraction]), ...profiles.map((one) => one.extraction)];
  return all.flatMap(({ aside }) => aside).flatMap(({ use }) => (use.role === 'example' ? [use] : []));
}

/** What templates spell out, unless the render of that template shows it as documentation. */
function addSpelledOut(found: Found, { tree, chart }: PulledChart, item: ChartItem, release: ReleaseItem): void {
  const { patches = [], naming } = item.relocated ?? {};
  const after = new Map(patches.map((patch) => [`${patch.shown}:${patch.line}`, patch.after]));
  const examples = exampleUses(release);
  for (const { text, reference, shown, line } of spelledOut(textsBelow(tree, chart, 'templates/'))) {
    // helm names the template that includes a partial, not the partial
    const isPartial = /\/_[^/]*$/.test(shown);
    if (examples.some((use) => use.text === text && (isPartial || use.template === shown))) continue;
    const where = `${shown}:${line}`;
    const isMoved = naming !== undefined && after.get(where)?.includes(repositoryOf(destinationOf(reference, naming)));
    add(found, reference, where, isMoved === true, true);
  }
}

/** Whether values of the relocated chart name it at the target, by the same form and in the same place. */
type AtTarget = (one: DeclaredReference) => boolean;

function atTarget({ pulled, relocated }: ChartItem, layers: readonly ValuesLayer[]): AtTarget {
  if (pulled === undefined || relocated === undefined) return () => false;
  const values = effectiveValues(relocated.tree, pulled.chart, layers);
  const named = new Map(
    declaredReferences(pulled.chart, values).map(({ texts: [name], reference }) => [JSON.stringify(name), reference]),
  );
  const textAt = (node: ValueNode | undefined): string => (node?.kind === 'string' ? node.value.trim() : '');
  return ({ reference, texts: [name] }) => {
    if (name === undefined) return false;
    // the host of the target is no known registry, so that it may say nothing under a key that does not
    const moved = named.get(JSON.stringify(name)) ?? parseReference(textAt(nodeAt(values, name)));
    return moved !== undefined && repositoryOf(moved) === repositoryOf(destinationOf(reference, relocated.naming));
  };
}

function repositoryOf({ registry, repository }: Pick<Reference, 'registry' | 'repository'>): string {
  return `${registry}/${repository}`;
}

interface Named {
  readonly one: DeclaredReference;
  /** Undefined for an annotation, which says nothing of where the image is pulled from. */
  readonly isMoved: boolean | undefined;
}

/** What values and annotations name, under the values of the release and under those of the chart alone. */
function declaredIn({ tree, chart }: PulledChart, item: ChartItem, { addon }: ReleaseItem): readonly Named[] {
  const none: readonly ValuesLayer[] = [];
  return [addon.layers, none].flatMap((layers) => {
    const isAtTarget = atTarget(item, layers);
    return declaredReferences(chart, effectiveValues(tree, chart, layers)).map(
      (one): Named => ({ one, isMoved: one.texts.length > 0 ? isAtTarget(one) : undefined }),
    );
  });
}

/**
 * The images that templates, values and annotations of a chart name, and no render in `shown` has. Whether they are moved is
 * known once the chart is relocated.
 */
export function namedOnly(item: ChartItem, release: ReleaseItem, shown: readonly Reference[]): readonly NamedImage[] {
  const { pulled } = item;
  if (pulled === undefined || release.extraction === undefined) return [];
  const known = new Set(shown.map(formatReference));
  const found: Found = new Map();
  addSpelledOut(found, pulled, item, release);
  const declared = declaredIn(pulled, item, release);
  for (const { one, isMoved } of declared)
    if (!isShown(one, shown)) add(found, one.reference, one.where, isMoved, false);
  return [...found.values()]
    .filter(({ reference }) => !known.has(formatReference(reference)))
    .filter(({ reference }) => exclusionOf(release.addon, reference) === undefined)
    .map(({ reference, when, moves, isSpelledOut }) => {
      // only annotations name it: as it goes with the values that name the same repository
      const others = declared.filter(({ one }) => repositoryOf(one.reference) === repositoryOf(reference));
      const all = moves.length > 0 ? moves : others.flatMap(({ isMoved }) => isMoved ?? []);
      return { reference, when, isSpelledOut, isMoved: all.length > 0 && all.every(Boolean) };
    });
}
