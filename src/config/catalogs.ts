import { isMap } from 'yaml';
import type { Addon, MovedRule } from '../domain/addon.ts';
import { readEntry } from './catalog-entry.ts';
import { emptyProblem, readDocument } from './documents.ts';
import { movedRules } from './moved-rules.ts';
import type { Problem } from './problems.ts';
import type { InputFiles } from './read-text.ts';
import { fieldOf, itemsOf, pathWith } from './yaml-nodes.ts';

/** A file to read: its absolute path and the name that the user gave it. */
export interface InputFile {
  readonly path: string;
  readonly file: string;
}

/** What an input file holds, and everything wrong with it. With problems, the rest is not complete. */
export interface CatalogRead {
  readonly addons: readonly Addon[];
  readonly moved: readonly MovedRule[];
  readonly problems: readonly Problem[];
}

/** Reads one catalog. The addons have the layers of the catalog only: `valuesFiles` and `values`. */
export async function readCatalog(files: InputFiles, input: InputFile, latest: boolean): Promise<CatalogRead> {
  const read = await readDocument(files, input.path, input.file, 'catalog');
  if (read.kind === 'problems') return { addons: [], moved: [], problems: read.problems };
  if (read.kind === 'empty') {
    return { addons: [], moved: [], problems: [emptyProblem(input.file, 'write a list under "addons:"')] };
  }
  const { source, root, problems: known } = read.document;
  const context = { files, source, path: input.path, latest, known };
  const list = isMap(root) ? itemsOf(source, fieldOf(source, root, 'addons')?.value) : [];
  const entries = await Promise.all(
    list.map(async (item, index) =>
      isMap(item) ? readEntry(context, item, pathWith('addons', index)) : { addon: undefined, problems: [] },
    ),
  );
  return {
    addons: entries.flatMap(({ addon }) => addon ?? []),
    moved: movedRules(source, root),
    problems: [...known, ...entries.flatMap(({ problems }) => problems)],
  };
}
