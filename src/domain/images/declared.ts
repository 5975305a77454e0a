import type { ChartTree } from '../chart/chart-tree.ts';
import type { ValueNode, ValuePath } from '../chart/values-tree.ts';
import { parseReference, type Reference } from '../reference.ts';
import { IMAGE_ANNOTATIONS, referencesInAnnotation } from './annotations.ts';
import { declaredValues, type VersionAt } from './declared-values.ts';

/** A reference that values or an annotation name. Without tag and digest, templates add what nobody knows before. */
export interface DeclaredReference {
  readonly reference: Reference;
  /** The key, or the annotation, for people. */
  readonly where: string;
  /** The texts in the values that decide where it is pulled from; empty for an annotation. */
  readonly texts: readonly ValuePath[];
  /** Whether its tag or digest stands there, too; otherwise it is missing, or guessed. */
  readonly isWhole: boolean;
}

function versions(chart: ChartTree): VersionAt {
  return (path) => {
    let current = chart;
    for (const step of path) {
      const alias = current.metadata.dependencies.find((one) => (one.alias ?? one.name) === step)?.name ?? step;
      const sub = current.subcharts.find(({ metadata }) => metadata.name === alias);
      if (sub === undefined) break;
      current = sub;
    }
    return current.metadata.appVersion;
  };
}

function inAnnotations(chart: ChartTree): readonly DeclaredReference[] {
  const own = IMAGE_ANNOTATIONS.flatMap((annotation) =>
    referencesInAnnotation(chart.metadata.annotations.get(annotation) ?? '').flatMap(({ text }) => {
      const reference = parseReference(text);
      const where = `annotation ${annotation} of ${chart.metadata.name}`;
      if (reference === undefined) return [];
      const isWhole = reference.tag !== undefined || reference.digest !== undefined;
      return [{ reference, where, texts: [], isWhole }];
    }),
  );
  return [...own, ...chart.subcharts.flatMap(inAnnotations)];
}

/**
 * The references that values and annotations of a chart and its subcharts name, rendered or not. A tag that is left out of a
 * map with a `tag` key is taken for the chart's `appVersion`.
 */
export function declaredReferences(chart: ChartTree, values: ValueNode): readonly DeclaredReference[] {
  const named = declaredValues(values, versions(chart)).map(
    ({ reference, where, isWhole, name, registry, above }): DeclaredReference => ({
      reference,
      where,
      isWhole,
      texts: [name, registry, above].flatMap((one) => (one === undefined ? [] : [one.path])),
    }),
  );
  return [...named, ...inAnnotations(chart)];
}
