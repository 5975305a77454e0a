import { effectiveValues } from '../../domain/chart/effective-values.ts';
import { formatPath, nodeAt, type ValueNode, type ValuePath } from '../../domain/chart/values-tree.ts';
import type { ExplainedSpot } from '../../domain/explain/report.ts';
import { type SpotFinder, spotFinder } from '../../domain/explain/value-spots.ts';
import { type DeclaredReference, declaredReferences } from '../../domain/images/declared.ts';
import { formatReference, type Reference } from '../../domain/reference.ts';
import type { ChartItem } from '../chart-item.ts';
import { hiddenImages } from '../hidden-images.ts';
import type { ReleaseItem } from '../release-item.ts';

/** Something outside of renders that names an image: a value or an annotation, or the catalog entry. */
export interface Naming {
  readonly kind: 'declared' | 'added';
  readonly reference: Reference;
  readonly where: string;
  readonly spot: ExplainedSpot | null;
}

/** Where the values stand that declare an image: those at or below the key that is told, rather than a registry above. */
function spotAt({ where, texts }: DeclaredReference, values: ValueNode, spotOf: SpotFinder): ExplainedSpot | null {
  const isBelow = (path: ValuePath): boolean => formatPath(path).startsWith(where);
  const ordered = [...texts.filter(isBelow), ...texts.filter((path) => !isBelow(path))];
  for (const path of ordered) {
    const node = nodeAt(values, path);
    const spot = node === undefined || node.kind === 'map' || node.kind === 'list' ? null : spotOf(node.origin);
    if (spot !== null) return spot;
  }
  return null;
}

/** Where each key that declares an image stands: in the values of the release, else in the chart's own. */
function declaredSpots(item: ChartItem, release: ReleaseItem): ReadonlyMap<string, ExplainedSpot | null> {
  const { pulled } = item;
  if (pulled === undefined) return new Map();
  const { tree, chart } = pulled;
  const own = effectiveValues(tree, chart, []);
  const sets = [
    { values: own, spotOf: spotFinder(tree, chart, []) },
    { values: release.extraction?.values ?? own, spotOf: spotFinder(tree, chart, release.addon.layers) },
  ];
  return new Map(
    sets.flatMap(({ values, spotOf }) =>
      declaredReferences(chart, values).map((one) => [one.where, spotAt(one, values, spotOf)] as const),
    ),
  );
}

/** What names images of a release without rendering them: values and annotations, and what its catalog entry adds. */
export function namingsOf(item: ChartItem, release: ReleaseItem): readonly Naming[] {
  const spots = declaredSpots(item, release);
  const declared = hiddenImages(item, release)
    .filter(({ evidence }) => evidence === 'declared')
    .flatMap(({ reference, when }) =>
      when.map((where): Naming => ({ kind: 'declared', reference, where, spot: spots.get(where) ?? null })),
    );
  const added = release.addon.images.map(({ reference, reason, place }): Naming => {
    const where = `images of the catalog entry${reason === undefined ? '' : `: ${reason}`}`;
    return { kind: 'added', reference, where, spot: { file: place.file, line: place.line } };
  });
  const names = new Set(added.map(({ reference }) => formatReference(reference)));
  // what is added needs no other reason, and no line that adds it
  return [...added, ...declared.filter(({ reference }) => !names.has(formatReference(reference)))];
}
