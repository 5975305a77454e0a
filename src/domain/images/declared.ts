import type { ChartTree } from '../chart/chart-tree.ts';
import type { ValueNode, ValuePath } from '../chart/values-tree.ts';
import { formatReference, type Reference } from '../reference.ts';
import { annotatedImages, type DeclaredImage } from './annotations.ts';
import { type DeclaredValue, declaredValues, isIdentified, isOwnerAlone, type ValueText } from './declared-values.ts';
import { hasHost, isHosted } from './joined-names.ts';

/** A reference that values or an annotation name. Without tag and digest, templates add what nobody knows before. */
export interface DeclaredReference {
  readonly reference: Reference;
  /** What it names where the name beside its repository belongs to it; undefined where there is none. */
  readonly longer: Reference | undefined;
  /** The key, or the annotation, for people, and whether the tag is a guess there. */
  readonly where: string;
  /** The texts in the values that it is made of, its name first; empty for an annotation. */
  readonly texts: readonly ValuePath[];
  /** Of these, its name and the registry beside it: what says nothing of other images. */
  readonly own: readonly ValuePath[];
  /** Whether its tag or digest stands there, too; otherwise it is missing, or guessed. */
  readonly isWhole: boolean;
  /** Whether its registry stands beside its name; otherwise it is one for many names, or Docker Hub by guess. */
  readonly hasRegistry: boolean;
  /** Whether there is a key for a registry beside its name or above it, with or without a text. */
  readonly hasRegistryKey: boolean;
}

/** The chart whose values stand at a path. */
function chartAt(root: ChartTree, path: ValuePath): ChartTree {
  let current = root;
  for (const step of path) {
    const alias = current.metadata.dependencies.find((one) => (one.alias ?? one.name) === step)?.name ?? step;
    const sub = current.subcharts.find(({ metadata }) => metadata.name === alias);
    if (sub === undefined) break;
    current = sub;
  }
  return current;
}

function pathsOf(texts: readonly (ValueText | undefined)[]): readonly ValuePath[] {
  return texts.flatMap((one) => (one === undefined ? [] : [one.path]));
}

function inValues({ reference, where, isWhole, name, registry, above, longer }: DeclaredValue): DeclaredReference {
  const isGuessed = !isWhole && reference.tag !== undefined;
  return {
    reference,
    longer,
    where: isGuessed ? `${where} (its tag is a guess)` : where,
    isWhole,
    hasRegistry: hasHost(name.text.trim()) || (registry !== undefined && isHosted(registry.text)),
    hasRegistryKey: registry !== undefined || above !== undefined,
    texts: pathsOf([name, registry, above]),
    own: pathsOf([name, registry]),
  };
}

/** Whether it is a map with an owner of images, to which templates add the name: it is moved, but it names no image. */
function isOwner({ path, name, reference: { registry, repository } }: DeclaredValue): boolean {
  return path !== name.path && isOwnerAlone(`${registry}/${repository}`);
}

function nameOf({ repository }: Reference): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}

/** Whether values of its own chart name the image that an annotation means, but with another registry, owner or tag. */
function isOutdated({ reference }: DeclaredImage, own: readonly DeclaredValue[]): boolean {
  const same = own.filter((one) => nameOf(one.reference) === nameOf(reference));
  const text = formatReference(reference);
  return same.length > 0 && same.every((one) => one.isWhole && formatReference(one.reference) !== text);
}

function inAnnotations(chart: ChartTree, ownOf: (chart: ChartTree) => readonly DeclaredValue[]): DeclaredReference[] {
  const own = annotatedImages({ ...chart, subcharts: [] }).filter((one) => !isOutdated(one, ownOf(chart)));
  const told = own.map(
    ({ text, reference, annotation, chart: name }): DeclaredReference => ({
      reference,
      longer: undefined,
      where: `annotation ${annotation} of ${name}`,
      texts: [],
      own: [],
      isWhole: isIdentified(reference),
      hasRegistry: hasHost(text),
      hasRegistryKey: false,
    }),
  );
  return [...told, ...chart.subcharts.flatMap((sub) => inAnnotations(sub, ownOf))];
}

/**
 * The references that values and annotations of a chart and its subcharts name, rendered or not. A tag that is left out of a
 * map with a `tag` key is taken for the chart's `appVersion`. An annotation is no word against the values of its chart: what
 * these name otherwise, as a parent's values often do, nothing pulls as it is annotated. An owner without a name is none.
 */
export function declaredReferences(chart: ChartTree, values: ValueNode): readonly DeclaredReference[] {
  const named = declaredValues(values, (path) => chartAt(chart, path).metadata.appVersion);
  const ownOf = (one: ChartTree): readonly DeclaredValue[] => named.filter(({ path }) => chartAt(chart, path) === one);
  return [...named.filter((one) => !isOwner(one)).map(inValues), ...inAnnotations(chart, ownOf)];
}
