import type { ArchiveTree } from '../../domain/chart/archive-tree.ts';
import type { Archives } from '../../ports/charts.ts';

/** A file of a chart directory with its new content, by its path there. */
export interface ChangedFile {
  readonly path: string;
  readonly data: Buffer;
}

/**
 * The files in which a chart differs from what it was, packed subcharts as a whole. `added` are subcharts that were not there
 * before, since they were fetched for this run.
 */
export async function changedFiles(
  before: ArchiveTree,
  after: ArchiveTree,
  archives: Archives,
): Promise<{ readonly changed: readonly ChangedFile[]; readonly added: readonly string[] }> {
  const changed: ChangedFile[] = [];
  const added: string[] = [];
  for (const [path, inner] of after.packed) {
    const own = before.packed.get(path);
    if (own === inner) continue;
    if (own === undefined) added.push(path);
    else changed.push({ path, data: await archives.pack(inner, own) });
  }
  for (const [path, { data }] of after.files) {
    if (after.packed.has(path)) continue;
    const own = before.files.get(path);
    if (own === undefined || !own.data.equals(data)) changed.push({ path, data });
  }
  return { changed, added };
}
