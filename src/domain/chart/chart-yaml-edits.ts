import { IMAGE_ANNOTATIONS, referencesInAnnotation } from '../images/annotations.ts';
import type { LeafEdit } from '../overlay/edit-values.ts';
import type { FileEdits } from '../overlay/gather-edits.ts';
import type { Reference } from '../reference.ts';
import { suffixedVersion } from '../version/suffix.ts';
import { type ChartTree, fileIn } from './chart-tree.ts';
import type { ChartMetadata } from './metadata.ts';

/** The annotations that name the original: they carry no version of this tool, so that a new release changes no chart. */
export const SOURCE_ANNOTATION = 'airgap-charts/source';
export const DIGEST_ANNOTATION = 'airgap-charts/source-digest';

/** An annotation set to a text, whether it is there already (a chart that was relocated before) or not. */
function annotated(metadata: ChartMetadata, annotation: string, text: string): LeafEdit {
  const before = metadata.annotations.get(annotation);
  return { path: ['annotations', annotation], before, edits: [{ offset: 0, length: before?.length ?? 0, text }] };
}

/** The image list of one annotation with other names; undefined where `renamed` changes none of them. */
export function imageListEdit(
  { annotations }: ChartMetadata,
  annotation: string,
  renamed: (reference: Reference) => string | undefined,
): LeafEdit | undefined {
  const before = annotations.get(annotation);
  if (before === undefined) return undefined;
  const edits = referencesInAnnotation(before).flatMap(({ reference, offset, text }) => {
    const after = renamed(reference);
    return after === undefined ? [] : [{ offset, length: text.length, text: after }];
  });
  return edits.length === 0 ? undefined : { path: ['annotations', annotation], before, edits };
}

/**
 * The image lists in Chart.yaml of the chart and its subcharts, moved along: some charts compare them with their values.
 * `moved` gives undefined for what is not carried: that keeps its name.
 */
export function annotationEdits(
  chart: ChartTree,
  moved: (reference: Reference) => string | undefined,
): readonly FileEdits[] {
  const edits = IMAGE_ANNOTATIONS.flatMap((annotation) => imageListEdit(chart.metadata, annotation, moved) ?? []);
  const own = edits.length === 0 ? [] : [{ address: fileIn(chart.location, 'Chart.yaml'), edits }];
  return [...own, ...chart.subcharts.flatMap((sub) => annotationEdits(sub, moved))];
}

/** What marks a relocated chart: where it comes from, and its version where a suffix was asked for. */
export function originEdits(
  metadata: ChartMetadata,
  source: string,
  digest: string,
  suffix: string,
): readonly LeafEdit[] {
  const { version } = metadata;
  const marks = [annotated(metadata, SOURCE_ANNOTATION, source), annotated(metadata, DIGEST_ANNOTATION, digest)];
  if (suffix === '') return marks;
  const text = suffixedVersion(version, suffix).slice(version.length);
  return [...marks, { path: ['version'], before: version, edits: [{ offset: version.length, length: 0, text }] }];
}
