import { textNode } from '../../domain/chart/values-tree.ts';
import { marksIn, type TagMark, tagMarks } from '../../domain/explain/tag-marks.ts';
import type { ImageUse } from '../../domain/images/image-use.ts';
import { overlayOf } from '../../domain/trace/overlay-tree.ts';
import type { Run } from '../run.ts';
import { type Ground, usesWith } from './render-with.ts';

/** The most renders for one set of values; what is open then is told by its form. */
const LIMIT = 12;

/**
 * Finds out which values make the tags and digests of references: every value that may gets a mark, and the chart is rendered
 * once. Where helm refuses, the marks are halved, until those that it refuses stand alone.
 */
export async function measureTags(ground: Ground, run: Run): Promise<ReadonlyMap<ImageUse, readonly TagMark[]>> {
  const { values, uses, all } = ground;
  const found = new Map<ImageUse, readonly TagMark[]>();
  let renders = 0;
  const tryMarks = async (marks: readonly TagMark[]): Promise<void> => {
    if (marks.length === 0 || renders >= LIMIT) return;
    renders += 1;
    const overlay = overlayOf(
      values,
      marks.map(({ path, marked }) => ({ path, node: textNode(marked) })),
    );
    const probed = await usesWith(ground, overlay, `tags-${renders}`, run);
    if (probed !== undefined) {
      for (const [use, own] of marksIn(all, probed, marks)) found.set(use, [...(found.get(use) ?? []), ...own]);
      return;
    }
    if (marks.length === 1) return;
    const half = Math.ceil(marks.length / 2);
    await tryMarks(marks.slice(0, half));
    await tryMarks(marks.slice(half));
  };
  await tryMarks(tagMarks(values, uses));
  return found;
}
