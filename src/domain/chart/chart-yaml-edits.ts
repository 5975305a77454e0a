import { IMAGE_ANNOTATIONS, referencesInAnnotation } from '../images/annotations.ts';
import type { LeafEdit } from '../overlay/edit-values.ts';
import type { FileEdits } from '../overlay/gather-edits.ts';
import type { Reference } from '../reference.ts';
import { type ChartTree, fileIn } from './chart-tree.ts';

/** The annotations that name the original: they carry no version of this tool, so that a new release changes no chart. */
export const SOURCE_ANNOTATION = 'airgap-charts/source';
export const DIGEST_ANNOTATION = 'airgap-charts/source-digest';

function added(path: readonly string[], text: string): LeafEdit {
  return { path, before: undefined, edits: [{ offset: 0, length: 0, text }] };
}

/** The image lists in Chart.yaml of the chart and its subcharts, moved along: some charts compare them with their values. */
export function annotationEdits(chart: ChartTree, moved: (reference: Reference) => string): readonly FileEdits[] {
  const edits = IMAGE_ANNOTATIONS.flatMap((annotation): readonly LeafEdit[] => {
    const text = chart.metadata.annotations.get(annotation);
    if (text === undefined) return [];
    const changes = referencesInAnnotation(text).map((found) => ({
      offset: found.offset,
      length: found.text.length,
      text: moved(found.reference),
    }));
    return changes.length === 0 ? [] : [{ path: ['annotations', annotation], before: text, edits: changes }];
  });
  const own = edits.length === 0 ? [] : [{ address: fileIn(chart.location, 'Chart.yaml'), edits }];
  return [...own, ...chart.subcharts.flatMap((sub) => annotationEdits(sub, moved))];
}

/** A version with a suffix in its build part: `1.2.3` and `+mirror.2` make `1.2.3+mirror.2`. */
export function suffixedVersion(version: string, suffix: string): string {
  return version.includes('+') ? `${version}${suffix.replace(/^\+/, '.')}` : `${version}${suffix}`;
}

/** What marks a relocated chart: where it comes from, and its version where a suffix was asked for. */
export function originEdits(version: string, source: string, digest: string, suffix: string): readonly LeafEdit[] {
  const marks = [added(['annotations', SOURCE_ANNOTATION], source), added(['annotations', DIGEST_ANNOTATION], digest)];
  if (suffix === '') return marks;
  const text = suffixedVersion(version, suffix).slice(version.length);
  return [...marks, { path: ['version'], before: version, edits: [{ offset: version.length, length: 0, text }] }];
}
