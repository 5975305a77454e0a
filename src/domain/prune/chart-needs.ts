import type { ArchiveTree } from '../chart/archive-tree.ts';
import type { RecordedImage } from '../records/record.ts';

/**
 * What a chart needs: the images of its records; or, without a record, the repositories whose images its files could name;
 * or anything, when it cannot be read.
 */
export type ChartNeeds =
  | { readonly kind: 'recorded'; readonly images: readonly RecordedImage[] }
  | { readonly kind: 'nameable'; readonly repositories: ReadonlySet<string> }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The words of a repository's last component: templates may join them, so each has to be looked for by itself. */
function wordsOf(repository: string): readonly string[] {
  const last = repository.slice(repository.lastIndexOf('/') + 1);
  return last.split(/[._-]+/).filter((word) => word !== '');
}

function* textsOf(tree: ArchiveTree): Generator<string> {
  for (const { data } of tree.files.values()) yield data.toString('latin1').toLowerCase();
  for (const inner of tree.packed.values()) yield* textsOf(inner);
}

/**
 * The repositories that a chart could name: all words of whose last component occur somewhere in its files, packed
 * subcharts included, whatever stands around them.
 */
export function nameableRepositories(tree: ArchiveTree, repositories: readonly string[]): ReadonlySet<string> {
  const open = new Set(repositories.flatMap(wordsOf));
  for (const text of textsOf(tree)) {
    for (const word of open) if (text.includes(word)) open.delete(word);
  }
  return new Set(repositories.filter((repository) => wordsOf(repository).every((word) => !open.has(word))));
}
