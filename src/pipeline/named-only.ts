import type { ValuesLayer } from '../domain/addon.ts';
import { textsBelow } from '../domain/chart/chart-files.ts';
import { effectiveValues } from '../domain/chart/effective-values.ts';
import { nodeAt, type ValueNode } from '../domain/chart/values-tree.ts';
import { type DeclaredReference, declaredReferences } from '../domain/images/declared.ts';
import { exclusionOf } from '../domain/images/exclusion.ts';
import type { ImageUse } from '../domain/images/image-use.ts';
import { isInCluster } from '../domain/images/registry-hosts.ts';
import { shownImages } from '../domain/images/shown-images.ts';
import { spelledOut } from '../domain/images/spelled-out.ts';
import { destinationOf } from '../domain/plan/destination.ts';
import { formatReference, parseReference, type Reference } from '../domain/reference.ts';
import type { ChartItem } from './chart-item.ts';
import type { ReleaseItem } from './release-item.ts';
import type { PulledChart } from './resolved-chart.ts';

/** An image that values, annotations or templates name and no profile of the release shows. */
export interface NamedImage {
  readonly reference: Reference;
  /** The keys, annotations and lines of templates that name it; of a key that leaves the tag out, that it is a guess. */
  readonly when: readonly string[];
  /** Whether a template spells it out. */
  readonly isSpelledOut: boolean;
  /** Whether all that decides where it is pulled from says the target in the relocated chart. */
  readonly isMoved: boolean;
}

interface Entry {
  readonly reference: Reference;
  /** What names it, by its place: the same key may give the tag under some values, and leave it to a guess under others. */
  readonly when: Map<string, string>;
  /** For each place that decides it, whether it says the target; an annotation decides nothing. */
  readonly moves: boolean[];
  readonly isSpelledOut: boolean;
}

type Found = Map<string, Entry>;

/** Where an image is named, and what is known of it there. */
interface Place {
  /** The same for the same key. */
  readonly id: string;
  readonly where: string;
  readonly isGuessed: boolean;
  readonly isMoved: boolean | undefined;
  readonly isSpelledOut: boolean;
}

function add(found: Found, reference: Reference, { id, where, isGuessed, isMoved, isSpelledOut }: Place): void {
  const text = formatReference(reference);
  const entry = found.get(text) ?? { reference, when: new Map<string, string>(), moves: [], isSpelledOut };
  if (!isGuessed || !entry.when.has(id)) entry.when.set(id, where);
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
    add(found, reference, { id: where, where, isGuessed: false, isMoved: isMoved === true, isSpelledOut: true });
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

/** Under the values of the release, and under those of the chart alone. */
function layersOf({ addon }: ReleaseItem): readonly (readonly ValuesLayer[])[] {
  return [addon.layers, []];
}

/** What values and annotations name. */
function declaredIn({ tree, chart }: PulledChart, item: ChartItem, release: ReleaseItem): readonly Named[] {
  return layersOf(release).flatMap((layers) => {
    const isAtTarget = atTarget(item, layers);
    return declaredReferences(chart, effectiveValues(tree, chart, layers)).map(
      (one): Named => ({ one, isMoved: one.texts.length > 0 ? isAtTarget(one) : undefined }),
    );
  });
}

/** Adds what values and annotations name and no render shows. */
function addDeclared(found: Found, declared: readonly Named[], isShown: (one: DeclaredReference) => boolean): void {
  for (const { one, isMoved } of declared) {
    const { reference, where, isWhole, texts } = one;
    const id = texts[0] === undefined ? where : JSON.stringify(texts[0]);
    if (!isShown(one)) add(found, reference, { id, where, isGuessed: !isWhole, isMoved, isSpelledOut: false });
  }
}

/**
 * The images that templates, values and annotations of a chart name, and no render in `shown` has. Whether they are moved is
 * known once the chart is relocated.
 */
export function namedOnly(item: ChartItem, release: ReleaseItem, shown: readonly Reference[]): readonly NamedImage[] {
  const { pulled } = item;
  if (pulled === undefined || release.extraction === undefined) return [];
  const { tree, chart } = pulled;
  const known = new Set(shown.map(formatReference));
  const found: Found = new Map();
  addSpelledOut(found, pulled, item, release);
  const declared = declaredIn(pulled, item, release);
  const isShown = shownImages(shown, () => ({
    declared: declared.map(({ one }) => one),
    spelledOut: [...found.values()].map(({ reference }) => reference),
    values: layersOf(release).map((layers) => effectiveValues(tree, chart, layers)),
    templates: textsBelow(tree, chart, 'templates/').map(({ text }) => text),
  }));
  addDeclared(found, declared, isShown);
  return [...found.values()]
    .filter(({ reference }) => !known.has(formatReference(reference)))
    .filter(({ reference }) => !isInCluster(reference.registry))
    .filter(({ reference }) => exclusionOf(release.addon, reference) === undefined)
    .map(({ reference, when, moves, isSpelledOut }) => {
      // only annotations name it: as it goes with the values that name the same repository
      const others = declared.filter(({ one }) => repositoryOf(one.reference) === repositoryOf(reference));
      const all = moves.length > 0 ? moves : others.flatMap(({ isMoved }) => isMoved ?? []);
      return {
        reference,
        when: [...when.values()],
        isSpelledOut,
        isMoved: all.length > 0 && all.every(Boolean),
      };
    });
}
