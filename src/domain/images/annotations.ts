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
  /** As it is written there. */
  readonly text: string;
  readonly reference: Reference;
  readonly chart: string;
  readonly annotation: string;
}

/** The references inside an annotation's text, with their offsets: hostless ones after `image:` included. */
export function referencesInAnnotation(text: string): readonly FoundReference[] {
  return referencesInLooseText(text, new Set());
}

/** Every image named by an annotation of the chart or of a subchart, as often as it is named. */
export function annotatedImages(chart: ChartTree): readonly DeclaredImage[] {
  const { name, annotations } = chart.metadata;
  const own = IMAGE_ANNOTATIONS.flatMap((annotation) =>
    referencesInAnnotation(annotations.get(annotation) ?? '').flatMap(({ text }): readonly DeclaredImage[] => {
      const reference = parseReference(text);
      return reference === undefined ? [] : [{ text, reference, chart: name, annotation }];
    }),
  );
  return [...own, ...chart.subcharts.flatMap(annotatedImages)];
}

/** The same images, once for each chart that names them. */
export function declaredImages(chart: ChartTree): readonly DeclaredImage[] {
  const found = new Map<string, DeclaredImage>();
  for (const image of annotatedImages(chart)) {
    const key = `${image.chart}\n${image.text}`;
    if (!found.has(key)) found.set(key, image);
  }
  return [...found.values()];
}
