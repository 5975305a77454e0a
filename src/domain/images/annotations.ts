import type { ChartTree } from '../chart/chart-tree.ts';
import { parseReference, type Reference } from '../reference.ts';
import { type FoundReference, referencesInLooseText } from './reference-text.ts';

/** The annotations of Chart.yaml that list images: Bitnami's, Artifact Hub's, HIP-0015's and Carvel's. */
export const IMAGE_ANNOTATIONS = [
  'images',
  'artifacthub.io/images',
  'helm.sh/images',
  'distribution.carto.run/images',
] as const;

/** An image that an annotation names. Whether the chart renders it is another question. */
export interface DeclaredImage {
  readonly reference: Reference;
  readonly chart: string;
  readonly annotation: string;
}

/** The references inside an annotation's text, with their offsets: hostless ones after `image:` included. */
export function referencesInAnnotation(text: string): readonly FoundReference[] {
  return referencesInLooseText(text, new Set());
}

/** Every image named by an annotation of the chart or of a subchart, once each. */
export function declaredImages(chart: ChartTree): readonly DeclaredImage[] {
  const found = new Map<string, DeclaredImage>();
  const visit = (tree: ChartTree): void => {
    for (const annotation of IMAGE_ANNOTATIONS) {
      for (const { text } of referencesInAnnotation(tree.metadata.annotations.get(annotation) ?? '')) {
        const reference = parseReference(text);
        const key = `${tree.metadata.name}\n${text}`;
        if (reference !== undefined && !found.has(key))
          found.set(key, { reference, chart: tree.metadata.name, annotation });
      }
    }
    tree.subcharts.forEach(visit);
  };
  visit(chart);
  return [...found.values()];
}
